"""Train one model for each group of customers: typed parameters, and a flow that calls flows.

Run it with the button on the step's page, or with `python -m workshop.prefect.part4_flexibility.flow` in a terminal.
"""

import pandas as pd
from prefect import flow, get_run_logger, task
from pydantic import BaseModel

from workshop.churn import data, evaluation, features, training
from workshop.churn.parameters import Dataset, Depth, Family, Seed, TestSize, Trees

SEGMENTS = {"one_order": (1, 1), "few_orders": (2, 4), "many_orders": (5, 10_000)}
"""Groups of customers, by the least and the greatest number of orders."""


class Training(BaseModel):
    """What every training uses. Each value has bounds."""

    family: Family = "random_forest"
    n_estimators: Trees = 50
    max_depth: Depth = 4
    test_size: TestSize = 0.25
    seed: Seed = 42


DEFAULTS = Training()


@task
def load_segment(dataset: str, segment: str) -> pd.DataFrame:
    """Read the customers of one group and engineer their features."""
    customers = data.load_customers(dataset)
    least, most = SEGMENTS[segment]
    table = features.engineer_features(customers[customers["total_orders"].between(least, most)])
    get_run_logger().info("%s: %d customers, %.0f %% churned", segment, len(table), 100 * table["churned"].mean())
    return table


@task
def train_and_evaluate(table: pd.DataFrame, options: Training) -> float:
    """Train on one part of the customers, measure on the other part."""
    split = training.split_customers(table, options.test_size, options.seed)
    hyperparameters = {"n_estimators": options.n_estimators, "max_depth": options.max_depth}
    model = training.train_model(split, options.family, hyperparameters, options.seed)
    score = evaluation.evaluate_model(model, split.test_features, split.test_labels)["roc_auc"]
    get_run_logger().info("A %s reaches roc_auc %.3f", options.family, score)
    return score


# TODO 1: make a flow of this function, so that every call is a flow run of its own below the one that calls it.
def train_segment(dataset: str, segment: str, options: Training) -> float:
    """Train and measure a model for one group of customers."""
    return train_and_evaluate(load_segment(dataset, segment), options)


@flow
def train_segments(dataset: Dataset = "sample", options: Training = DEFAULTS) -> dict[str, float]:
    """Train a model for each group of customers and compare them.

    Args:
        dataset: sample: 5,000 invented customers; cdnow: 23,570 real ones.
        options: What every training uses.
    """
    scores = {}
    for segment in SEGMENTS:
        # TODO 2: give each run a name: train_segment.with_options(flow_run_name=…)(…), with the segment in it.
        scores[segment] = train_segment(dataset, segment, options)
    get_run_logger().info("roc_auc: %s", ", ".join(f"{segment} {score:.3f}" for segment, score in scores.items()))
    return scores


if __name__ == "__main__":
    train_segments()
