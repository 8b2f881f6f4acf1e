"""What MLflow recorded: experiments, runs, registered models and their versions, read through MLflow's own client.

The import of MLflow takes seconds, so it waits until the first `MlflowStore` is made.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from app.engine.addresses import in_path, is_run_id
from app.engine.errors import NotFound, ServiceBusy, ServiceDown, ServiceRefused
from app.engine.orchestrators.registry import mlflow_tags, tool_of
from app.engine.tracking.facts import read_run, read_version
from workshop.facts import MlflowRun, ModelVersion, OrchestratorName, Run
from workshop.naming import ENDED_BECAUSE_TAG, MLFLOW_PARENT_TAG

if TYPE_CHECKING:
    from mlflow.entities import Run as StoredRun
    from mlflow.exceptions import MlflowException

# This process waits for a person: one attempt and a short time-out, not MLflow's seven over four minutes.
CLIENT_ENVIRONMENT = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "5",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
}
NEWEST_FIRST = "attributes.start_time DESC"
STILL_OPEN = "attributes.status = 'RUNNING'"
ENDED_BY_HAND = "Somebody ended this run in the panel: it was open, and nobody knew who had made it."
PAGE = 1000


class MlflowStore:
    """One MLflow server. Every method raises `ServiceDown` when it does not answer, within about five seconds."""

    def __init__(self, internal_url: str, public_url: str) -> None:
        os.environ.update(CLIENT_ENVIRONMENT)
        from mlflow import MlflowClient

        self.internal_url = internal_url
        self.public_url = public_url
        self._client = MlflowClient(internal_url)

    def experiments(self) -> dict[str, str]:
        """Map the id of each experiment to its name, newest first."""
        with self._asking():
            found = self._client.search_experiments(order_by=["creation_time DESC"])
        return {experiment.experiment_id: experiment.name for experiment in found}

    def runs(
        self,
        experiments: Sequence[str] | None = None,
        filter: str = "",
        order_by: str = NEWEST_FIRST,
        limit: int = 200,
    ) -> list[MlflowRun]:
        """List runs across experiments.

        Args:
            experiments: Names; None for all of them. A name that does not exist matches nothing.
            filter: A condition in MLflow's filter language, for example `metrics.roc_auc > 0.8`.
            order_by: In MLflow's language, for example `metrics.roc_auc DESC`.
            limit: At most this many.

        Raises:
            ServiceRefused: the filter or the order is not in MLflow's language; the message has MLflow's reason.
        """
        names = self.experiments()
        if experiments is not None:
            names = {id_: name for id_, name in names.items() if name in experiments}
        return [read_run(run, names[run.info.experiment_id]) for run in self._search(names, filter, order_by, limit)]

    def runs_made_by(self, orchestrator_run: Run) -> list[MlflowRun]:
        """List the runs whose tag names this run, newest first."""
        tag = tool_of(orchestrator_run).mlflow_tag
        return self.runs(filter=f"tags.`{tag}` = {quoted(orchestrator_run.id)}")

    def runs_with_ids(self, run_ids: Iterable[str]) -> dict[str, MlflowRun]:
        """Read several runs at once, in the order asked for; one that does not exist is left out."""
        asked = list(dict.fromkeys(run_ids))
        if not asked:
            return {}
        condition = f"attributes.run_id IN ({', '.join(quoted(run_id) for run_id in asked)})"
        found = {run.id: run for run in self.runs(filter=condition, limit=len(asked))}
        return {run_id: found[run_id] for run_id in asked if run_id in found}

    def open_runs(self) -> list[MlflowRun]:
        """List the runs that have not ended and of which nobody knows who made them, newest first.

        One inside an open run of a known maker is that maker's; once that run has ended, it is anybody's.
        """
        found = [run for run in self.runs(filter=STILL_OPEN) if maker_of(run) is None]
        around = self._around(found)
        return [run for run in found if not _is_inside_a_makers(run, around)]

    def end_run(self, run_id: str) -> MlflowRun:
        """Mark a run as KILLED unless it has ended meanwhile, and give it as it is then. Its program is not stopped.

        Raises:
            NotFound: no such run.
        """
        if self.run(run_id).ended is None:
            with self._asking():
                self._client.set_tag(run_id, ENDED_BECAUSE_TAG, ENDED_BY_HAND)
                self._client.set_terminated(run_id, status="KILLED")
        return self.run(run_id)

    def run(self, run_id: str) -> MlflowRun:
        """Read one run.

        Raises:
            NotFound: no such run.
        """
        with self._asking():
            run = self._client.get_run(run_id)
            experiment = self._client.get_experiment(run.info.experiment_id)
        return read_run(run, experiment.name)

    def registered_models(self) -> list[str]:
        """List the names of the registered models, in alphabetical order."""
        with self._asking():
            return [model.name for model in self._client.search_registered_models(max_results=PAGE, order_by=["name"])]

    def versions_with_alias(self, alias: str) -> list[ModelVersion]:
        """List the versions that carry an alias, of every registered model, newest first."""
        with self._asking():
            models = self._client.search_registered_models(max_results=PAGE)
            numbers = {model.name: model.aliases[alias] for model in models if alias in model.aliases}
            found = [self._client.get_model_version(name, number) for name, number in numbers.items()]
        sources = self.runs_with_ids(version.run_id for version in found if version.run_id)
        versions = [
            read_version(version, {alias: numbers[version.name]}, sources.get(version.run_id or ""))
            for version in found
        ]
        return sorted(versions, key=lambda version: version.created, reverse=True)

    def versions(self, name: str) -> list[ModelVersion]:
        """List the versions of a registered model, newest first, each with the params and metrics of its source run.

        Raises:
            NotFound: no such model.
        """
        with self._asking():
            aliases = self._client.get_registered_model(name).aliases
            found = [
                version
                for version in self._client.search_model_versions(_is_named(name), max_results=PAGE)
                if version.name == name
            ]
        sources = self.runs_with_ids(version.run_id for version in found if version.run_id)
        versions = [read_version(version, aliases, sources.get(version.run_id or "")) for version in found]
        return sorted(versions, key=lambda version: version.version, reverse=True)

    def versions_of_run(self, run_id: str) -> list[ModelVersion]:
        """List the versions of any registered model whose source is this run."""
        with self._asking():
            found = self._client.search_model_versions(f"run_id = {quoted(run_id)}", max_results=PAGE)
        return [
            version
            for name in sorted({version.name for version in found})
            for version in self.versions(name)
            if version.run_id == run_id
        ]

    def experiment_url(self, experiment_id: str) -> str:
        """URL of an experiment in MLflow's UI."""
        return f"{self.public_url}/#/experiments/{in_path(experiment_id)}"

    def run_url(self, run: MlflowRun) -> str:
        """URL of a run in MLflow's UI."""
        return f"{self.experiment_url(run.experiment_id)}/runs/{in_path(run.id)}"

    def model_url(self, name: str, version: int | None = None) -> str:
        """URL of a registered model, or of one version of it, in MLflow's UI."""
        model = f"{self.public_url}/#/models/{in_path(name)}"
        return model if version is None else f"{model}/versions/{version}"

    def version_url(self, version: ModelVersion) -> str:
        """URL of a model version in MLflow's UI."""
        return self.model_url(version.name, version.version)

    def _around(self, runs: Iterable[MlflowRun]) -> dict[str, MlflowRun]:
        """Read the runs inside which these were begun, and those around them."""
        known: dict[str, MlflowRun] = {}
        wanted = _parents(runs)
        while wanted:
            found = self.runs_with_ids(wanted)
            known |= found
            wanted = _parents(found.values()) - set(known)
        return known

    def _search(self, experiment_ids: Iterable[str], filter: str, order_by: str, limit: int) -> "Iterator[StoredRun]":
        ids, token = list(experiment_ids), None
        while ids and limit > 0:
            with self._asking():
                page = self._client.search_runs(
                    ids, filter, max_results=min(limit, PAGE), order_by=[order_by], page_token=token
                )
            yield from page
            limit, token = limit - len(page), page.token
            if not token:
                return

    @contextmanager
    def _asking(self) -> Iterator[None]:
        from mlflow.exceptions import MlflowException

        try:
            yield
        except MlflowException as error:
            self._explain(error)

    def _explain(self, error: "MlflowException") -> NoReturn:
        from requests.exceptions import RequestException, RetryError
        from urllib3.exceptions import MaxRetryError, ReadTimeoutError

        match error.__context__:
            case RetryError():
                raise ServiceBusy("MLflow", self.public_url, "it only answers with server errors") from error
            case RequestException(args=[MaxRetryError(reason=ReadTimeoutError())]):
                raise ServiceBusy("MLflow", self.public_url, "no answer in time") from error
            case RequestException():
                raise ServiceDown("MLflow", self.public_url) from error
        reason = str(error).removeprefix(f"{error.error_code}: ")
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            raise NotFound("MLflow: {reason}.", reason=reason) from error
        raise ServiceRefused("MLflow", reason) from error


