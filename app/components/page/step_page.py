"""What the parts of a step's page know of it, and of each other."""

from collections.abc import Callable
from dataclasses import dataclass

from app.engine.curriculum.steps import Action, Step
from app.engine.orchestrators.contract import Target, Trigger


@dataclass
class StepPage:
    """A step's page while it is drawn.

    The part with the button sets what follows from it for the parts below.
    """

    step: Step
    is_old: Callable[[], bool]
    """Whether somebody has changed the step or its code since."""
    action: Action | None = None
    """The action that is chosen; None where the step has none."""
    run_id: str | None = None
    """The run that the page shows."""
    target: Target | None = None
    """What the button would start; None while its service does not say."""
    next_click: Callable[[], Trigger] | None = None
    """Describes the next click; None where there is no button."""
    show_again: Callable[[], None] | None = None
    """Shows the button that repeats the run on the page."""
