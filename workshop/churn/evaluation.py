"""Say how good a model is, on customers that it has never seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

METRICS = ("accuracy", "majority_rate", "f1", "roc_auc", "pr_auc", "log_loss")


def evaluate_model(model: Pipeline, test_features: pd.DataFrame, test_labels: pd.Series) -> dict[str, float]:
    """Compute the metrics on the hold-out.

    Returns:
        accuracy; majority_rate (the accuracy of always saying what is most common: beat it); f1, roc_auc (0.5 is
        chance, 1 is perfect), pr_auc (chance is the churn rate) – all 0–1, more is better; log_loss, less is better.
    """
    from sklearn import metrics

    probability = model.predict_proba(test_features)[:, 1]
    predicted = probability >= 0.5
    churn_rate = float(test_labels.mean())
    return {
        "accuracy": float(metrics.accuracy_score(test_labels, predicted)),
        "majority_rate": max(churn_rate, 1 - churn_rate),
        "f1": float(metrics.f1_score(test_labels, predicted)),
        "roc_auc": float(metrics.roc_auc_score(test_labels, probability)),
        "pr_auc": float(metrics.average_precision_score(test_labels, probability)),
        "log_loss": float(metrics.log_loss(test_labels, probability)),
    }
