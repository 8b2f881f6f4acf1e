"""The churn pipeline as five assets: raw_customers → features → model → evaluation → predictions.

An asset is a thing that is kept: a table, a model, a report. Each function says how its asset is made; the names of
its arguments say from which other assets.
"""

from dataclasses import asdict
from typing import Any

import dagster as dg
import pandas as pd

from workshop import naming
from workshop.churn import parameters
from workshop.churn.data import data_dir, load_customers
from workshop.churn.evaluation import evaluate_model
from workshop.churn.features import LABEL, engineer_features
from workshop.churn.predictions import predict_customers, save_predictions
from workshop.churn.tracking import TrackedModel, load_model, log_training
from workshop.churn.training import split_customers, train_model, used_hyperparameters


class DataConfig(dg.Config):
    """Which customers."""

    dataset: parameters.Dataset = "sample"


class ModelConfig(dg.Config):
    """What is trained, and how."""

    family: parameters.Family = "logistic_regression"
    test_size: parameters.TestSize = 0.25
    inverse_regularisation: parameters.Regularisation = 1.0
    n_estimators: parameters.Trees = 100
    max_depth: parameters.Depth = 4
    learning_rate: parameters.LearningRate = 0.1
    seed: parameters.Seed = 42


class EvaluationConfig(dg.Config):
    """Where the training is written down."""

    experiment: parameters.Experiment = "dagster-assets"


@dg.asset
def raw_customers(context: dg.AssetExecutionContext, config: DataConfig) -> pd.DataFrame:
    """The customers as they were recorded, with the columns checked."""
    customers = load_customers(config.dataset)
    customers.attrs["dataset"] = config.dataset
    context.add_output_metadata({"rows": len(customers), "columns": customers.shape[1], "dataset": config.dataset})
    return customers


@dg.asset
def features(context: dg.AssetExecutionContext, raw_customers: pd.DataFrame) -> pd.DataFrame:
    """Each customer as numbers that a model can use."""
    table = engineer_features(raw_customers)
    table.attrs["dataset"] = raw_customers.attrs["dataset"]
    context.add_output_metadata(
        {"rows": len(table), "features": ", ".join(table.columns.drop(LABEL)), "churn_rate": float(table[LABEL].mean())}
    )
    return table


@dg.asset
def model(context: dg.AssetExecutionContext, config: ModelConfig, features: pd.DataFrame) -> dict[str, Any]:
    """A model fitted on some of the customers, together with the others: the hold-out."""
    split = split_customers(features, config.test_size, config.seed)
    hyperparameters = used_hyperparameters(
        config.family,
        {
            "C": config.inverse_regularisation,
            "n_estimators": config.n_estimators,
            "max_depth": config.max_depth,
            "learning_rate": config.learning_rate,
        },
    )
    pipeline = train_model(split, config.family, hyperparameters, config.seed)
    context.add_output_metadata({"family": config.family, "training_rows": len(split.train_labels), **hyperparameters})
    params = {
        "dataset": features.attrs["dataset"],
        "customers": len(features),
        "family": config.family,
        "test_size": config.test_size,
        "seed": config.seed,
        **hyperparameters,
    }
    hold_out = {"test_features": split.test_features, "test_labels": split.test_labels}
    return {"pipeline": pipeline, "hold_out": hold_out, "params": params}


@dg.asset
def evaluation(context: dg.AssetExecutionContext, config: EvaluationConfig, model: dict[str, Any]) -> dict[str, Any]:
    """How good the model is on the hold-out, written down in MLflow, where the model is registered."""
    metrics = evaluate_model(model["pipeline"], **model["hold_out"])
    learner = context.run.tags.get(naming.LEARNER_TAG, naming.SOLO_LEARNER)
    tracked = log_training(
        model["pipeline"],
        model["hold_out"]["test_features"].head(5),
        experiment=naming.experiment_name(learner, config.experiment),
        registered_model=naming.model_name(learner),
        params=model["params"],
        metrics=metrics,
        tags={**naming.workshop_labels(dict(context.run.tags)), naming.DAGSTER_RUN_TAG: context.run.run_id},
    )
    context.add_output_metadata(
        {
            **metrics,
            "mlflow_run": dg.MetadataValue.url(tracked.url),
            "mlflow_run_id": tracked.run_id,
            "registered_model": tracked.name,
            "model_version": tracked.version,
        }
    )
    return {"metrics": metrics, "tracked": asdict(tracked)}


@dg.asset
def predictions(context: dg.AssetExecutionContext, features: pd.DataFrame, evaluation: dict[str, Any]) -> pd.DataFrame:
    """Who will churn, for every customer, by the registered model version."""
    tracked = TrackedModel(**evaluation["tracked"])
    result = predict_customers(load_model(tracked), features)
    file = save_predictions(result, tracked, context.run.tags.get(naming.LEARNER_TAG, naming.SOLO_LEARNER))
    context.add_output_metadata(
        {
            "rows": len(result),
            "will_churn": int(result["predicted_churn"].sum()),
            "file_in_data_folder": str(file.relative_to(data_dir())),
            "mlflow_run": dg.MetadataValue.url(tracked.url),
        }
    )
    return result


@dg.asset_check(asset=evaluation)
def beats_the_majority(evaluation: dict[str, Any]) -> dg.AssetCheckResult:
    """Always saying what is most common must not be better than the model."""
    accuracy, majority_rate = evaluation["metrics"]["accuracy"], evaluation["metrics"]["majority_rate"]
    return dg.AssetCheckResult(
        passed=accuracy > majority_rate,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"accuracy": accuracy, "majority_rate": majority_rate},
    )


churn_training_job = dg.define_asset_job(
    "churn_training_job",
    selection=[raw_customers, features, model, evaluation, predictions],
    description="Make all five assets anew.",
    # Dagster's API tells types and defaults, but no bounds: this tells them
    metadata={
        "config_schema": dg.MetadataValue.json(
            {
                "raw_customers": DataConfig.model_json_schema(),
                "model": ModelConfig.model_json_schema(),
                "evaluation": EvaluationConfig.model_json_schema(),
            }
        )
    },
)
