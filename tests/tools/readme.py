"""Write what documents take from the steps and the services: `python -m tests.tools.readme`."""

import re
from collections.abc import Iterable
from pathlib import Path

from app.engine.curriculum.steps import Step, discover
from app.settings import ROOT
from tests.tools import services

FILE = ROOT / "README.md"
BLOCK = re.compile(r"(<!-- steps: [^>]* -->\n).*?(<!-- /steps -->)", re.DOTALL)


def steps_table(steps: Iterable[Step], root: Path = ROOT) -> str:
    rows = [
        f"| {step.phase.title} | [{step.title}]({step.folder.relative_to(root).as_posix()}) "
        f"| {step.summary} | {step.minutes} |\n"
        for step in steps
    ]
    return "".join(["\n| phase | step | what happens | minutes |\n|---|---|---|---|\n", *rows, "\n"])


def renewed(text: str) -> str:
    table = steps_table(discover(ROOT))
    return BLOCK.sub(lambda match: match[1] + table + match[2], text)


if __name__ == "__main__":
    FILE.write_text(renewed(FILE.read_text(encoding="utf-8")), encoding="utf-8")
    services.write()
