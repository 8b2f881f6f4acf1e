"""A plausible mistake: the first part of a cron expression is a minute of the hour.

Every two minutes is */2.
"""

from pathlib import Path
from typing import Annotated

from prefect import flow, get_run_logger, runtime, task
from prefect.client.orchestration import get_client
from prefect.schedules import Cron, Schedule
from pydantic import Field

from workshop import naming
from workshop.churn import data, evaluation, features, tracking, training
from workshop.churn.parameters import Dataset
from workshop.deployments import create_deployment

STEP = "part6_automation"
Minutes = Annotated[int, Field(ge=1, le=60, title="Minutes", description="Time from one run to the next.")]


@task
def train_on_recent_customers(dataset: str, seed: int) -> dict[str, float]:
    """Train on a random half of the customers, as if they were those of the day, and measure the model."""
    recent = data.load_customers(dataset).sample(frac=0.5, random_state=seed)
    split = training.split_customers(features.engineer_features(recent), 0.25, seed)
    model = training.train_model(split, "logistic_regression", {"C": 1.0}, seed)
    return evaluation.evaluate_model(model, split.test_features, split.test_labels)


@task
def track(metrics: dict[str, float], dataset: str, seed: int) -> str:
    """Write the training down in MLflow, with the id of this flow run."""
    labels = naming.workshop_labels(naming.tags_to_labels(runtime.flow_run.tags))
    tags = {**labels, naming.PREFECT_RUN_TAG: str(runtime.flow_run.id)}
    experiment = naming.experiment_name(naming.learner_of(runtime.flow_run.tags), STEP)
    params = {"dataset": dataset, "seed": seed}
    url = tracking.log_metrics(experiment, params, metrics, tags, str(runtime.flow_run.name))
    get_run_logger().info("roc_auc %.3f; MLflow run %s", metrics["roc_auc"], url)
    return url


@flow
def retrain(dataset: Dataset = "sample") -> float:
    """Train on the customers of the day and track it: this is what a schedule starts.

    Args:
        dataset: sample: 5,000 invented customers; cdnow: 23,570 real ones.
    """
    seed = int(runtime.flow_run.scheduled_start_time.timestamp()) % 10_000
    metrics = train_on_recent_customers(dataset, seed)
    track(metrics, dataset, seed)
    return metrics["roc_auc"]


def schedule_for(minutes: int) -> Schedule | None:
    """Say when `retrain` runs by itself."""
    return Cron(f"{minutes} * * * *")


def deploy(learner: str, minutes: int, work_pool: str, working_dir: str | None = None) -> str:
    """Give the learner a deployment of `retrain` of their own, with the schedule, and return its name."""
    name = naming.personal("scheduled", learner)
    schedule = schedule_for(minutes)
    file = Path(__file__).resolve().relative_to(Path.cwd().resolve())
    with get_client(sync_client=True) as client:
        create_deployment(
            client,
            retrain,
            entrypoint=f"{file.as_posix()}:retrain",
            name=name,
            work_pool=work_pool,
            labels={naming.LEARNER_TAG: learner, naming.STEP_TAG: STEP},
            schedules=[schedule] if schedule else [],
            working_dir=working_dir,
        )
    return f"{retrain.name}/{name}"


@flow
def automate(minutes: Minutes = 2) -> str:
    """Create your deployment of `retrain`, or bring it up to date.

    Args:
        minutes: Time from one run to the next.
    """
    learner = naming.learner_of(runtime.flow_run.tags)
    with get_client(sync_client=True) as client:
        work_pool = client.read_flow_run(runtime.flow_run.id).work_pool_name
    # a learner with a workspace of their own: this run already works in it
    workspace = None if learner == naming.SOLO_LEARNER else str(Path.cwd())
    name = deploy(learner, minutes, work_pool or "workshop", workspace)
    get_run_logger().info("Deployed %s with the schedule %s", name, schedule_for(minutes))
    return name


if __name__ == "__main__":
    retrain()
