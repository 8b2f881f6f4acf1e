"""What is known of a tool without asking it: its name, its words, and what a step may run on it."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.engine.orchestrators.contract import ApiRequest, Orchestrator, Parameters, Target
from workshop.facts import OrchestratorName, Run, RunPhase

if TYPE_CHECKING:
    from app.settings import Settings


@dataclass(frozen=True)
class Equivalent:
    """Another way to send a request."""

    title: str
    language: str
    """As a code block names it: `python`, `bash`."""
    text: str
    note: str = ""
    """A sentence on what is different, or an empty text when nothing is."""


@dataclass(frozen=True, eq=False)
class Tool(ABC):
    """A tool that runs things. It is light to import, and asks no service."""

    name: OrchestratorName
    """As front matter and the facts write it."""
    title: str
    """As a person writes it."""
    run_title: str
    """What the tool calls a run, as a heading begins it: `Flow run`."""
    run_noun: str
    """The same within a sentence."""
    called_runs_title: str
    """The heading above the runs that a run called."""
    run_states: Mapping[str, RunPhase]
    """The phase of each state that a run can have, by the tool's own complete list."""
    task_states: Mapping[str, RunPhase]
    """The same for a task of a run."""
    being_cancelled: str
    """A run's state between the request to cancel it and its end."""
    after_cancel: str
    """A sentence: what a cancelled run means in this tool."""
    mlflow_tag: str
    """The tag of an MLflow run that holds the id of the run that made it."""
    target_must_be: str
    """What a definition in a step's code must be, so that a step can run it: `decorated with @flow`."""
    schedule_tag: str
    """The tag of a run that a schedule started."""

    @abstractmethod
    def connect(self, settings: Settings) -> Orchestrator:
        """Make a client of the tool."""

    def public_url(self, settings: Settings) -> str:
        """Give the address at which a person opens the tool."""
        return settings.public_url(self.name)

    @abstractmethod
    def target_in(self, definition: ast.stmt, name: str, step: str, folder: str) -> str:
        """Name the target that a step runs.

        Args:
            definition: what the step's code file defines under that name.
            name: the name that the step's front matter gives.
            step: the step's id.
            folder: the name of the folder that holds the code, which steps of a phase may share.

        Returns:
            The target's name, as the solo learner's is; empty when this definition is none.
        """

    def target_of(self, target: str, learner: str) -> str:  # noqa: ARG002
        """Name a learner's own target. By default a target belongs to everybody."""
        return target

    @abstractmethod
    def check_parameters(self, target: Target, parameters: Parameters) -> None:
        """Compare values with the target's schema.

        Raises:
            InvalidParameters: one sentence for each value that is wrong.
        """

    @abstractmethod
    def equivalents(self, request: ApiRequest, target: Target) -> tuple[Equivalent, ...]:
        """Write what does the same as a request, in the tool's own clients."""

    def error_in(self, messages: Sequence[str]) -> str:  # noqa: ARG002
        """Find the exception in the log lines of an attempt that failed, or an empty text when no line names one."""
        return ""

    def is_being_cancelled(self, run: Run) -> bool:
        """Tell whether somebody has asked to cancel a run that has not ended."""
        return run.state == self.being_cancelled

    def is_scheduled(self, run: Run) -> bool:
        """Tell whether a schedule started a run, and nobody's click."""
        return self.schedule_tag in run.tags
