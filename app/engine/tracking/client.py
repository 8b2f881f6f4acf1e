"""Read experiments, runs and model versions through MLflow's own client.

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

# A person waits for this process: one attempt, and not MLflow's seven within four minutes.
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
    """One MLflow server.

    Every method raises `ServiceDown` within about five seconds when it does not answer.
    """

    def __init__(self, internal_url: str, public_url: str) -> None:
        os.environ.update(CLIENT_ENVIRONMENT)
        from mlflow import MlflowClient

        self.internal_url = internal_url
        self.public_url = public_url
        self._client = MlflowClient(internal_url)

    def experiments(self) -> dict[str, str]:
        """Map the id of each experiment to its name, newest first."""
        with self._asking():
            experiments = self._client.search_experiments(order_by=["creation_time DESC"])
        return {experiment.experiment_id: experiment.name for experiment in experiments}

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
            ServiceRefused: the filter or the order is not in MLflow's language. It has MLflow's reason.
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
        """Read several runs at once, in the order asked for, without those that do not exist."""
        asked = list(dict.fromkeys(run_ids))
        if not asked:
            return {}
        condition = f"attributes.run_id IN ({', '.join(quoted(run_id) for run_id in asked)})"
        runs = {run.id: run for run in self.runs(filter=condition, limit=len(asked))}
        return {run_id: runs[run_id] for run_id in asked if run_id in runs}

    def open_runs(self) -> list[MlflowRun]:
        """List the open runs whose maker is not known, newest first.

        A run inside an open run of a known maker is that maker's. Once that run has ended, it is
        listed.
        """
        open_runs = [run for run in self.runs(filter=STILL_OPEN) if maker_of(run) is None]
        parents = self._all_parents(open_runs)
        return [run for run in open_runs if not _has_a_maker_around(run, parents)]

    def end_run(self, run_id: str) -> MlflowRun:
        """Mark a run as KILLED unless it has ended, and read it again.

        Its program is not stopped.

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
            stored = [self._client.get_model_version(name, number) for name, number in numbers.items()]
        sources = self.runs_with_ids(version.run_id for version in stored if version.run_id)
        versions = [
            read_version(version, {alias: numbers[version.name]}, sources.get(version.run_id or ""))
            for version in stored
        ]
        return sorted(versions, key=lambda version: version.created, reverse=True)

    def versions(self, name: str) -> list[ModelVersion]:
        """List the versions of a registered model, newest first, with data of their source runs.

        Raises:
            NotFound: no such model.
        """
        with self._asking():
            aliases = self._client.get_registered_model(name).aliases
            stored = [
                version
                for version in self._client.search_model_versions(_is_named(name), max_results=PAGE)
                if version.name == name
            ]
        sources = self.runs_with_ids(version.run_id for version in stored if version.run_id)
        versions = [read_version(version, aliases, sources.get(version.run_id or "")) for version in stored]
        return sorted(versions, key=lambda version: version.version, reverse=True)

    def versions_of_run(self, run_id: str) -> list[ModelVersion]:
        """List the versions of any registered model whose source is this run."""
        with self._asking():
            stored = self._client.search_model_versions(f"run_id = {quoted(run_id)}", max_results=PAGE)
        return [
            version
            for name in sorted({version.name for version in stored})
            for version in self.versions(name)
            if version.run_id == run_id
        ]

    def experiment_url(self, experiment_id: str) -> str:
        """Give the URL of an experiment in MLflow's UI."""
        return f"{self.public_url}/#/experiments/{in_path(experiment_id)}"

    def run_url(self, run: MlflowRun) -> str:
        """Give the URL of a run in MLflow's UI."""
        return f"{self.experiment_url(run.experiment_id)}/runs/{in_path(run.id)}"

    def model_url(self, name: str, version: int | None = None) -> str:
        """Give the URL of a registered model, or of one version of it, in MLflow's UI."""
        model = f"{self.public_url}/#/models/{in_path(name)}"
        return model if version is None else f"{model}/versions/{version}"

    def version_url(self, version: ModelVersion) -> str:
        """Give the URL of a model version in MLflow's UI."""
        return self.model_url(version.name, version.version)

    def _all_parents(self, runs: Iterable[MlflowRun]) -> dict[str, MlflowRun]:
        """Read the runs inside which these were begun, their parents included."""
        parents: dict[str, MlflowRun] = {}
        missing = _parent_ids(runs)
        while missing:
            level = self.runs_with_ids(missing)
            parents |= level
            missing = _parent_ids(level.values()) - set(parents)
        return parents

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
    """Name the orchestrator and the id of the run that made an MLflow run.

    None when no tag names a valid id.
    """
    makers = ((name, run.tags.get(tag, "")) for name, tag in mlflow_tags().items())
    return next((maker for maker in makers if is_run_id(maker[1])), None)


def _parent_ids(runs: Iterable[MlflowRun]) -> set[str]:
    return {run.tags[MLFLOW_PARENT_TAG] for run in runs if MLFLOW_PARENT_TAG in run.tags}


def _has_a_maker_around(run: MlflowRun, parents: Mapping[str, MlflowRun]) -> bool:
    """Say whether a run around this one is open and has a maker."""
    seen, parent = set[str](), parents.get(run.tags.get(MLFLOW_PARENT_TAG, ""))
    while parent and parent.id not in seen:
        if parent.ended is None and maker_of(parent):
            return True
        seen.add(parent.id)
        parent = parents.get(parent.tags.get(MLFLOW_PARENT_TAG, ""))
    return False


def filter_from(text: str, status: str = "") -> str:
    """Write MLflow's filter for what a person typed: a part of a run's name, or a condition.

    Args:
        text: `forest`, or for example `metrics.roc_auc > 0.8 and params.dataset = 'cdnow'`.
        status: FINISHED, FAILED, RUNNING …; empty for any.
    """
    conditions = [f"attributes.status = {quoted(status)}"] if status else []
    if text := text.strip():
        conditions.append(text if _is_condition(text) else f"attributes.run_name ILIKE {quoted(f'%{text}%')}")
    return " and ".join(conditions)


def quoted(text: str) -> str:
    """Quote a value for MLflow's filter language.

    The language has no escapes. In a value with single quotes, double ones are dropped.
    """
    return f'"{text.replace(chr(34), "")}"' if "'" in text else f"'{text}'"


def _is_named(name: str) -> str:
    """Write the condition for a name. One that cannot be quoted matches similar names, too."""
    if "'" in name and '"' in name:
        return "name LIKE '" + name.replace("'", "_") + "'"
    return f"name = {quoted(name)}"


def _is_condition(text: str) -> bool:
    return bool(re.search(r"""[=<>]|\sI?LIKE\s+['"]|\sIN\s*\(|\sIS\s+(NOT\s+)?NULL""", text, re.IGNORECASE))
