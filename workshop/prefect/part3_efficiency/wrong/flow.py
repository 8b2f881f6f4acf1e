"""A plausible mistake: DEFAULT caches, but only within one flow run, because its key contains the run's id."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from prefect import flow, get_run_logger, runtime, task
from prefect.cache_policies import DEFAULT
from prefect.task_runners import ThreadPoolTaskRunner
from pydantic import Field

from workshop.churn import data, evaluation, features, training
from workshop.churn.parameters import Dataset, Seed
from workshop.naming import learner_of

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

Parallel = Annotated[bool, Field(title="Parallel", description="Train side by side, or one after another.")]

DEPTHS = (2, 4, 6, 8)
CANDIDATES = ("logistic_regression", "random_forest", "gradient_boosting")
THREADS: Any = ThreadPoolTaskRunner(max_workers=3)


@task
def load_split(dataset: str, seed: int) -> training.Split:
    """Read the customers, engineer features and keep a quarter of the customers back."""
    table = features.engineer_features(data.load_customers(dataset))
    return training.split_customers(table, 0.25, seed)


@task(cache_policy=DEFAULT, cache_expiration=timedelta(minutes=10))
def choose_depth(learner: str, dataset: str, seed: int) -> int:
    """Try several depths of a forest by cross-validation and return the best one."""
    split = load_split.fn(dataset, seed)
    forests = {depth: {"n_estimators": 60, "max_depth": depth} for depth in DEPTHS}
    scores = {depth: training.cross_validate(split, "random_forest", forests[depth], seed) for depth in DEPTHS}
    best = max(scores, key=scores.__getitem__)
    get_run_logger().info("%s: depth %d is the best of %s (roc_auc %.3f)", learner, best, DEPTHS, scores[best])
    return best


@task
def train_model(split: training.Split, family: str, depth: int, seed: int) -> "Pipeline":
    """Fit one model on the training customers."""
    depth = depth if family == "random_forest" else 3
    model = training.train_model(split, family, {"n_estimators": 200, "max_depth": depth}, seed)
    get_run_logger().info("Trained a %s", family)
    return model


@task
def compare(split: training.Split, models: dict[str, "Pipeline"]) -> dict[str, float]:
    """Measure every model on the customers that were kept back."""
    scores = {
        family: evaluation.evaluate_model(model, split.test_features, split.test_labels)["roc_auc"]
        for family, model in models.items()
    }
    get_run_logger().info("roc_auc: %s", ", ".join(f"{family} {score:.3f}" for family, score in scores.items()))
    return scores


@flow(task_runner=THREADS)
def compare_models(dataset: Dataset = "sample", parallel: Parallel = True, seed: Seed = 42) -> dict[str, float]:
    """Choose a depth, train three models side by side or one after another, compare them.

    Args:
        dataset: sample: 5,000 invented customers; cdnow: 23,570 real ones.
        parallel: Train side by side, or one after another.
        seed: The same seed gives the same split and the same models.
    """
    split = load_split(dataset, seed)
    depth = choose_depth(learner_of(runtime.flow_run.tags), dataset, seed)
    if parallel:
        futures = {family: train_model.submit(split, family, depth, seed) for family in CANDIDATES}
        models = {family: future.result() for family, future in futures.items()}
    else:
        models = {family: train_model(split, family, depth, seed) for family in CANDIDATES}
    return compare(split, models)


if __name__ == "__main__":
    compare_models()
