"""Engineer features row by row: a customer's features depend on that customer alone.

Whatever is learned from many customers (a scaler's mean, a model's weights) belongs in `training.py`, where only the
training rows are seen. Computed here over everybody, it would leak the hold-out into the training.
"""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

LABEL = "churned"
OPTIONAL = ("support_tickets", "age")
"""Columns that become features when the data set has them."""


def engineer_features(customers: pd.DataFrame) -> pd.DataFrame:
    """Turn customers into numbers that a model can use.

    Args:
        customers: n × 8 or 10, columns as `data.load_customers` returns them; `churned` may be absent.

    Returns:
        n × (7 to 10), index customer_id, all float: log_recency, recency_share (recency as a share of the time since
        sign-up, 0–1), missed_orders (orders that the customer's usual rhythm would have brought since the last one),
        log_orders, log_spent, log_order_value, years; support_tickets and age if present; `churned` (int) last, if
        present. `log_…` is ln(1 + …), because a few customers have very large values.
    """
    by_customer = customers.set_index("customer_id")
    features = pd.DataFrame(
        {
            "log_recency": np.log1p(by_customer["recency_days"] / 30),
            "recency_share": by_customer["recency_days"] / by_customer["days_since_signup"],
            "missed_orders": by_customer["recency_days"] / 365 * by_customer["frequency"],
            "log_orders": np.log1p(by_customer["total_orders"]),
            "log_spent": np.log1p(by_customer["monetary_value"]),
            "log_order_value": np.log1p(by_customer["avg_order_value"]),
            "years": by_customer["days_since_signup"] / 365,
        }
    )
    for name in OPTIONAL:
        if name in by_customer:
            features[name] = by_customer[name].astype(float)
    if LABEL in by_customer:
        features[LABEL] = by_customer[LABEL]
    return features


def fingerprint(customers: pd.DataFrame) -> str:
    """Hash the customers and this file's text: a new value means that the features must be computed again."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update(repr(list(customers.dtypes.items())).encode())
    digest.update(pd.util.hash_pandas_object(customers).to_numpy().tobytes())
    return digest.hexdigest()
