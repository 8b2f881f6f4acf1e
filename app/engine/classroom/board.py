"""Read what the class is doing now, as one snapshot for everybody on the Live page."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate
from typing import Any, Protocol, TypeVar

from app.engine.errors import WorkshopError
from app.engine.orchestrators.contract import Orchestrator, UpcomingRun
from app.engine.orchestrators.registry import tool_of
from app.engine.stack.facts import ServiceHealth
from app.engine.tracking.client import MlflowStore, quoted
from workshop.facts import MlflowRun, ModelVersion, Run

WINDOW = timedelta(minutes=15)
MLFLOW_RUNS = 60
METRIC = "roc_auc"
"""The metric that the board follows. More is better."""
CHAMPION = "champion"

Value = TypeVar("Value")


class Ask(Protocol):
    """Asks a service a question that has a name."""

    def __call__(self, service: str, what: str, question: Callable[[], Value]) -> Value:
        """Give the answer."""


def ask_and_wait(service: str, what: str, question: Callable[[], Value]) -> Value:  # noqa: ARG001
    """Ask, and wait for as long as it takes."""
    return question()


@dataclass(frozen=True)
class Board:
    """The state of the class at one moment.

    Lists are newest first, `upcoming` is soonest first.
    """

    taken: datetime
    services: tuple[ServiceHealth, ...]
    runs: tuple[Run, ...]
    """The runs of every tool that were due in the last `WINDOW`, and older ones that have not ended."""
    upcoming: tuple[UpcomingRun, ...]
    mlflow_runs: tuple[MlflowRun, ...]
    """The newest `MLFLOW_RUNS`."""
    best_of_older: MlflowRun | None
    """The run with the best `METRIC` of all older ones, of the data set of the newest."""
    champions: tuple[ModelVersion, ...]
    problems: tuple[str, ...]
    """One sentence for each service that was not asked. The lists have what it said last."""

    @property
    def running(self) -> tuple[Run, ...]:
        """Runs that have not ended."""
        return tuple(run for run in self.runs if not run.phase.is_final)


def read_board(
    orchestrators: Sequence[Orchestrator],
    store: MlflowStore,
    check_health: Callable[[], list[ServiceHealth]],
    last_answers: dict[str, Sequence[Any]],
    ask: Ask = ask_and_wait,
) -> Board:
    """Ask every service at the same time. One that is down costs the others nothing.

    Args:
        orchestrators: whose runs are shown.
        store: whose MLflow runs and model versions are shown.
        check_health: asks every service how it is.
        last_answers: stand in for answers that do not come. New answers are kept here.
        ask: asks one service, and may give up on it.
    """
    now = datetime.now(UTC)
    problems: list[str] = []
    with ThreadPoolExecutor(8) as pool:

        def answer(service: str, what: str, question: Callable[[], Sequence[Value]]) -> Sequence[Value]:
            try:
                last_answers[what] = ask(service, what, question)
            except WorkshopError as error:
                problems.append(str(error))
            return last_answers.get(what, ())

        def begin(service: str, what: str, question: Callable[[], Sequence[Value]]) -> Callable[[], Sequence[Value]]:
            return pool.submit(answer, service, what, question).result

        services = pool.submit(check_health).result
        runs = [begin(each.name, f"{each.name} runs", partial(each.recent, now - WINDOW)) for each in orchestrators]
        upcoming = [begin(each.name, f"{each.name} upcoming", each.upcoming) for each in orchestrators]
        recorded = begin("mlflow", "mlflow runs", partial(store.runs, limit=MLFLOW_RUNS))
        champions = begin("mlflow", "champions", partial(store.versions_with_alias, CHAMPION))
        newest = recorded()
        best_of_older = answer("mlflow", "best of older", partial(_best_of_older, store, newest))
    return Board(
        now,
        tuple(services()),
        tuple(sorted((run for answer_of in runs for run in answer_of()), key=lambda run: run.due, reverse=True)),
        tuple(sorted((run for answer_of in upcoming for run in answer_of()), key=lambda run: run.at)),
        tuple(newest),
        next(iter(best_of_older), None),
        tuple(champions()),
        tuple(dict.fromkeys(problems)),
    )


def is_scheduled(run: Run) -> bool:
    """Say whether a schedule started the run, and no click."""
    return tool_of(run).is_scheduled(run)


def newest_dataset(runs: Sequence[MlflowRun]) -> str | None:
    """Find the data set of the newest run that has `METRIC`.

    Values of different data sets are not comparable.
    """
    return next((run.params["dataset"] for run in runs if METRIC in run.metrics and "dataset" in run.params), None)


def best_so_far(
    runs: Sequence[MlflowRun], best_of_older: MlflowRun | None = None
) -> list[tuple[datetime, float, float]]:
    """Follow `METRIC` over the runs of the newest data set, oldest first.

    Returns (start, value, best until then) of each run.
    """
    dataset = newest_dataset(runs)
    measured = [run for run in runs if METRIC in run.metrics and run.params.get("dataset") == dataset]
    ordered = sorted(measured, key=lambda run: run.started)
    values = [run.metrics[METRIC] for run in ordered]
    first = [best_of_older.metrics[METRIC]] if best_of_older else []
    best = list(accumulate([*first, *values], max))[len(first) :]
    return list(zip([run.started for run in ordered], values, best, strict=True))


def _best_of_older(store: MlflowStore, newest: Sequence[MlflowRun]) -> list[MlflowRun]:
    """Find the best run that is older than these, of the newest one's data set."""
    dataset = newest_dataset(newest)
    if dataset is None or len(newest) < MLFLOW_RUNS:
        return []
    oldest = int(newest[-1].started.timestamp() * 1000)
    older = f"params.dataset = {quoted(dataset)} AND metrics.{METRIC} >= 0 AND attributes.start_time < {oldest}"
    return store.runs(filter=older, order_by=f"metrics.{METRIC} DESC", limit=1)
