"""What the files say, without an engine: one lock, shared layers, a guide whose every command is accounted for."""

import json
import re
import subprocess
from pathlib import Path, PurePosixPath

import pytest
import yaml

from app.engine.stack.compose.container_health import PROBES
from app.engine.stack.compose.helpers import HELPERS
from app.engine.stack.compose.proxy import COMMAND, VARIABLE, container_names
from app.engine.stack.local.data_sets import WRITTEN_BY
from app.engine.stack.local.environment import IN_BOTH_STACKS, SERVICES_WITH_URL
from app.engine.stack.service import Program, Service
from app.engine.stack.services import SERVICES as DESCRIBED
from app.settings import ROOT
from tests.stack.compose.project import BLOCK, GUIDE, ONE_SHOTS, STAYING

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILES = ("Dockerfile.app", "compose/Dockerfile", "compose/Dockerfile.proxy")
PYTHON_IMAGES = DOCKERFILES[:2]
TARGETS = ("mlflow", "prefect", "dagster")


def stages(name: str) -> list[str]:
    """The stages of a Dockerfile, without comments."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")]
    return re.split(r"^(?=FROM )", "\n".join(lines), flags=re.M)


def test_all_images_share_their_first_stages():
    shared = [stages(name)[:3] for name in PYTHON_IMAGES]
    assert shared == [shared[0]] * 2


def images() -> list[str]:
    """The last stage of every image."""
    targets = [stage for stage in stages("compose/Dockerfile") if stage.partition("\n")[0].split()[-1] in TARGETS]
    assert len(targets) == len(TARGETS)
    return [*targets, stages("Dockerfile.app")[-1], stages("compose/Dockerfile.proxy")[-1]]


def test_every_image_has_the_whole_app_as_its_last_layer():
    layers = [re.findall(r"^(?:RUN|COPY) .*$", stage, re.M) for stage in images()]
    assert [layer[-1] for layer in layers] == ["COPY --chmod=755 app app"] * len(layers)
    copies = re.findall(r"^COPY .*$", "".join((ROOT / name).read_text() for name in DOCKERFILES), re.M)
    readable = [copy for copy in copies if "--chmod=755" in copy or copy == "COPY pyproject.toml requirements.txt ./"]
    assert readable == copies  # also those of a clone that only its owner may read


def test_every_image_is_built_once_and_from_the_one_lock():
    built = [service["build"] for service in SERVICES.values() if "build" in service]
    targets = [(build["dockerfile"], build.get("target", "")) for build in built]
    assert sorted(targets) == sorted(
        [("Dockerfile.app", ""), ("compose/Dockerfile.proxy", ""), *(("compose/Dockerfile", each) for each in TARGETS)]
    )
    names = {service["image"] for service in SERVICES.values()}
    assert len(names) == len(built)
    for name in PYTHON_IMAGES:
        assert "pip install" not in (ROOT / name).read_text()
    assert "--constraint requirements.txt" in (ROOT / "compose" / "install").read_text()


def test_an_image_that_is_only_built_is_never_pulled():
    assert {service["pull_policy"] for service in SERVICES.values()} == {"never"}


def needed(service: str) -> set[str]:
    """A service and all that is started with it."""
    return {service}.union(*(needed(name) for name in SERVICES[service].get("depends_on", {})))


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_service_that_is_started_alone_has_its_image_built(service):
    built = {SERVICES[name]["image"] for name in needed(service) if "build" in SERVICES[name]}
    assert {SERVICES[name]["image"] for name in needed(service)} <= built


@pytest.mark.parametrize("service", sorted(set(SERVICES) - {"init"}))
def test_nothing_starts_before_the_volumes_are_handed_over(service):
    assert "init" in needed(service)


def test_every_named_volume_is_handed_over():
    assert set(mounts("init")) >= {f"/volumes/{name}" for name in COMPOSE["volumes"]}
    assert SERVICES["init"]["environment"]["HAND_OVER"] == "/volumes"


@pytest.mark.parametrize("service", sorted(set(SERVICES) - {"init"}))
def test_a_program_starts_only_on_a_volume_of_its_own(service):
    stores = [target for target, source in mounts(service).items() if source in COMPOSE["volumes"]]
    assert stores == [store for store in [SERVICES[service]["environment"].get("STORE")] if store]


def test_every_service_that_stays_is_asked_for_its_health_with_its_programs_rights():
    assert set(SERVICES) == {*STAYING, *ONE_SHOTS}
    asked = {name: SERVICES[name]["healthcheck"]["test"] for name in STAYING}
    assert {name: test[-1] for name, test in asked.items()} == {name: name for name in PROBES}
    assert [name for name, test in asked.items() if test[1] != "as-owner"] == ["proxy"]


def test_only_the_proxy_runs_as_a_user_that_is_named():
    assert [name for name, service in SERVICES.items() if "user" in service] == ["proxy"]
    assert all("entrypoint" not in service for service in SERVICES.values())
    assert [stage for stage in images() if 'ENTRYPOINT ["as-owner"]' not in stage] == images()[-1:]


def test_an_image_is_made_of_nothing_that_is_not_named():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert next(line for line in ignored if not line.startswith("#")) == "*"
    assert "**/.env*" in ignored
    assert {line for line in ignored if line.startswith("!")} == {
        *("!.streamlit", "!app", "!compose", "!pyproject.toml", "!requirements.txt")
    }


def test_the_proxy_knows_every_service():
    assert set(container_names()) == set(SERVICES)
    assert re.findall(r"-\((.+?)\)-", (ROOT / "compose" / "haproxy.cfg").read_text()) == [f"${{{VARIABLE}}}"]
    image = (ROOT / "compose" / "Dockerfile.proxy").read_text()
    assert '["python3", "-m", "app.engine.stack.compose.proxy"]' in image
    assert f"haproxy.cfg {COMMAND[-1]}" in image


PROGRAMS = [(service, program) for service in DESCRIBED for program in service.starts]
each_program = pytest.mark.parametrize(
    ("service", "program"), PROGRAMS, ids=[program.container for _, program in PROGRAMS]
)
IN_A_CONTAINER = COMPOSE["x-environment"]


def default_command(image: str) -> list[str]:
    """What an image runs unless its container says otherwise."""
    if image == "panel":
        stage = stages("Dockerfile.app")[-1]
    else:
        (stage,) = [each for each in stages("compose/Dockerfile") if each.startswith("FROM") and is_target(each, image)]
    matches = re.search(r"^CMD (\[.*\])", stage.replace("\\\n", ""), re.M | re.S)
    assert matches
    command: list[str] = json.loads(matches[1])
    return command


def is_target(stage: str, image: str) -> bool:
    return stage.partition("\n")[0].endswith(f" AS {image}")


@pytest.mark.parametrize("program", [program for _, program in PROGRAMS], ids=lambda program: program.container)
def test_a_container_runs_its_services_program(program: Program):
    block = SERVICES[program.container]
    arguments = (*program.arguments, *program.compose_arguments)
    filled = [re.sub(r"\{(\w+)\}", lambda name: IN_A_CONTAINER[name[1]], each) for each in arguments]
    assert (block.get("command") or default_command(program.image)) == ["python", *filled]


@each_program
def test_a_block_agrees_with_its_services_file(service: Service, program: Program):
    block = SERVICES[program.container]
    ports = [f"${{BIND_ADDRESS:-127.0.0.1}}:${{{service.id.upper()}_PORT:-{service.port}}}:{service.port}"]
    assert block["image"] == f"${{COMPOSE_PROJECT_NAME}}-{program.image}"
    assert block["mem_limit"] == program.memory
    assert block.get("ports", []) == (ports if service.has_page and program is service.starts[-1] else [])
    assert block.get("profiles", []) == ([program.profile] if program.profile else [])
    assert block["environment"].get("STORE", "") == program.store
    assert set(block["depends_on"]) == set(program.waits_for)
    assert block["healthcheck"]["test"][-2:] == ["app.engine.stack.compose.container_health", program.container]


@pytest.mark.parametrize("helper", HELPERS, ids=lambda helper: helper.name)
def test_a_block_agrees_with_what_is_said_of_a_helper(helper):
    block = SERVICES[helper.name]
    assert block["image"] == f"${{COMPOSE_PROJECT_NAME}}-{helper.image}"
    assert block["mem_limit"] == helper.memory
    assert ("healthcheck" in block) == bool(helper.probe)


@pytest.mark.parametrize("service", [each for each in DESCRIBED if each.has_page], ids=lambda service: service.id)
def test_every_container_is_told_where_a_service_is(service: Service):
    name, container = service.id.upper(), service.containers[-1]
    public = f"${{{name}_PUBLIC_URL:-http://127.0.0.1:${{{name}_PORT:-{service.port}}}}}"
    assert IN_A_CONTAINER[f"{name}_PORT"] == str(service.port)
    assert IN_A_CONTAINER[f"{name}_INTERNAL_URL"] == f"http://{container}:{service.port}"
    assert IN_A_CONTAINER[f"{name}_PUBLIC_URL"] == public
    assert container in IN_A_CONTAINER["NO_PROXY"].split(",")


def test_every_container_has_the_variables_that_are_the_same_in_both_stacks():
    assert IN_BOTH_STACKS.items() <= IN_A_CONTAINER.items()
    told = {name.removesuffix("_INTERNAL_URL").lower() for name in IN_A_CONTAINER if name.endswith("_INTERNAL_URL")}
    assert told == set(SERVICES_WITH_URL)


def mounts(service: str) -> dict[str, str]:
    """Where in a container which folder of the host, or volume, is; `:ro` stays with the folder."""
    parts = [re.fullmatch(r"(.+):(/[^:]+)(:ro)?", volume) for volume in SERVICES[service].get("volumes", [])]
    return {part[2]: part[1] + (part[3] or "") for part in parts}


@pytest.mark.parametrize("script", WRITTEN_BY.values(), ids=lambda script: script.name)
def test_init_has_the_scripts_of_the_checkout_whatever_data_dir_says(script):
    inside = PurePosixPath("/workspace") / script.relative_to(ROOT).as_posix()
    assert [source for target, source in mounts("init").items() if inside.is_relative_to(target)] == ["./data:ro"]


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_data_dir_is_where_its_service_looks_for_it(service):
    targets = [target for target, source in mounts(service).items() if source == "${DATA_DIR:-./data}"]
    environment = SERVICES[service]["environment"]
    assert all(environment["DATA_DIR"] == environment["WORKSHOP_DATA_DIR"] == target for target in targets)
    assert len(targets) == (service in ("init", "prefect-worker", "panel", "dagster-code"))


def test_the_service_that_anybody_may_call_cannot_write_the_learners_code():
    assert set(mounts("unreliable-api").values()) == {"${WORKSPACE:-.}/workshop:ro"}


READ_BY_LINUX = (
    *DOCKERFILES,
    "compose/as-owner",
    "compose/install",
    "compose/haproxy.cfg",
    ".ci/engine/docker",
    ".env.example",
)


@pytest.mark.parametrize("file", READ_BY_LINUX)
def test_what_linux_reads_keeps_its_line_ends_in_a_clone_on_windows(file):
    told = subprocess.run(["git", "check-attr", "eol", file], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == f"{file}: eol: lf"


def test_no_container_has_a_name_of_its_own():
    assert not [name for name, service in SERVICES.items() if "container_name" in service]


def test_every_command_of_the_guide_is_run_or_says_why_not():
    text = GUIDE.read_text()
    blocks = list(BLOCK.finditer(text))
    assert text.count("```") == 2 * len(blocks)
    tests = "".join(file.read_text() for file in Path(__file__).parent.glob("*.py"))
    run = {block["what"] for block in blocks if block["kind"] == "ci"}
    assert {name for name in run if f'"{name}"' not in tests} == set()
    assert all(len(block["what"].split()) > 2 for block in blocks if block["kind"] == "not in ci")


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_the_guides_table_names_every_service(service):
    assert f"| `{service}` |" in GUIDE.read_text()
