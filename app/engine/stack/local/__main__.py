"""The local stack's command line: `python -m app.engine.stack.local up | down | status | reset | logs | data`."""

import argparse
import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.engine.errors import WorkshopError
from app.engine.stack.health import check_services
from app.engine.stack.local.data_sets import prepare_data
from app.engine.stack.local.environment import stack_folder
from app.engine.stack.local.exposure import warning
from app.engine.stack.local.lifecycle import down, reset, up
from app.settings import Settings, get_settings

HEALTH_WORDS = {"up": "healthy", "slow": "SLOW", "starting": "STARTING", "down": "DOWN", "unknown": "UNKNOWN"}


def run_up(settings: Settings) -> int:
    """Start or repair the stack and print where it is."""
    with _alone(settings):
        if not up(settings):
            print("\nNot everything is up. Repair it and run `make up` again; `make down` stops the rest.")
            return 1
    if said := warning(settings):
        print(said)
    print(f"\nOpen the panel: {settings.public_url('panel')}   (`make down` stops everything)")
    return 0


def run_down(settings: Settings) -> int:
    """Stop the stack."""
    down(settings)
    return 0


def run_status(settings: Settings) -> int:
    """Print each service's health.

    The exit code is 1 when one is not well.
    """
    healths = check_services(settings)
    for health in healths:
        word = HEALTH_WORDS[health.state]
        print(f"{health.title:<16}{word:<9}{health.public_url or '-':<28}{health.message}")
    return 0 if all(health.is_healthy for health in healths) else 1


def run_reset(settings: Settings) -> int:
    """Ask, then stop the stack and delete what its services stored."""
    question = f"Delete every run, model and schedule below {settings.data_dir}? Type yes: "
    if os.environ.get("RESET") != "yes" and (not sys.stdin.isatty() or input(question).strip() != "yes"):
        print("Nothing was deleted. Answer `yes`, or run `make reset RESET=yes`.")
        return 1
    reset(settings)
    return 0


def run_logs(settings: Settings) -> int:
    """Follow the services' logs until Ctrl-C."""
    files = sorted((stack_folder(settings) / "logs").glob("*.log"))
    if not files:
        print("There are no logs yet. Start the stack with `make up`.")
        return 1
    return subprocess.run(["tail", "-n", "15", "-F", *files]).returncode  # noqa: S603, S607


def run_data(settings: Settings) -> int:
    """Prepare the data sets."""
    written = prepare_data(settings)
    print("\n".join(f"Wrote {file}" for file in written) or f"The data sets in {settings.data_dir} are up to date.")
    return 0


COMMANDS: dict[str, Callable[[Settings], int]] = {
    "up": run_up,
    "down": run_down,
    "status": run_status,
    "reset": run_reset,
    "logs": run_logs,
    "data": run_data,
}


def _in_words(error: OSError) -> str:
    return f"{error.filename or 'A file'} could not be used ({error.strerror or error})."


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Let no two `make up` of one stack run at the same time."""
    folder = stack_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "up.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WorkshopError("Another `make up` is at work on this stack. Wait until it has finished.") from error
        yield


def main() -> int:
    """Run one command and turn our errors into their sentences."""
    parser = argparse.ArgumentParser(prog="python -m app.engine.stack.local", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    command: Callable[[Settings], int] = COMMANDS[parser.parse_args().command]
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    try:
        return command(get_settings())
    except WorkshopError as error:
        print(error, file=sys.stderr)
    except OSError as error:  # of a file: those of the network are errors of ours
        print(f"{_in_words(error)} Correct that, then run the command again.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nInterrupted. `make up` goes on from here, `make down` stops what has started.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
