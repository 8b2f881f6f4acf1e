"""The data sets: consistent with themselves, the same every time, with real signal."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.generate_sample_data import churn_probability, generate_customers
from data.prepare_cdnow import read_purchases, summarise_customers
from workshop.churn import data, evaluation, features, training

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ["customer_id", "recency_days", "frequency", "monetary_value", "avg_order_value", "days_since_signup"]
COLUMNS += ["total_orders"]


def test_the_tables_are_consistent_with_themselves(customers):
    years = customers["days_since_signup"] / 365
    assert customers["customer_id"].is_unique
    assert (customers["recency_days"] <= customers["days_since_signup"]).all()
    assert np.allclose(customers["frequency"], customers["total_orders"] / years, atol=0.00051)
    assert np.allclose(
        customers["avg_order_value"], customers["monetary_value"] / customers["total_orders"], atol=0.00501
    )
    once = customers[customers["total_orders"] == 1]
    assert (once["recency_days"] == once["days_since_signup"]).all()


def test_the_data_sets_differ_by_support_tickets_and_age_only():
    assert list(data.load_customers("sample")) == [*COLUMNS, "support_tickets", "age", "churned"]
    assert list(data.load_customers("cdnow")) == [*COLUMNS, "churned"]
    assert len(data.load_customers("sample")) == 5_000
    assert len(data.load_customers("cdnow")) == 23_570


def test_a_logistic_regression_finds_the_signal(customers):
    table = customers.rename(columns={"churned": features.LABEL}).set_index("customer_id")
    for seed in range(3):
        split = training.split_customers(table, 0.25, seed)
        model = training.train_model(split, "logistic_regression", {"C": 1.0}, seed)
        assert 0.75 <= evaluation.evaluate_model(model, split.test_features, split.test_labels)["roc_auc"] <= 0.90


def test_churn_is_drawn_by_the_documented_formula():
    table = generate_customers()
    expected = churn_probability(table)
    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 1)):
        part = expected.between(low, high)
        assert abs(table["churned"][part].mean() - expected[part].mean()) < 0.05


def test_the_generator_repeats_itself():
    pd.testing.assert_frame_equal(generate_customers(200, seed=7), generate_customers(200, seed=7))
    assert not generate_customers(200, seed=7).equals(generate_customers(200, seed=8))


@pytest.mark.parametrize("script", ["generate_sample_data.py", "prepare_cdnow.py"])
def test_the_scripts_write_the_same_bytes_by_argument_and_by_variable(script, generated, tmp_path):
    by_argument, by_variable = tmp_path / "a", tmp_path / "b"
    command = [sys.executable, str(ROOT / "data" / script)]
    subprocess.run([*command, str(by_argument)], check=True, capture_output=True)
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"WORKSHOP_DATA_DIR": str(by_variable)})
    (file,) = by_argument.iterdir()
    assert file.read_bytes() == (by_variable / file.name).read_bytes() == (generated / file.name).read_bytes()
    assert [left.name for left in by_variable.iterdir()] == [file.name]


def test_cdnow_churn_looks_only_at_the_90_days_after_the_cut_off():
    purchases = pd.DataFrame(
        {
            "customer_id": ["1", "1", "2", "2", "3", "3"],
            "date": pd.to_datetime(
                ["1997-01-01", "1998-03-31", "1997-01-01", "1998-04-01", "1997-12-21", "1997-12-21"]
            ),
            "cds": 1,
            "dollars": [10.0, 90.0, 10.0, 90.0, 5.0, 7.0],
        }
    )
    table = summarise_customers(purchases).set_index("customer_id")
    assert list(table["churned"]) == [0, 1, 1]
    assert list(table["monetary_value"]) == [10.0, 10.0, 12.0]
    assert table.loc["3", ["recency_days", "days_since_signup", "total_orders"]].tolist() == [10, 10, 2]


def test_cdnow_has_all_purchases():
    assert len(read_purchases()) == 69_659


def test_every_column_is_defined_in_the_docstring():
    text = (ROOT / "data" / "generate_sample_data.py").read_text()
    defined = set(re.findall(r"^\| (\w+) +\|", text, re.MULTILINE))
    assert set(generate_customers(10)) <= defined
