"""Write a training down in MLflow, and read a registered model back.

MLflow finds its server in the environment variable `MLFLOW_TRACKING_URI`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

# logs that say what matters
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

CHALLENGER = "challenger"
"""Alias of the newest version of a registered model: the one that would replace the champion."""
TRUSTED_TYPES = ["sklearn.tree._tree.Tree"]
"""Inside a forest: skops, the safe file format of the models, loads no type that it was not told to trust."""

# mlflow is imported inside the functions: a run shows up a second or two sooner


@dataclass(frozen=True)
class TrackedModel:
    """Where a training is found in MLflow."""

    run_id: str
    experiment_id: str
    name: str
    version: int

    @property
    def uri(self) -> str:
        """The registered version, as MLflow's `load_model` wants it."""
        return f"models:/{self.name}/{self.version}"

    @property
    def url(self) -> str:
        """The MLflow run's page in a browser, or the bare run id where MLflow is no server."""
        return mlflow_run_url(self.experiment_id, self.run_id)


def mlflow_run_url(experiment_id: str, run_id: str) -> str:
    """Build the address of an MLflow run's page, from `MLFLOW_PUBLIC_URL`, else from `MLFLOW_TRACKING_URI`."""
    server = os.environ.get("MLFLOW_PUBLIC_URL") or os.environ.get("MLFLOW_TRACKING_URI", "")
    return f"{server.rstrip('/')}/#/experiments/{experiment_id}/runs/{run_id}" if server.startswith("http") else run_id


def log_training(
    model: Pipeline,
    sample: pd.DataFrame,
    *,
    experiment: str,
    registered_model: str,
    params: Mapping[str, Any],
    metrics: Mapping[str, float],
    tags: Mapping[str, str],
) -> TrackedModel:
    """Log a fitted model with what made it and how good it is, and register it as a new version.

    Args:
        model: the fitted pipeline.
        sample: a few rows of its features: they tell MLflow the names and types of its inputs (the signature).
        experiment: name of the experiment, created if need be.
        registered_model: name of the registered model; the new version gets the alias `challenger`.
        params: what the training was asked for.
        metrics: what the evaluation measured on the hold-out.
        tags: of the MLflow run, for example which orchestrator run made it; the version gets them too.
    """
    import mlflow
    import mlflow.sklearn
    from mlflow import MlflowClient

    with mlflow.start_run(
        experiment_id=mlflow.set_experiment(experiment).experiment_id,
        run_name=str(params.get("family", "")) or None,
        tags=dict(tags),  # from its first moment: whatever happens to this process, it is known whose run it is
    ) as run:
        mlflow.log_params(dict(params))
        logged = mlflow.sklearn.log_model(
            model,
            name="model",
            registered_model_name=registered_model,
            signature=mlflow.models.infer_signature(sample, model.predict_proba(sample)),
            pyfunc_predict_fn="predict_proba",
            serialization_format="skops",
            skops_trusted_types=TRUSTED_TYPES,
            # named, so that MLflow does not spend five seconds on finding out
            pip_requirements=[f"{package}=={version(package)}" for package in ("mlflow", "scikit-learn", "skops")],
        )
        mlflow.log_metrics(dict(metrics), model_id=logged.model_id)
    tracked = TrackedModel(
        run.info.run_id, run.info.experiment_id, registered_model, int(logged.registered_model_version)
    )
    client = MlflowClient()
    for key, value in tags.items():
        client.set_model_version_tag(tracked.name, str(tracked.version), key, value)
    client.set_registered_model_alias(tracked.name, CHALLENGER, str(tracked.version))
    return tracked


def log_metrics(
    experiment: str, params: Mapping[str, Any], metrics: Mapping[str, float], tags: Mapping[str, str], run_name: str
) -> str:
    """Log what a training was asked for and how good it is, without keeping the model.

    Return the run's address.
    """
    import mlflow

    with mlflow.start_run(
        experiment_id=mlflow.set_experiment(experiment).experiment_id, run_name=run_name, tags=dict(tags)
    ) as run:
        mlflow.log_params(dict(params))
        mlflow.log_metrics(dict(metrics))
    return mlflow_run_url(run.info.experiment_id, run.info.run_id)


def load_model(tracked: TrackedModel) -> Pipeline:
    """Load the registered version, as any other program would: from MLflow, not from memory."""
    import mlflow.sklearn

    return mlflow.sklearn.load_model(tracked.uri)
