"""Everything the engine raises.

WorkshopError
├── ServiceDown            a service does not answer
│   └── ServiceBusy        nor did it in time, or it said that it is busy: it may when asked again
├── ServiceRefused         a service answered, and said no
├── NotRegistered          the deployment, job or model asked for does not exist
├── NotFound               the run asked for does not exist
├── InvalidParameters      values that the target's schema does not allow
├── ContentError           a step's folder is not as it must be (file and line are named)
└── CodeDoesNotLoad        workshop code that a service could not load

A message is one or two sentences for the person at the screen: what is wrong, and what to do next.
"""

from pathlib import Path

from app.engine.commands import command


class WorkshopError(Exception):
    """The root: its text is fit to be shown as it is."""


class ServiceDown(WorkshopError):
    """A service does not answer. The URL is the one that a person's browser opens, if there is one."""

    def __init__(self, service: str, url: str, reason: str = "") -> None:
        self.service = service
        self.url = url
        super().__init__(self._sentence(reason))

    def _sentence(self, reason: str) -> str:
        because = f" ({reason})" if reason else ""
        start = command("start", self.service)
        where = f" at {self.url}" if self.url else ""
        return f"{self.service} does not answer{where}{because}. Start what is missing with {start}."


class ServiceBusy(ServiceDown):
    """A service is there, but did not answer in time, or said that it is busy."""

    def _sentence(self, reason: str) -> str:
        words = f"{self.service} is slow to answer at {self.url} ({reason}). If it stays so, restart it on the page"
        return f"{words} Services; {command('status', self.service)} tells how it is."


class ServiceRefused(WorkshopError):
    """A service answered, and said no."""

    def __init__(self, service: str, reason: str) -> None:
        self.service = service
        super().__init__(f"{service} refused: {reason}")


class NotRegistered(WorkshopError):
    """The deployment, job or model asked for does not exist."""


class NotFound(WorkshopError):
    """The run asked for does not exist."""


class InvalidParameters(WorkshopError):
    """Values that the target's schema does not allow."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        """Parameter (dotted path) → one sentence."""
        super().__init__(" ".join(f"{name}: {problem}" for name, problem in problems.items()))


class ContentError(WorkshopError):
    """A step's folder is not as it must be."""

    def __init__(self, file: Path, line: int, problem: str) -> None:
        self.file = file
        self.line = line
        self.problem = problem
        super().__init__(f"{file}:{line}: {problem}")


class CodeDoesNotLoad(WorkshopError):
    """Workshop code that a service could not load; the message carries the loader's own."""
