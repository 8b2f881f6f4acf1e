"""What the services store, and their logs, are this user's alone."""

import stat

from app.engine.stack.environment import STATE_FOLDERS

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def test_nobody_else_may_open_the_data_folder(stack):
    assert stat.S_IMODE(stack.data_dir.stat().st_mode) & OTHERS == 0


def test_nobody_else_may_read_a_store_or_a_log(stack):
    files = [file for name in STATE_FOLDERS for file in (stack.data_dir / name).rglob("*") if file.is_file()]
    assert {"mlflow.db", "prefect.db", "runs.db", "panel.log"} <= {file.name for file in files}
    assert [file for file in files if file.stat().st_mode & OTHERS] == []
