"""Two trainings with different data and models, so that there is something to compare and a strip to follow."""

from uuid import uuid4

from app.engine.orchestrators.contract import Trigger
from app.engine.orchestrators.parameters import defaults
from app.engine.orchestrators.prefect.client import Prefect
from app.settings import Settings
from tests.polling import wait_for_end
from workshop.facts import RunPhase
from workshop.naming import LEARNER_TAG, STEP_TAG

LEARNER, STEP = "me", "part5_full_pipeline"
DEPLOYMENT = f"churn-pipeline/{STEP}"
CHOICES = (
    {"dataset": "sample", "family": "logistic_regression"},
    {"dataset": "cdnow", "family": "random_forest", "n_estimators": 20},
)
DEADLINE_SECONDS = 240


def train_twice(settings: Settings, prefect: Prefect) -> None:
    """Run the pipeline with each choice and wait until both runs are Completed; not again where that was done."""
    done = [run for run in prefect.runs({LEARNER_TAG: LEARNER, STEP_TAG: STEP}) if run.phase is RunPhase.SUCCEEDED]
    if {choice["dataset"] for choice in CHOICES} <= {run.parameters.get("dataset") for run in done}:
        return
    target = prefect.target(DEPLOYMENT)
    run_ids = [
        prefect.trigger(
            Trigger(
                learner=LEARNER,
                step=STEP,
                target=target,
                parameters=defaults(target.schema) | choice,
                click=uuid4().hex[:12],
                code="0" * 12,
                workspace=settings.workspace,
            )
        )
        for choice in CHOICES
    ]
    for run_id in run_ids:
        run = wait_for_end(prefect, run_id, DEADLINE_SECONDS)
        assert run.phase is RunPhase.SUCCEEDED, run.message
