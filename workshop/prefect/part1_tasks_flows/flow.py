"""Load customers, engineer features, summarise: a first flow of three tasks.

Run it from a terminal with `python -m workshop.prefect.part1_tasks_flows.flow`, or with the button on the step's page.
"""

import pandas as pd
from prefect import flow, get_run_logger, task

from workshop.churn import data, features
from workshop.churn.parameters import Dataset


@task
def load_customers(dataset: str) -> pd.DataFrame:
    """Read the customers and check that no column is missing."""
    customers = data.load_customers(dataset)
    get_run_logger().info("Loaded %d customers with %d columns", *customers.shape)
    return customers


@task
def engineer_features(customers: pd.DataFrame) -> pd.DataFrame:
    """Turn every customer into numbers that a model can use."""
    table = features.engineer_features(customers)
    get_run_logger().info("Engineered %d features: %s", table.shape[1] - 1, ", ".join(table.columns.drop("churned")))
    return table


@task
def summarise(table: pd.DataFrame) -> dict[str, float]:
    """Compare the customers who left with those who stayed."""
    churn_rate = float(table["churned"].mean())
    away = table.groupby("churned")["recency_share"].mean()
    logger = get_run_logger()
    logger.info("%.1f %% of the customers churned", 100 * churn_rate)
    logger.info("Share of their time away from the shop: %.2f if they churned, %.2f if not", away[1], away[0])
    return {"customers": len(table), "churn_rate": churn_rate}


@flow(log_prints=True)
def tasks_and_flows(dataset: Dataset = "sample") -> dict[str, float]:
    """Run the three tasks, each on the result of the one before.

    Args:
        dataset: sample: 5,000 invented customers; cdnow: 23,570 real ones.
    """
    customers = load_customers(dataset)
    table = engineer_features(customers)
    summary = summarise(table)
    print(f"Done: {summary['customers']:,} customers, churn rate {summary['churn_rate']:.1%}")
    return summary


if __name__ == "__main__":
    tasks_and_flows()
