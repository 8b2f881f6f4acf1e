"""Prepare the data sets: run a script of `data/` when what it writes is missing or older than itself."""

import subprocess
import sys
from pathlib import Path

from app.engine.errors import WorkshopError
from app.settings import ROOT, Settings

WRITTEN_BY = {
    "customer_data.csv": ROOT / "data" / "generate_sample_data.py",
    "cdnow_customers.csv": ROOT / "data" / "prepare_cdnow.py",
}


def prepare_data(settings: Settings) -> list[Path]:
    """Write the data sets that are not there or not up to date, and return those that were written.

    Raises:
        WorkshopError: a script failed; carries its last line.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return [
        _write(script, settings.data_dir / name)
        for name, script in WRITTEN_BY.items()
        if _is_stale(settings.data_dir / name, script)
    ]


def _is_stale(file: Path, script: Path) -> bool:
    return not file.exists() or file.stat().st_mtime < script.stat().st_mtime


def _write(script: Path, file: Path) -> Path:
    done = subprocess.run([sys.executable, script, file.parent], cwd=ROOT, capture_output=True, text=True)  # noqa: S603
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise WorkshopError("{script} could not write {file}: {reason}", script=script.name, file=file, reason=reason)
    return file
