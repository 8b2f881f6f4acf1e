"""A clone of this repository that Docker Compose runs, with its own name, ports and user."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.engine.stack.compose.container_health import PROBES, PROGRAMS
from app.engine.stack.compose.helpers import HELPERS
from app.engine.stack.local.environment import SERVICES_WITH_URL
from app.settings import ROOT, Settings

GUIDE = ROOT / "workshop" / "docs" / "README_DOCKER.md"
BLOCK = re.compile(
    r"^<!-- (?P<kind>ci|not in ci): (?P<what>.+?) -->\n\n?```(?P<language>\w*)\n(?P<text>.*?)^```", re.M | re.S
)
IN_TEXT = re.compile(r"(?<!`)`(docker [^`]+)`")
NOT_RUN = re.compile(r"^<!-- not in ci: `(docker [^`]+)` .+ -->$", re.M)
USER = os.getuid() or 1234
"""Who owns the clone, unless a test says otherwise: not root, as on a student's machine, and not the usual 1000."""
GROUP = os.getgid() or USER
OF_THE_CLONE = {
    *(name.upper() for name in Settings.model_fields),
    "COMPOSE_PROJECT_NAME",
    "COMPOSE_PROFILES",
    "CA_BUNDLE",
    "WORKSHOP_UID",
    "WORKSHOP_GID",
}
"""Variables that only the clone's `.env` may set."""
PREFIX = f"workshop-test-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]}"
LONGEST_SECONDS = 1200
STAYING = tuple(PROBES)
SERVERS = tuple(name for name in STAYING if name not in PROGRAMS or not PROGRAMS[name][1].profile)
"""Those that start without a profile."""
ONE_SHOTS = tuple(helper.name for helper in HELPERS if helper.probe is None)
"""They end; all others stay."""


def documented(name: str) -> str:
    """The commands that the guide marks with `<!-- ci: name -->`."""
    rows = [
        block["text"] for block in BLOCK.finditer(GUIDE.read_text()) if (block["kind"], block["what"]) == ("ci", name)
    ]
    assert len(rows) == 1, f"{GUIDE} has {len(rows)} blocks marked ci: {name}"
    return rows[0]


def named_in_text() -> list[str]:
    """The commands that the guide names in its sentences and tables, without those that a block has or must not run."""
    text = GUIDE.read_text()
    lines = {line for block in BLOCK.finditer(text) for line in block["text"].splitlines()}
    return sorted({*IN_TEXT.findall(text)} - lines - {*NOT_RUN.findall(text)})


def copy_repository(folder: Path) -> Path:
    """Copy what git knows or would add to a folder."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in listed:
        if (source := ROOT / name).is_file() and not source.is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / name)
    return folder


@dataclass(frozen=True)
class ComposeProject:
    """One clone and what runs of it."""

    folder: Path
    name: str
    settings: Settings
    """Ports and public URLs, as a browser on the host needs them."""

    def write_env(self) -> None:
        """Write `.env`, as the guide says."""
        variables = {
            "COMPOSE_PROJECT_NAME": self.name,
            "CA_BUNDLE": os.environ.get("CA_BUNDLE") or os.environ.get("SSL_CERT_FILE", ""),
            **{f"{service.upper()}_PORT": getattr(self.settings, f"{service}_port") for service in SERVICES_WITH_URL},
        }
        with (self.folder / ".env").open("a") as file:
            file.writelines(f"{key}={value}\n" for key, value in variables.items())

    def give_to(self, user: int, group: int) -> None:
        """Change the owner of the clone and of everything in it."""
        for path in [self.folder, *self.folder.rglob("*")]:
            os.chown(path, user, group, follow_symlinks=False)

    def run(self, commands: str, given: str = "") -> str:
        """Run a shell's commands in the clone and return what they print; fail with the end of it when they fail."""
        done = self.attempt(commands, given)
        assert done.returncode == 0, f"{commands}\n{done.stdout[-4000:]}\n{done.stderr[-6000:]}"
        return done.stdout

    def attempt(self, commands: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a shell's commands in the clone."""
        return subprocess.run(
            ["sh", "-euc", commands],
            cwd=self.folder,
            env={key: value for key, value in os.environ.items() if key not in OF_THE_CLONE},
            input=given,
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
        )

    def compose(self, arguments: str, given: str = "") -> str:
        """Run a command of Compose, with Dagster's profile."""
        return self.run(f"docker compose --profile dagster {arguments}", given)

    def inside(self, service: str, command: str, given: str = "") -> str:
        """Run a command in a container with the rights of its program."""
        as_owner = "" if service == "proxy" else "as-owner "
        return self.compose(f"exec -T {service} {as_owner}{command}", given)

    def containers(self) -> dict[str, dict[str, Any]]:
        """Map each service to what Docker says of its container, running or not."""
        ids = self.compose("ps --all --quiet").split()
        rows = json.loads(self.run(f"docker inspect {' '.join(ids)}")) if ids else []
        return {each["Config"]["Labels"]["com.docker.compose.service"]: each for each in rows}

    def run_steps(self, *steps: str) -> dict[str, dict[str, Any]]:
        """Start steps with the panel's code in the panel's container; see `in_panel.py` for what comes back."""
        code = Path(__file__).with_name("in_panel.py").read_text()
        printed = self.inside("panel", f"python - {' '.join(steps)}", code)
        return {each["step"]: each for each in json.loads(printed.splitlines()[-1])}

    def health(self) -> dict[str, str]:
        """What Docker says of each service that stays up: `healthy`, `starting`, `unhealthy`, `none`."""
        states = {name: each["State"] for name, each in self.containers().items()}
        return {name: states.get(name, {}).get("Health", {}).get("Status", "none") for name in STAYING}

    @property
    def is_healthy(self) -> bool:
        """Whether every service is."""
        return set(self.health().values()) == {"healthy"}

    def remove(self) -> None:
        """Delete containers, networks, volumes and images; the clone stays."""
        self.compose("down --volumes --remove-orphans --rmi all --timeout 5")
