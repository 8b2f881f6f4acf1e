"""Kill services during runs, many times, and write down what was lost.

`make faults` runs it. It takes hours.

Each fault meets a flow run and a Dagster run that have an open MLflow run each. The stack is one of its own.
"""

import argparse
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.engine.stack.repair.rounds import ROUND_SECONDS
from app.engine.stack.services import SERVICES
from app.settings import ROOT
from tests.stack.mid_run import MidRun, stack_with_held_runs
from workshop.facts import Run, RunPhase

PAGE = ROOT / "workshop" / "docs" / "FAULTS.md"
BEGIN, END = "<!-- faults: written by `make faults` -->", "<!-- faults: end -->"
PROGRAMS = [program for service in SERVICES for program in service.programs]
HANGING_SECONDS = 20.0
TIMES = 3


@dataclass
class Tally:
    """The runs that met one fault, counted by how they ended."""

    times: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    left: list[str] = field(default_factory=list)

    def count(self, run: Run) -> None:
        if run.phase is not RunPhase.SUCCEEDED:
            tool = "flow run" if run.orchestrator == "prefect" else "Dagster run"
            self.lost[f"{tool} {run.state}: {run.message}"] += 1

    def row(self, fault: str) -> str:
        words = [f"{number} × {what}" for what, number in sorted(self.lost.items())]
        return f"| {fault} | {self.times} | {'<br>'.join(words) or 'nothing'} | {'<br>'.join(self.left) or 'nothing'} |"


def kill(mid_run: MidRun, program: str) -> None:
    mid_run.kill(program)


def stop_and_continue(mid_run: MidRun, program: str) -> None:
    pid = mid_run.pid(program)
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(HANGING_SECONDS)
    finally:
        os.kill(pid, signal.SIGCONT)


def power_cut(mid_run: MidRun) -> None:
    mid_run.kill_everything()
    mid_run.up()


def down_and_up(mid_run: MidRun) -> None:
    mid_run.down()
    mid_run.up()


def faults() -> dict[str, Callable[[MidRun], None]]:
    """Name each fault by what is done."""
    by_name: dict[str, Callable[[MidRun], None]] = {}
    for program in PROGRAMS:
        by_name[f"`{program}` killed"] = lambda mid_run, program=program: kill(mid_run, program)
    for program in PROGRAMS:
        words = f"`{program}` stopped for {HANGING_SECONDS:.0f} s"
        by_name[words] = lambda mid_run, program=program: stop_and_continue(mid_run, program)
    return by_name | {"everything killed, `make up`": power_cut, "`make down`, `make up`": down_and_up}


def try_fault(mid_run: MidRun, make_it: Callable[[MidRun], None], tally: Tally) -> None:
    """Make a fault during runs, and count what is left once the repair has looked twice."""
    mid_run.begin()
    make_it(mid_run)
    mid_run.becomes_healthy()
    time.sleep(2 * ROUND_SECONDS)
    mid_run.go_on()
    tally.times += 1
    try:
        mid_run.nothing_is_left()
    except AssertionError:
        tally.left += mid_run.unfinished()
    for run in mid_run.runs():
        tally.count(run)


@contextmanager
def stack() -> Iterator[MidRun]:
    with tempfile.TemporaryDirectory(prefix="faults-") as folder, stack_with_held_runs(Path(folder)) as mid_run:
        yield mid_run


def table(tallies: dict[str, Tally]) -> str:
    head = "| what was done during the runs | how often | what was lost | what still claimed to run a minute later |"
    return "\n".join([head, "|---|---|---|---|", *(tally.row(fault) for fault, tally in tallies.items())])


def write(text: str) -> None:
    """Put the table into the page, between its marks."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def main() -> int:
    """Try each fault and write the table. The exit code is 1 when something still claims to run."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=TIMES)
    options.add_argument("--only", default="", help="faults whose words contain this; the page is left as it is")
    chosen = options.parse_args()
    wanted = {words: fault for words, fault in faults().items() if chosen.only in words}
    tallies = {words: Tally() for words in wanted}
    with stack() as mid_run:
        for number in range(chosen.times):
            for words, fault in wanted.items():
                print(f"{number + 1}. {words}", flush=True)
                try_fault(mid_run, fault, tallies[words])
    print(table(tallies))
    if not chosen.only:
        write(table(tallies))
    return int(any(tally.left for tally in tallies.values()))


if __name__ == "__main__":
    raise SystemExit(main())