def maker_of(run: MlflowRun) -> tuple[OrchestratorName, str] | None:
    """Tell which orchestrator's run made an MLflow run, and its id; None when its tags name none that can be."""
    makers = ((name, run.tags.get(tag, "")) for name, tag in mlflow_tags().items())
    return next((maker for maker in makers if is_run_id(maker[1])), None)


def _parents(runs: Iterable[MlflowRun]) -> set[str]:
    return {run.tags[MLFLOW_PARENT_TAG] for run in runs if MLFLOW_PARENT_TAG in run.tags}


def _is_inside_a_makers(run: MlflowRun, around: Mapping[str, MlflowRun]) -> bool:
    """Whether one of the runs around this one is open and has a maker."""
    seen, now = set[str](), around.get(run.tags.get(MLFLOW_PARENT_TAG, ""))
    while now and now.id not in seen:
        if now.ended is None and maker_of(now):
            return True
        seen.add(now.id)
        now = around.get(now.tags.get(MLFLOW_PARENT_TAG, ""))
    return False


def filter_from(text: str, status: str = "") -> str:
    """Write MLflow's filter for what a person typed: a part of a run's name, or a condition in MLflow's own language.

    Args:
        text: `forest`, or for example `metrics.roc_auc > 0.8 and params.dataset = 'cdnow'`.
        status: FINISHED, FAILED, RUNNING …; empty for any.
    """
    conditions = [f"attributes.status = {quoted(status)}"] if status else []
    if text := text.strip():
        conditions.append(text if _is_condition(text) else f"attributes.run_name ILIKE {quoted(f'%{text}%')}")
    return " and ".join(conditions)


def quoted(text: str) -> str:
    """Quote a value for MLflow's filter language. It has no escapes: beside single quotes, double ones are dropped."""
    return f'"{text.replace(chr(34), "")}"' if "'" in text else f"'{text}'"


def _is_named(name: str) -> str:
    """Write the condition for a name; what cannot be quoted finds names that are like it, too."""
    if "'" in name and '"' in name:
        return "name LIKE '" + name.replace("'", "_") + "'"
    return f"name = {quoted(name)}"


def _is_condition(text: str) -> bool:
    return bool(re.search(r"""[=<>]|\sI?LIKE\s+['"]|\sIN\s*\(|\sIS\s+(NOT\s+)?NULL""", text, re.IGNORECASE))
