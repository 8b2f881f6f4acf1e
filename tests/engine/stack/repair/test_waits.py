"""The page about faults tells the waits that the code has."""

import re

from app.engine.stack.repair import dagster, prefect, rounds
from app.settings import ROOT

TOOLS = ("flow run", "Dagster run")


def test_the_page_tells_how_long_each_repair_waits():
    page = (ROOT / "workshop" / "docs" / "FAULTS.md").read_text(encoding="utf-8")
    rows = {row.split("|")[1].strip(): row.split("|")[3] for row in page.splitlines() if row.startswith("| a")}
    text = " ".join(page.split())
    flow_run, dagster_run = (next(rows[what] for what in rows if what.startswith(f"a {tool}")) for tool in TOOLS)
    assert f"every {rounds.ROUND_SECONDS:.0f} seconds" in text
    assert [int(number) for number in re.findall(r"\d+", flow_run)] == [prefect.SETTLE_SECONDS, 2]
    assert prefect.LONGEST_START.total_seconds() == 2 * 60
    assert f"{dagster.SETTLE_SECONDS:.0f} seconds; up to a minute more" in dagster_run
    assert dagster.START_SECONDS == 60
    assert f"{prefect.SETTLE_SECONDS:.0f} seconds after the flow run crashed or was cancelled" in text
    assert (
        f"{prefect.SETTLE_SECONDS * prefect.BUSY_FACTOR:.0f} seconds after it completed or failed, and an hour" in text
    )
    assert prefect.LATEST_WORK.total_seconds() == 3600
