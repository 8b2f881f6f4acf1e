"""List the pages of the panel that are not steps.

A page is a module of this folder and a line here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.engine.curriculum.steps import Step
from app.engine.errors import ContentError
from app.i18n import _
from app.views import home, live, models, runs, services


@dataclass(frozen=True)
class Page:
    """One page of the navigation."""

    id: str
    """Its path in the address."""
    title: Callable[[], str]
    """Translates its title when it is drawn: each session has its own language."""
    icon: str
    show: Callable[..., None]
    """Draws it. Home takes the steps and their pages, the others take nothing."""


HOME = Page("home", lambda: _("Home"), ":material/home:", home.show)
OBSERVE = (
    Page("live", lambda: _("Live"), ":material/monitor_heart:", live.show),
    Page("runs", lambda: _("Runs"), ":material/science:", runs.show),
    Page("models", lambda: _("Models"), ":material/deployed_code:", models.show),
    Page("services", lambda: _("Services"), ":material/dns:", services.show),
)
PLANNED_IDS = ("code",)
"""Kept free for pages to come."""


def reserved_ids() -> frozenset[str]:
    """List the ids that no step may have."""
    return frozenset({HOME.id, *(page.id for page in OBSERVE), *PLANNED_IDS})


def refuse_reserved_ids(steps: Sequence[Step]) -> None:
    """Refuse a step whose address is that of a page.

    Raises:
        ContentError: names the file of the first such step.
    """
    for step in steps:
        if step.id in reserved_ids():
            problem = "the folder's name `{name}` cannot be a step's id: it is kept for a page."
            raise ContentError(step.folder / "step.md", 1, problem, name=step.id)
