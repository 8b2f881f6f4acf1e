"""Load a table of customers and make sure that it is what the lessons expect."""

import os
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

FILES = {"sample": "customer_data.csv", "cdnow": "cdnow_customers.csv"}
SCRIPTS = {"sample": "data/generate_sample_data.py", "cdnow": "data/prepare_cdnow.py"}
REPOSITORY = Path(__file__).resolve().parents[2]


class DataProblem(ValueError):
    """A data file is missing or has wrong content. The message says what to do."""


def data_dir() -> Path:
    """Find the folder of the data sets: `WORKSHOP_DATA_DIR`, else the repository's `data/`."""
    return Path(os.environ.get("WORKSHOP_DATA_DIR") or REPOSITORY / "data")


def load_customers(dataset: str) -> pd.DataFrame:
    """Read and validate a data set.

    Args:
        dataset: `sample` (5,000 invented customers) or `cdnow` (23,570 real ones).

    Returns:
        n × 10, columns customer_id (text), recency_days, frequency (orders per year), monetary_value (dollars),
        avg_order_value (dollars), days_since_signup, total_orders, support_tickets, age, churned (0 or 1);
        cdnow has no support_tickets and no age.

    Raises:
        DataProblem: no such data set or file, or columns that are missing or hold impossible values.
    """
    if dataset not in FILES:
        raise DataProblem(f"There is no data set {dataset!r}: choose one of {', '.join(FILES)}.")
    file = data_dir() / FILES[dataset]
    remedy = f"Write the file anew with `python {SCRIPTS[dataset]}`."
    if not file.exists():
        raise DataProblem(f"{file} does not exist. {remedy}")
    return validate_customers(pd.read_csv(file, dtype={"customer_id": str}), f"{file}", remedy)


def validate_customers(customers: pd.DataFrame, source: str, remedy: str) -> pd.DataFrame:
    """Check a table of customers against the schema and return it.

    Args:
        customers: the table, columns as in `load_customers`.
        source: where it comes from, named in the error.
        remedy: what to do about a problem, the end of the error.

    Raises:
        DataProblem: names every column that is missing, or that holds impossible values.
    """
    import pandera.pandas as pa  # takes a second to import: only when it is needed

    whole = pa.Column(int, pa.Check.ge(0), coerce=True)
    amount = pa.Column(float, pa.Check.ge(0), coerce=True)
    schema = pa.DataFrameSchema(
        {
            "customer_id": pa.Column(unique=True, nullable=False),
            "recency_days": whole,
            "frequency": pa.Column(float, pa.Check.gt(0), coerce=True),
            "monetary_value": amount,
            "avg_order_value": amount,
            "days_since_signup": pa.Column(int, pa.Check.gt(0), coerce=True),
            "total_orders": pa.Column(int, pa.Check.ge(1), coerce=True),
            "support_tickets": pa.Column(int, pa.Check.ge(0), coerce=True, required=False),
            "age": pa.Column(int, pa.Check.in_range(0, 120), coerce=True, required=False),
            "churned": pa.Column(int, pa.Check.isin([0, 1]), coerce=True),
        }
    )
    missing = [name for name, column in schema.columns.items() if column.required and name not in customers.columns]
    if missing:
        raise DataProblem(f"{source} lacks {_columns(missing)}. {remedy}")
    try:
        return schema.validate(customers, lazy=True)
    except pa.errors.SchemaErrors as error:
        wrong = dict.fromkeys(str(failure) for failure in error.failure_cases["column"])
        raise DataProblem(f"{source} holds impossible values in {_columns(wrong)}. {remedy}") from error


def _columns(names: Iterable[str]) -> str:
    listed = ", ".join(names)
    return f"the columns {listed}" if "," in listed else f"the column {listed}"
