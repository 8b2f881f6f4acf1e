"""The parts of the Prefect workshop from a terminal. Without a word, or with an unknown one, it prints its help."""

import argparse
import os
import re
import runpy
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
# as a script, Python puts this folder first; only the workspace belongs there
sys.path[0] = str(ROOT)

import httpx  # noqa: E402
import yaml  # noqa: E402
from dotenv import load_dotenv  # noqa: E402


@dataclass(frozen=True)
class Part:
    """A step of the Prefect workshop that runs a flow."""

    step: str
    entrypoint: str
    """`workshop/…/flow.py:function`, relative to the workspace."""
    title: str
    calls_the_api: bool
    """Whether its flow calls the service that fails on purpose."""


def find_parts() -> dict[str, Part]:
    """Read from the front matter of each step here what its first button runs, in the order of teaching.

    The word for `part1_tasks_flows` is `part1`; a folder with another kind of name is its own word.
    """
    ordered: list[tuple[int, str, Part]] = []
    for file in sorted(FOLDER.glob("*/step.md")):
        matter = yaml.safe_load(file.read_text(encoding="utf-8").split("---")[1])
        flows = [action for action in matter.get("actions", ()) if action.get("orchestrator") == "prefect"]
        if flows:
            step = file.parent.name
            target = WITHOUT_A_POOL.get(step, flows[0]["target"])
            entrypoint = f"workshop/prefect/{step}/{target}"
            part = Part(step, entrypoint, matter["title"], "fault_dial" in matter.get("parts", ()))
            numbered = re.match(r"part\d+(?=_)", step)
            ordered.append((matter["order"], numbered[0] if numbered else step, part))
    return {word: part for _order, word, part in sorted(ordered, key=lambda entry: entry[:2])}


WITHOUT_A_POOL = {"part6_automation": "flow.py:retrain"}
"""The button of this step makes a deployment, for which the word `deploy` is here: its part runs what is deployed."""
SECONDS_TO_START = 60
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104
QUIET = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "true", "MLFLOW_DISABLE_TELEMETRY": "true"}
"""No tool tells anybody that it is used: the stack's own services have the same."""


def main(words: list[str]) -> int:
    """Run what the words ask for. Return the exit code."""
    _read_settings()
    parts = find_parts()
    parser = _parser(parts)
    chosen = words[0] if words else ""
    if chosen not in (*parts, "full", "deploy"):
        parser.print_help()
        return 0 if chosen in ("", "-h", "--help", "help") else 2
    options = parser.parse_args(words)
    os.chdir(ROOT)
    if chosen == "deploy":
        return _deploy(options.learner, options.minutes)
    wanted = parts if chosen == "full" else {chosen: parts[chosen]}
    calls_the_api = any(part.calls_the_api for part in wanted.values())
    _write_missing_data()
    with _prefect(), _mlflow(), _unreliable_api() if calls_the_api else nullcontext():
        return _run_parts(wanted, options.learner)


def _read_settings() -> None:
    """Take the stack's ports, folders and names from `.env`, as the stack does: the environment wins."""
    load_dotenv(ROOT / ".env")
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    if folder := os.environ.get("DATA_DIR"):
        os.environ.setdefault("WORKSHOP_DATA_DIR", str((ROOT / folder).resolve()))


def _write_missing_data() -> None:
    """Write the invented customers if they are missing, as `make up` does."""
    from workshop.churn.data import FILES, data_dir

    script = ROOT / "data" / "generate_sample_data.py"
    if script.is_file() and not (data_dir() / FILES["sample"]).exists():
        print(f"Data: wrote {runpy.run_path(str(script))['write_customers'](data_dir())}", flush=True)


def _run_parts(parts: dict[str, Part], learner: str) -> int:
    """Run each part and say how it ended. One that fails keeps no other from running."""
    from prefect import tags

    from workshop.naming import LEARNER_TAG, STEP_TAG, labels_to_tags

    failed = []
    for name, part in parts.items():
        print(f"\n=== {name}: {part.title}", flush=True)
        with tags(*labels_to_tags({LEARNER_TAG: learner, STEP_TAG: part.step})):
            state = _load(part.entrypoint)(return_state=True)
        print(f"=== {name} is {state.name}", flush=True)
        if not state.is_completed():
            failed.append(name)
    return 1 if failed else 0


def _load(entrypoint: str) -> Callable[..., Any]:
    from prefect.flows import load_flow_from_entrypoint

    return load_flow_from_entrypoint(entrypoint)


def _deploy(learner: str, minutes: int) -> int:
    """Create the learner's own scheduled deployment, and say where to watch it."""
    url = _prefect_url()
    if not _answers(f"{url}/health"):
        print(f"No Prefect server answers at {url}. A schedule needs one that stays: run `make up`.")
        return 1
    os.environ["PREFECT_API_URL"] = url
    from workshop.prefect.part6_automation import flow as part6

    pool = os.environ.get("WORK_POOL") or "workshop"
    name = part6.deploy(learner, minutes, pool)
    schedule = part6.schedule_for(minutes)
    if schedule is None:
        print(f"Deployed {name} without a schedule: schedule_for in part 6's flow.py returns None.")
    else:
        print(f"Deployed {name} on the work pool {pool}: it runs {_in_words(schedule)}, as long as a worker polls.")
    print(f"Watch it at {url.removesuffix('/api')}/deployments, or on the step's page in the panel.")
    return 0


