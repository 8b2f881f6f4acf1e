"""Plausible mistakes: a list of delays that do not grow, and every answer of the service is worth a retry."""

import os
from typing import Annotated, Any

import httpx
import pandas as pd
from prefect import flow, get_run_logger, runtime, task
from prefect.client.schemas.objects import State
from pydantic import Field

from workshop.churn import data
from workshop.churn.parameters import Dataset
from workshop.naming import learner_of

Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", title="Currency", description="Three letters: EUR, GBP, CHF …")]


@task
def load_customers(dataset: str) -> pd.DataFrame:
    """Read the customers."""
    customers = data.load_customers(dataset)
    get_run_logger().info("Loaded %d customers", len(customers))
    return customers


def is_worth_a_retry(_task: object, _task_run: object, state: State[Any]) -> bool:
    """Decide after a failed attempt whether the next one can end better."""
    error = state.result(raise_on_failure=False)
    get_run_logger().info("The attempt failed with %s", type(error).__name__)
    return isinstance(error, httpx.HTTPError | TimeoutError)


@task(retries=3, retry_delay_seconds=[1, 1, 1], retry_condition_fn=is_worth_a_retry, timeout_seconds=3)
def fetch_rate(currency: str) -> float:
    """Ask the service what one dollar is worth."""
    service = os.environ.get("UNRELIABLE_API_URL", "http://127.0.0.1:8502")
    learner = learner_of(runtime.flow_run.tags)
    question = {"currency": currency, "run": str(runtime.flow_run.id)}
    answer = httpx.get(f"{service}/{learner}/exchange_rate", params=question, timeout=30)
    answer.raise_for_status()
    rate = float(answer.json()["dollar"])
    get_run_logger().info("One dollar is worth %.2f %s", rate, currency)
    return rate


@task
def sum_up_losses(customers: pd.DataFrame, rate: float, currency: str) -> float:
    """Add up what the customers who left had spent, in another currency."""
    spent = float(customers.loc[customers["churned"] == 1, "monetary_value"].sum() * rate)
    get_run_logger().info("The customers who left had spent %s %s", f"{spent:,.0f}", currency)
    return spent


@flow
def enrich_customers(dataset: Dataset = "sample", currency: Currency = "EUR") -> float:
    """Load the customers, fetch an exchange rate, sum up what the customers who left had spent.

    Args:
        dataset: sample: 5,000 invented customers; cdnow: 23,570 real ones.
        currency: Three letters: EUR, GBP, CHF, JPY or CAD; the service knows no other.
    """
    customers = load_customers(dataset)
    rate = fetch_rate(currency)
    return sum_up_losses(customers, rate, currency)


if __name__ == "__main__":
    enrich_customers()
