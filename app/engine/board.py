"""What the class is doing right now: one snapshot for everybody who looks at the Live page."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from app.engine.errors import WorkshopError
from app.engine.mlflow_client import MlflowStore
from app.engine.models import Orchestrator, ServiceHealth, UpcomingRun
from workshop.checking import MlflowRun, ModelVersion, Run

WINDOW = timedelta(minutes=15)
MLFLOW_RUNS = 60
CHAMPION = "champion"
SCHEDULE_TAGS = ("auto-scheduled", "dagster/schedule_name")
"""Tags with which Prefect and Dagster mark the runs that a schedule started."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Board:
    """The state of the class at one moment. Lists are newest first, `upcoming` is soonest first."""

    taken: datetime
    services: tuple[ServiceHealth, ...]
    runs: tuple[Run, ...]
    """Both orchestrators' runs that were due in the last `WINDOW`, and older ones that have not ended."""
    upcoming: tuple[UpcomingRun, ...]
    mlflow_runs: tuple[MlflowRun, ...]
    champions: tuple[ModelVersion, ...]
    problems: tuple[str, ...]
    """One sentence for each service that could not be asked; what it knows is missing above."""

    @property
    def running(self) -> tuple[Run, ...]:
        """Runs that have not ended."""
        return tuple(run for run in self.runs if not run.phase.is_final)


def read_board(
    orchestrators: Sequence[Orchestrator], store: MlflowStore, check_health: Callable[[], list[ServiceHealth]]
) -> Board:
    """Ask every service at the same time; one that is down costs the others nothing."""
    now = datetime.now(UTC)
    problems: list[str] = []
    with ThreadPoolExecutor(8) as pool:

        def ask(question: Callable[[], Sequence[Value]]) -> Callable[[], Sequence[Value]]:
            return pool.submit(_answer, question, problems).result

        runs = [ask(lambda each=each: each.recent(now - WINDOW)) for each in orchestrators]  # type: ignore[misc]
        upcoming = [ask(each.upcoming) for each in orchestrators]
        recorded = ask(lambda: store.runs(limit=MLFLOW_RUNS))
        champions = ask(lambda: store.versions_with_alias(CHAMPION))
        services = ask(check_health)
    return Board(
        now,
        tuple(services()),
        tuple(sorted((run for found in runs for run in found()), key=lambda run: run.due, reverse=True)),
        tuple(sorted((run for found in upcoming for run in found()), key=lambda run: run.at)),
        tuple(recorded()),
        tuple(champions()),
        tuple(dict.fromkeys(problems)),
    )


def is_scheduled(run: Run) -> bool:
    """Whether a schedule started the run, and nobody's click."""
    return any(tag in run.tags for tag in SCHEDULE_TAGS)


def best_so_far(runs: Sequence[MlflowRun], metric: str) -> list[tuple[datetime, float, float]]:
    """Follow a metric for which more is better: (start, value, best until then) of each run that has it, oldest first.

    Data sets are not comparable: pass runs of one data set.
    """
    points: list[tuple[datetime, float, float]] = []
    for run in sorted((run for run in runs if metric in run.metrics), key=lambda run: run.started):
        value = run.metrics[metric]
        points.append((run.started, value, max(value, points[-1][2] if points else value)))
    return points


def _answer(question: Callable[[], Sequence[Value]], problems: list[str]) -> Sequence[Value]:
    try:
        return question()
    except WorkshopError as error:
        problems.append(str(error))
        return ()
