"""What the files say, without an engine: one lock, shared layers, a guide whose every command is accounted for."""

import re
import subprocess
from pathlib import Path, PurePosixPath

import pytest
import yaml

from app.engine.stack.container_health import PROBES
from app.engine.stack.data_sets import WRITTEN_BY
from app.settings import ROOT
from tests.stack.compose.project import BLOCK, GUIDE, STAYING

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
PYTHON_IMAGES = (
    "Dockerfile.app",
    "compose/Dockerfile.mlflow",
    "compose/Dockerfile.prefect",
    "compose/Dockerfile.dagster",
)


def stages(name: str) -> list[str]:
    """The stages of a Dockerfile, without comments."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")]
    return re.split(r"^(?=FROM )", "\n".join(lines), flags=re.M)


def test_all_images_share_their_first_stages():
    shared = [stages(name)[:3] for name in PYTHON_IMAGES]
    assert shared == [shared[0]] * 4
    workshop = [stages(name)[3] for name in PYTHON_IMAGES[1:]]
    assert workshop == [workshop[0]] * 3


def test_every_image_is_built_once_and_from_the_one_lock():
    built = [service["build"]["dockerfile"] for service in SERVICES.values() if "build" in service]
    assert sorted(built) == sorted([*PYTHON_IMAGES, "compose/Dockerfile.proxy"])
    images = {service["image"] for service in SERVICES.values()}
    assert len(images) == len(built)
    for name in PYTHON_IMAGES:
        assert "pip install" not in (ROOT / name).read_text()
    assert "--constraint requirements.txt" in (ROOT / "compose" / "install").read_text()


def test_every_service_but_init_is_asked_for_its_health():
    assert set(SERVICES) == {*STAYING, "init"}
    asked = {name: service["healthcheck"]["test"][-1] for name, service in SERVICES.items() if name != "init"}
    assert asked == {name: name for name in PROBES}


def test_the_proxy_knows_every_service():
    known = re.search(r"-\((.+?)\)-", (ROOT / "compose" / "haproxy.cfg").read_text())
    assert known
    assert set(known[1].split("|")) == set(SERVICES)


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
    found = [target for target, source in mounts(service).items() if source == "${DATA_DIR:-./data}"]
    environment = SERVICES[service]["environment"]
    assert all(environment["DATA_DIR"] == environment["WORKSHOP_DATA_DIR"] == target for target in found)
    assert len(found) == (service in ("init", "prefect-worker", "panel", "dagster-code"))


def test_the_service_that_anybody_may_call_cannot_write_the_learners_code():
    assert set(mounts("unreliable-api").values()) == {"${WORKSPACE:-.}/workshop:ro"}


READ_BY_LINUX = (*PYTHON_IMAGES, "compose/install", "compose/haproxy.cfg", ".ci/docker", ".env.example")


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
