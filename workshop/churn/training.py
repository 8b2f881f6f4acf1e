"""Split the customers and train a model on one part of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workshop.churn.features import LABEL

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.base import ClassifierMixin
    from sklearn.pipeline import Pipeline

# scikit-learn is imported inside the functions: a run shows up a second or two sooner


@dataclass(frozen=True)
class Split:
    """The customers in two parts, each with its labels. No customer is in both."""

    train_features: pd.DataFrame
    train_labels: pd.Series
    test_features: pd.DataFrame
    test_labels: pd.Series


def split_customers(features: pd.DataFrame, test_size: float, seed: int) -> Split:
    """Keep a share of the customers back, with the same churn rate in both parts (a stratified split).

    Args:
        features: n × k, as `features.engineer_features` returns it, with `churned`.
        test_size: the share that is kept back, 0–1.
        seed: the same seed gives the same split.
    """
    from sklearn.model_selection import train_test_split

    train, test = train_test_split(features, test_size=test_size, stratify=features[LABEL], random_state=seed)
    return Split(train.drop(columns=LABEL), train[LABEL], test.drop(columns=LABEL), test[LABEL])


def used_hyperparameters(family: str, hyperparameters: Mapping[str, float]) -> dict[str, Any]:
    """Keep the hyperparameters that a family has: a logistic regression has no trees."""
    names = {
        "logistic_regression": ("C",),
        "random_forest": ("n_estimators", "max_depth"),
        "gradient_boosting": ("n_estimators", "max_depth", "learning_rate"),
    }[family]
    return {name: hyperparameters[name] for name in names if name in hyperparameters}


def build_model(family: str, hyperparameters: Mapping[str, float], seed: int) -> Pipeline:
    """Build an unfitted pipeline: scaler, then classifier. The scaler learns from what `fit` is given, nothing else.

    Args:
        family: `logistic_regression`, `random_forest` or `gradient_boosting`.
        hyperparameters: C, n_estimators, max_depth, learning_rate; a family ignores those it does not have.
        seed: the same seed gives the same model.
    """
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    families: dict[str, type[ClassifierMixin]] = {
        "logistic_regression": LogisticRegression,
        "random_forest": RandomForestClassifier,
        "gradient_boosting": GradientBoostingClassifier,
    }
    classifier = families[family](random_state=seed, **used_hyperparameters(family, hyperparameters))
    return Pipeline([("scaler", StandardScaler()), ("classifier", classifier)])


def cross_validate(split: Split, family: str, hyperparameters: Mapping[str, float], seed: int) -> float:
    """Score a model on the training rows alone, three times, each time on the third that it was not trained on.

    Returns:
        the mean roc_auc. The rows that were kept back stay unseen, so they can still judge the chosen model.
    """
    from sklearn.model_selection import cross_val_score

    model = build_model(family, hyperparameters, seed)
    return float(cross_val_score(model, split.train_features, split.train_labels, scoring="roc_auc", cv=3).mean())


def train_model(split: Split, family: str, hyperparameters: Mapping[str, float], seed: int) -> Pipeline:
    """Fit a model on the training rows only."""
    return build_model(family, hyperparameters, seed).fit(split.train_features, split.train_labels)
