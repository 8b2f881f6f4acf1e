"""Predict for all customers and keep the result where others find it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workshop.churn.data import data_dir
from workshop.churn.features import LABEL
from workshop.churn.tracking import TrackedModel

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

PREDICTED_CUSTOMERS = "predicted_customers"
"""Metric of an MLflow run: for how many customers there is a prediction."""


def predict_customers(model: Pipeline, features: pd.DataFrame) -> pd.DataFrame:
    """Predict who will churn.

    Returns:
        n × 3, columns customer_id, churn_probability (0–1), predicted_churn (0 or 1); most likely to churn first.
    """
    probability = model.predict_proba(features.drop(columns=LABEL, errors="ignore"))[:, 1]
    predictions = pd.DataFrame(
        {
            "customer_id": features.index,
            "churn_probability": probability.round(4),
            "predicted_churn": (probability >= 0.5).astype(int),
        }
    )
    return predictions.sort_values("churn_probability", ascending=False, ignore_index=True)


def save_predictions(predictions: pd.DataFrame, tracked: TrackedModel, learner: str) -> Path:
    """Write the predictions to `<data dir>/predictions/<learner>/`, and beside the model's MLflow run.

    Returns:
        the file; it is named after the model version that predicted.
    """
    from mlflow import MlflowClient

    file = data_dir() / "predictions" / learner / f"{tracked.name}-v{tracked.version}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    predictions.to_csv(unfinished, index=False)
    unfinished.replace(file)
    client = MlflowClient()
    client.log_artifact(tracked.run_id, str(file), "predictions")
    client.log_metric(tracked.run_id, PREDICTED_CUSTOMERS, len(predictions))
    return file
