"""Write `customer_data.csv`: 5,000 invented customers of an online shop.

Each has one row, which describes the customer on one day ("today").

Usage: `python data/generate_sample_data.py [folder]`. Without a folder it writes into
`WORKSHOP_DATA_DIR`, else into this script's own folder. The generator is seeded: it gives the same
numbers on every machine.

| column            | meaning                                                                            |
|-------------------|------------------------------------------------------------------------------------|
| customer_id       | C00001 … C05000                                                                    |
| recency_days      | days since the last order, never more than days_since_signup                       |
| frequency         | orders per year: total_orders / (days_since_signup / 365), three decimals          |
| monetary_value    | all that the customer ever spent, in dollars                                       |
| avg_order_value   | monetary_value / total_orders, in dollars, two decimals                            |
| days_since_signup | days since the first order, which is when the customer signed up: 60 … 1825        |
| total_orders      | number of orders, at least 1                                                       |
| support_tickets   | complaints and questions sent to support                                           |
| age               | in years: 18 … 85                                                                  |
| churned           | 1 if the customer buys nothing in the next 90 days, else 0                         |

How churn is drawn: `churned` is 1 with probability 1 / (1 + exp(-score)), where

    score = -1.6 + 0.9 * ln(1 + recency_days / 30) - 0.8 * ln(1 + frequency) - 0.3 * ln(1 + avg_order_value / 50)
            + 0.5 * support_tickets - 0.01 * (age - 45)

So a customer who has not ordered for long, orders rarely, spends little and complains is likely to
churn. The rest is chance: no model can be right about everyone.
"""

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd

FILE_NAME = "customer_data.csv"
CUSTOMERS = 5_000
SEED = 42


def generate_customers(customers: int = CUSTOMERS, seed: int = SEED) -> pd.DataFrame:
    """Draw the customers.

    Returns:
        customers × 10, columns as in the docstring of this file.
    """
    rng = np.random.default_rng(seed)
    days_since_signup = rng.integers(60, 1826, customers)
    years = days_since_signup / 365
    # some customers order often and some rarely, and some stopped long ago
    orders_per_year = rng.gamma(shape=1.5, scale=4.0, size=customers)
    years_active = years * np.where(rng.random(customers) < 0.3, rng.random(customers), 1.0)
    total_orders = 1 + rng.poisson(orders_per_year * years_active)
    # The first order is the sign-up. The n others are spread evenly, so that the last of them comes
    # after the share u^(1/n) of the time.
    share_at_last_order = rng.random(customers) ** (1 / np.maximum(total_orders - 1, 1)) * (total_orders > 1)
    recency_days = np.round(days_since_signup - 365 * years_active * share_at_last_order).astype(int)
    typical_order = rng.lognormal(mean=np.log(55), sigma=0.5, size=customers)
    monetary_value = np.round(typical_order * total_orders, 2)
    table = pd.DataFrame(
        {
            "customer_id": [f"C{number:05d}" for number in range(1, customers + 1)],
            "recency_days": recency_days,
            "frequency": np.round(total_orders / years, 3),
            "monetary_value": monetary_value,
            "avg_order_value": np.round(monetary_value / total_orders, 2),
            "days_since_signup": days_since_signup,
            "total_orders": total_orders,
            "support_tickets": rng.poisson(rng.gamma(shape=1.0, scale=0.8, size=customers)),
            "age": np.clip(np.round(rng.normal(44, 14, customers)), 18, 85).astype(int),
        }
    )
    return table.assign(churned=(rng.random(customers) < churn_probability(table)).astype(int))


def churn_probability(customers: pd.DataFrame) -> pd.Series:
    """Compute the probability, 0–1, with which each customer churns.

    The formula is in the docstring of this file.
    """
    score = (
        -1.6
        + 0.9 * np.log1p(customers["recency_days"] / 30)
        - 0.8 * np.log1p(customers["frequency"])
        - 0.3 * np.log1p(customers["avg_order_value"] / 50)
        + 0.5 * customers["support_tickets"]
        - 0.01 * (customers["age"] - 45)
    )
    probability: pd.Series = 1 / (1 + np.exp(-score))
    return probability


def write_customers(folder: Path) -> Path:
    """Write the customers into a folder, all of the file or nothing, and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE_NAME
    unfinished = folder / f".{FILE_NAME}.{os.getpid()}"
    generate_customers().to_csv(unfinished, index=False, lineterminator="\n")
    return unfinished.replace(file)


if __name__ == "__main__":
    default = os.environ.get("WORKSHOP_DATA_DIR") or Path(__file__).parent
    print(write_customers(Path(sys.argv[1] if len(sys.argv) > 1 else default)))
