# People and CI run the same targets. `make help` lists them.
PY := .venv/bin/python
STACK := $(PY) -m app.engine.stack.local
CODE := app workshop data tests
# Each process of pytest runs lanes of tests that share services (tests/lanes.py), however many processors there are.
SIDE_BY_SIDE := --numprocesses $(or $(LANES),4) --dist loadscope --no-loadscope-reorder
PARTS := compose

.PHONY: help up down status logs data reset check test test-all unit lint types lock docs bench faults screenshots

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## */\1	/p' Makefile | expand -t 12

.venv/.installed: requirements.txt
	@.ci/venv

up: .venv/.installed  ## start everything, or repair what is not well, and print the URLs
	@$(STACK) up

down: .venv/.installed  ## stop exactly what `make up` started
	@$(STACK) down

status: .venv/.installed  ## say of each service whether it is healthy
	@$(STACK) status

logs: .venv/.installed  ## follow the services' logs (Ctrl-C ends it)
	@$(STACK) logs

data: .venv/.installed  ## write the data sets that are missing or out of date
	@$(STACK) data

reset: .venv/.installed  ## ask, then stop everything and delete what the services stored (RESET=yes does not ask)
	@RESET=$(RESET) $(STACK) reset

check: .venv/.installed  ## check form and types, and run all tests that need no service: two minutes
	@$(MAKE) lint
	@$(MAKE) --jobs 2 types unit

test: .venv/.installed  ## the same, then all tests in real services, real containers and a real browser
	@$(PY) -m tests.chromium
	@$(MAKE) check
	@$(PY) -m pytest -m "service and not long" $(SIDE_BY_SIDE)

test-all: .venv/.installed  ## run what takes long by nature: PART=compose, or without it each part in turn
	@for part in $(or $(PART),$(PARTS)); do $(PY) -m pytest -m "long(part='$$part')" || exit; done

unit: .venv/.installed  ## run the tests that need no service, as many at once as there are processors
	@$(PY) -m pytest -m "not service and not long" --numprocesses logical --dist worksteal

lint: .venv/.installed  ## check style and format, and that the lock fits pyproject.toml
	@$(PY) -m ruff check $(CODE)
	@$(PY) -m ruff format --check $(CODE)
	@.ci/lock --check

types: .venv/.installed  ## check the types
	@$(PY) -m mypy $(CODE)

lock: .venv/.installed  ## pin every version anew in requirements.txt, from pyproject.toml
	@.ci/lock

docs: .venv/.installed  ## write the README's table of steps anew
	@$(PY) -m tests.tools.readme

bench: .venv/.installed  ## measure what open Live boards cost, on the running stack
	@$(PY) -m tests.tools.bench.board

faults: .venv/.installed  ## kill services during runs, again and again, and write what was lost into workshop/docs/FAULTS.md
	@$(PY) -m tests.tools.faults --times $(or $(TIMES),3)

screenshots: .venv/.installed  ## take the README's pictures anew, from the running stack
	@$(PY) -m tests.tools.screenshots