def _in_words(schedule: Any) -> str:
    if schedule.interval:
        minutes = schedule.interval.total_seconds() / 60
        return "every minute" if minutes == 1 else f"every {minutes:g} minutes"
    return f"at {schedule.cron or schedule.rrule}"


def _minutes(word: str) -> int:
    if not word.isdigit() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word} is not a number of minutes: 1 is the least.")
    return int(word)


@contextmanager
def _prefect() -> Iterator[None]:
    """Use the Prefect server that runs, else a temporary one."""
    url = _prefect_url()
    if _answers(f"{url}/health"):
        os.environ["PREFECT_API_URL"] = url
        print(f"Prefect: {url}")
        yield
        return
    print(f"Prefect: no server answers at {url}; these runs use a temporary one and are gone with it.", flush=True)
    os.environ.pop("PREFECT_API_URL", None)
    with ExitStack() as stack:
        os.environ["PREFECT_HOME"] = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = str(3 * SECONDS_TO_START)
        from prefect.events.worker import EventsWorker
        from prefect.logging.handlers import APILogWorker
        from prefect.server.api.server import SubprocessASGIServer

        try:
            yield
        finally:
            for worker in (APILogWorker, EventsWorker):  # else they look for the server for a minute after its end
                worker.drain_all()
            SubprocessASGIServer().stop()


@contextmanager
def _mlflow() -> Iterator[None]:
    """Use the MLflow server that runs, else a file."""
    url = os.environ.get("MLFLOW_TRACKING_URI") or _stack_url("MLFLOW", 5000)
    if url.startswith("http") and not _answers(f"{url}/health"):
        folder = Path(tempfile.gettempdir()) / "mlops-workshop-mlflow"
        folder.mkdir(exist_ok=True)
        url = f"sqlite:///{folder}/mlflow.db"
        # what an MLflow server sets for itself; without it, models would go to a folder in the workspace
        os.environ["_MLFLOW_SERVER_ARTIFACT_ROOT"] = str(folder / "artifacts")
        print(f"MLflow: no server answers; runs and models go to {url}", flush=True)
    else:
        print(f"MLflow: {url}")
    os.environ["MLFLOW_TRACKING_URI"] = url
    yield


@contextmanager
def _unreliable_api() -> Iterator[None]:
    """Use the service of part 2 that runs, else a temporary one."""
    url = os.environ.get("UNRELIABLE_API_URL") or _stack_url("UNRELIABLE_API", 8502)
    if _answers(f"{url}/health"):
        yield
        return
    import uvicorn

    server = uvicorn.Server(uvicorn.Config("workshop.unreliable_api.service:app", port=0, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + SECONDS_TO_START
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    os.environ["UNRELIABLE_API_URL"] = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    print(
        f"Unreliable API: none answers at {url}; a temporary one does at {os.environ['UNRELIABLE_API_URL']}", flush=True
    )
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(SECONDS_TO_START)


def _prefect_url() -> str:
    return (os.environ.get("PREFECT_API_URL") or f"{_stack_url('PREFECT', 4200)}/api").rstrip("/")


def _stack_url(service: str, port: int) -> str:
    """Where a service of the stack answers this machine, from the variables that `.env.example` explains."""
    if given := os.environ.get(f"{service}_INTERNAL_URL"):
        return given.rstrip("/")
    address = os.environ.get("BIND_ADDRESS") or "127.0.0.1"
    host = "127.0.0.1" if address in ANY_ADDRESS else f"[{address}]" if ":" in address else address
    return f"http://{host}:{os.environ.get(f'{service}_PORT') or port}"


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=3, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _parser(parts: dict[str, Part]) -> argparse.ArgumentParser:
    told = {name: part.title for name, part in parts.items()}
    told |= {"full": "all of them, one after another", "deploy": "your own deployment of part 6, with its schedule"}
    width = max(map(len, told)) + 2
    lines = [f"  {name:<{width}}{title}" for name, title in told.items()]
    parser = argparse.ArgumentParser(
        prog="Prefect_Workshop.py",
        description="Run a part of the Prefect workshop.\n\n" + "\n".join(lines),
        epilog="Without a Prefect server the parts run against a temporary one.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("word", choices=[*parts, "full", "deploy"], metavar="word", help="one of those above")
    parser.add_argument("--learner", default=os.environ.get("WORKSHOP_LEARNER") or "me", help="whose runs these are")
    parser.add_argument("--minutes", type=_minutes, default=2, help="deploy: time from one run to the next")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
