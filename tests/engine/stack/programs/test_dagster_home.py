"""Programs that start side by side make Dagster's databases together, and none of them stumbles."""

import os
import subprocess
import sys

from app.settings import ROOT

PROGRAM = "from app.engine.stack.programs.dagster_home import open_stores; open_stores()"
AT_ONCE = 3


def test_several_first_starts_at_once_all_succeed(tmp_path):
    environment = {**os.environ, "DAGSTER_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    started = [
        subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(AT_ONCE)
    ]
    errors = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0] * AT_ONCE, errors
    assert (tmp_path / "schedules" / "schedules.db").exists()
