"""List everything that the engine raises.

WorkshopError
├── ServiceDown            a service does not answer
│   └── ServiceBusy        it did not answer in time, or said that it is busy: ask it again later
├── ServiceRefused         a service answered, and said no
├── NotRegistered          the deployment, job or model asked for does not exist
├── NotFound               the run asked for does not exist
├── InvalidParameters      values that the target's schema does not allow
├── ContentError           a step's folder has a mistake (file and line are named)
└── CodeDoesNotLoad        workshop code that a service could not load

A message is one or two sentences for the person at the screen: what is wrong, and what to do next.
It is raised as a template and its values, never as an f-string, so that it can be translated:

    raise NotFound("Prefect has no flow run {run_id}.", run_id=run_id)
"""

from pathlib import Path

from app.engine.commands import command
from app.engine.message import Message


class WorkshopError(Exception):
    """The root of all errors of the engine. Its text is fit to be shown as it is."""

    def __init__(self, template: str, /, **values: object) -> None:
        self.message = Message(template, **values)
        super().__init__(self.message)


class ServiceDown(WorkshopError):
    """A service does not answer.

    The URL is the one that a person's browser opens, if there is one.
    """

    def __init__(self, service: str, url: str, reason: str = "", /, **values: object) -> None:
        self.service = service
        self.url = url
        super().__init__(self._sentence(Message(reason, **values)))

    def _sentence(self, reason: Message) -> Message:
        return Message(
            "{service} does not answer{where}{because}. Start what is missing with {command}.",
            service=self.service,
            where=Message(" at {url}", url=self.url) if self.url else "",
            because=Message(" ({reason})", reason=reason) if reason else "",
            command=command("start", self.service),
        )


class ServiceBusy(ServiceDown):
    """A service is there, but did not answer in time, or said that it is busy."""

    def _sentence(self, reason: Message) -> Message:
        return Message(
            "{service} is slow to answer at {url} ({reason}). If it stays so, restart it on the page"
            " Services; {command} tells how it is.",
            service=self.service,
            url=self.url,
            reason=reason,
            command=command("status", self.service),
        )


class ServiceRefused(WorkshopError):
    """A service answered, and said no."""

    def __init__(self, service: str, reason: str, /, **values: object) -> None:
        self.service = service
        super().__init__("{service} refused: {reason}", service=service, reason=Message(reason, **values))


class NotRegistered(WorkshopError):
    """The deployment, job or model asked for does not exist."""


class NotFound(WorkshopError):
    """The run asked for does not exist."""


class InvalidParameters(WorkshopError):
    """Values that the target's schema does not allow."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        """Parameter (dotted path) → one sentence."""
        sentences = [Message("{name}: {problem}", name=name, problem=problem) for name, problem in problems.items()]
        numbered = {f"_{number}": sentence for number, sentence in enumerate(sentences)}
        super().__init__(" ".join(f"{{{number}}}" for number in numbered), **numbered)


class ContentError(WorkshopError):
    """A step's folder has a mistake."""

    def __init__(self, file: Path, line: int, problem: str, /, **values: object) -> None:
        self.file = file
        self.line = line
        self.problem = Message(problem, **values)
        super().__init__("{file}:{line}: {problem}", file=file, line=line, problem=self.problem)


class CodeDoesNotLoad(WorkshopError):
    """Workshop code that a service could not load. The message carries the loader's own."""
