"""From raw customer data to a registered model and predictions for everybody, as one Prefect flow.

Run it with the button on the step's page, or with `python -m workshop.prefect.part5_full_pipeline.flow` in a terminal.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from prefect import flow, get_run_logger, runtime, task
from prefect.artifacts import create_link_artifact
from prefect.cache_policies import TASK_SOURCE, CacheKeyFnPolicy

from workshop import naming
from workshop.churn import data, evaluation, features, predictions, tracking, training
from workshop.churn.parameters import (
    Dataset,
    Depth,
    Experiment,
    Family,
    LearningRate,
    Regularisation,
    Seed,
    TestSize,
    Trees,
)

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


@task(retries=2, retry_delay_seconds=2)
def load_customers(dataset: str) -> pd.DataFrame:
    """Read the customers. A file system can hiccup, so try up to three times."""
    customers = data.load_customers(dataset)
    get_run_logger().info("Loaded %d customers with %d columns", *customers.shape)
    return customers


def features_key(_: Any, arguments: dict[str, Any]) -> str:
    """Name the stored features: the name changes with the customers and with churn/features.py."""
    return features.fingerprint(arguments["customers"])


@task(cache_policy=TASK_SOURCE + CacheKeyFnPolicy(cache_key_fn=features_key), persist_result=True)
def engineer_features(customers: pd.DataFrame) -> pd.DataFrame:
    """Compute the features, or take the stored ones when neither the customers nor this code changed."""
    table = features.engineer_features(customers)
    get_run_logger().info("Engineered %d features for %d customers", table.shape[1] - 1, len(table))
    return table


@task
def split_customers(table: pd.DataFrame, test_size: float, seed: int) -> training.Split:
    """Keep a share of the customers back for the evaluation."""
    split = training.split_customers(table, test_size, seed)
    get_run_logger().info("%d customers to train on, %d kept back", len(split.train_labels), len(split.test_labels))
    return split


@task
def train_model(split: training.Split, family: str, hyperparameters: dict[str, float], seed: int) -> "Pipeline":
    """Fit scaler and classifier on the training customers only."""
    model = training.train_model(split, family, hyperparameters, seed)
    get_run_logger().info("Trained a %s", family)
    return model


@task
def evaluate_model(model: "Pipeline", split: training.Split) -> dict[str, float]:
    """Measure the model on the customers that were kept back."""
    metrics = evaluation.evaluate_model(model, split.test_features, split.test_labels)
    get_run_logger().info("On the hold-out: %s", ", ".join(f"{name} {value:.3f}" for name, value in metrics.items()))
    return metrics


@task
def log_and_register(
    model: "Pipeline",
    split: training.Split,
    metrics: dict[str, float],
    params: dict[str, Any],
    learner: str,
    experiment: str,
) -> tracking.TrackedModel:
    """Write the training down in MLflow and register the model. Link flow run and MLflow run both ways."""
    tracked = tracking.log_training(
        model,
        split.test_features.head(5),
        experiment=naming.experiment_name(learner, experiment),
        registered_model=naming.model_name(learner),
        params=params,
        metrics=metrics,
        tags={**_labels(), naming.PREFECT_RUN_TAG: str(runtime.flow_run.id)},
    )
    create_link_artifact(link=tracked.url, link_text=f"MLflow run {tracked.run_id}", key="mlflow-run")
    get_run_logger().info("Registered %s version %d; MLflow run %s", tracked.name, tracked.version, tracked.url)
    return tracked


@task
def predict_customers(tracked: tracking.TrackedModel, table: pd.DataFrame) -> pd.DataFrame:
    """Load the registered version from MLflow and predict for every customer."""
    result = predictions.predict_customers(tracking.load_model(tracked), table)
    get_run_logger().info("%d of %d customers will probably churn", result["predicted_churn"].sum(), len(result))
    return result


@task
def save_predictions(result: pd.DataFrame, tracked: tracking.TrackedModel, learner: str) -> Path:
    """Keep the predictions as a file, and as an artifact of the MLflow run."""
    file = predictions.save_predictions(result, tracked, learner)
    place = file.relative_to(data.data_dir())
    get_run_logger().info("Saved %d predictions to %s in the data folder", len(result), place)
    return file


@flow
def churn_pipeline(
    dataset: Dataset = "sample",
    family: Family = "logistic_regression",
    test_size: TestSize = 0.25,
    inverse_regularisation: Regularisation = 1.0,
    n_estimators: Trees = 100,
    max_depth: Depth = 4,
    learning_rate: LearningRate = 0.1,
    seed: Seed = 42,
    experiment: Experiment = "part5-full-pipeline",
) -> dict[str, float]:
    """Load, engineer features, train, evaluate, log and register, predict, save.

    Args:
        dataset: sample: 5,000 invented customers; cdnow: 23,570 real ones.
        family: The kind of model to train.
        test_size: Share of the customers kept back for the evaluation.
        inverse_regularisation: Logistic regression (C): smaller is simpler.
        n_estimators: Random forest and gradient boosting: number of trees.
        max_depth: Random forest and gradient boosting: greatest depth of a tree.
        learning_rate: Gradient boosting: how much each tree corrects those before it.
        seed: The same seed gives the same split and the same model.
        experiment: Name of the MLflow experiment: letters, digits, - and _.
    """
    learner = _labels().get(naming.LEARNER_TAG, naming.SOLO_LEARNER)
    hyperparameters = {
        "C": inverse_regularisation,
        "n_estimators": n_estimators,
        "max_depth": max_depth,
        "learning_rate": learning_rate,
    }
    customers = load_customers(dataset)
    table = engineer_features(customers)
    split = split_customers(table, test_size, seed)
    model = train_model(split, family, hyperparameters, seed)
    metrics = evaluate_model(model, split)
    params = {"dataset": dataset, "customers": len(table), "family": family, "test_size": test_size, "seed": seed}
    params |= training.used_hyperparameters(family, hyperparameters)
    tracked = log_and_register(model, split, metrics, params, learner, experiment)
    result = predict_customers(tracked, table)
    save_predictions(result, tracked, learner)
    return metrics


def _labels() -> dict[str, str]:
    return naming.workshop_labels(naming.tags_to_labels(runtime.flow_run.tags))


if __name__ == "__main__":
    churn_pipeline()
