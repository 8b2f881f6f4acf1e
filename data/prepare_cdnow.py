"""Write `cdnow_customers.csv`: the customers of the online shop CDNOW at the end of 1997.

They are real. Each has one row.

Usage: `python data/prepare_cdnow.py [folder]`. Without a folder it writes into `WORKSHOP_DATA_DIR`,
else into this script's own folder.
The purchases come from `cdnow_master.txt.gz` in this script's folder (README.md has its source).

The columns are those of `customer_data.csv` (see generate_sample_data.py), without `support_tickets`
and `age`, which nobody recorded. They are computed from the purchases up to and including the
cut-off, 31 December 1997. `churned` is 1 for a customer without a purchase in the 90 days after it
(1 January to 31 March 1998). One line of the source is one order, also when a customer bought twice
on a day.
"""

import os
import sys
from pathlib import Path

import pandas as pd

SOURCE = Path(__file__).parent / "cdnow_master.txt.gz"
FILE_NAME = "cdnow_customers.csv"
CUT_OFF = pd.Timestamp("1997-12-31")
HORIZON = pd.Timedelta(days=90)


def read_purchases(file: Path = SOURCE) -> pd.DataFrame:
    """Read the purchases.

    Returns:
        69,659 × 4, columns customer_id (text), date, cds, dollars.
    """
    return pd.read_csv(
        file,
        sep=r"\s+",
        header=0,
        names=["customer_id", "date", "cds", "dollars"],
        dtype={"customer_id": str},
        parse_dates=["date"],
        date_format="%Y%m%d",
    )


def summarise_customers(purchases: pd.DataFrame, cut_off: pd.Timestamp = CUT_OFF) -> pd.DataFrame:
    """Compute one row for each customer.

    The purchases up to the cut-off give the columns, those in the 90 days after it give `churned`.

    Returns:
        customers × 8, columns as in the docstring of this file, sorted by customer_id.
    """
    past = purchases[purchases["date"] <= cut_off]
    future = purchases[(purchases["date"] > cut_off) & (purchases["date"] <= cut_off + HORIZON)]
    orders = past.groupby("customer_id").agg(
        first=("date", "min"), last=("date", "max"), spent=("dollars", "sum"), orders=("date", "size")
    )
    days_since_signup = (cut_off - orders["first"]).dt.days
    table = pd.DataFrame(
        {
            "recency_days": (cut_off - orders["last"]).dt.days,
            "frequency": (orders["orders"] / (days_since_signup / 365)).round(3),
            "monetary_value": orders["spent"].round(2),
            "avg_order_value": (orders["spent"] / orders["orders"]).round(2),
            "days_since_signup": days_since_signup,
            "total_orders": orders["orders"],
            "churned": (~orders.index.isin(future["customer_id"])).astype(int),
        }
    )
    return table.reset_index()


def write_customers(folder: Path) -> Path:
    """Write the customers into a folder, all of the file or nothing, and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE_NAME
    unfinished = folder / f".{FILE_NAME}.{os.getpid()}"
    summarise_customers(read_purchases()).to_csv(unfinished, index=False, lineterminator="\n")
    return unfinished.replace(file)


if __name__ == "__main__":
    default = os.environ.get("WORKSHOP_DATA_DIR") or Path(__file__).parent
    print(write_customers(Path(sys.argv[1] if len(sys.argv) > 1 else default)))
