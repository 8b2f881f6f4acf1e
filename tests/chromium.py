"""Find or install the Chromium for the browser tests.

One that is there comes first, then Playwright's download, then the distribution's package.

`python -m tests.chromium` gets one and prints where it is; it names what it cannot get, and fails.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
FLAGS += "--disable-component-update --disable-sync --disable-dev-shm-usage"
"""With which it starts: as root in a container, and asking nobody for updates."""
ON_MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find_chromium() -> str | None:
    """Find a Chromium that starts: on PATH, else the one that Playwright downloaded earlier."""
    return next((path for path in _candidates() if path and _starts(path)), None)


def _candidates() -> Iterator[str | None]:
    """Name Playwright's own last.

    It is asked only where there is no other, since it may be running already.
    """
    yield from (shutil.which(name) for name in NAMES)
    yield str(ON_MACOS)
    yield _playwrights_own()


def install_chromium() -> None:
    """Download Playwright's Chromium.

    When that fails, root on a Debian system takes the distribution's.
    """
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])
    if find_chromium() is None and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-q"])
        subprocess.run(["apt-get", "install", "-y", "-q", "chromium"])


def _playwrights_own() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _starts(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def main() -> int:
    if find_chromium() is None:
        print(f"No Chromium on this {platform.system()} yet: getting one …", flush=True)
        install_chromium()
    path = find_chromium()
    if path is None:
        print(
            "The browser tests need Chromium. Neither Playwright's download nor the system's package could be had: "
            "install chromium or google-chrome, or run `.venv/bin/playwright install --with-deps chromium`.",
            file=sys.stderr,
        )
        return 1
    print(f"Chromium: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
