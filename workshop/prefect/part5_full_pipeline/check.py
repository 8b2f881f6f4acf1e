"""Goals of part 5: from a flow run to its MLflow run, its model version and its predictions."""

from workshop.checking import Evidence, Verdict, newest_completed, not_yet, passed
from workshop.facts import MlflowRun, Run

METRICS = ("accuracy", "majority_rate", "f1", "roc_auc", "pr_auc", "log_loss")


def completed_the_pipeline(evidence: Evidence) -> Verdict:
    """Run the pipeline: a flow run of yours is Completed."""
    run = newest_completed(evidence.flow_runs())
    return passed(f"Flow run {run.name} is {run.state}.", run) if isinstance(run, Run) else run


def linked_to_mlflow(evidence: Evidence) -> Verdict:
    """Link the runs both ways: an MLflow run names the flow run that made it, which has a link to it."""
    found = _mlflow_run(evidence)
    if isinstance(found, Verdict):
        return found
    flow_run, run = found
    if not any(run.id in text for text in evidence.artifacts(flow_run)):
        return not_yet(
            f"No artifact of flow run {flow_run.name} leads to MLflow run {run.name}: call create_link_artifact with "
            "the URL of the MLflow run, once it exists.",
            flow_run,
            run,
        )
    return passed(f"MLflow run {run.name} was made by flow run {flow_run.name}, which links to it.", flow_run, run)


def logged_hold_out_metrics(evidence: Evidence) -> Verdict:
    """Evaluate on the hold-out: the MLflow run has every metric, the majority rate among them."""
    found = _mlflow_run(evidence)
    if isinstance(found, Verdict):
        return found
    run = found[1]
    missing = [name for name in METRICS if name not in run.metrics]
    if missing:
        return not_yet(
            f"MLflow run {run.name} lacks {', '.join(missing)}: log everything that evaluate_model returns.", run
        )
    accuracy, majority = run.metrics["accuracy"], run.metrics["majority_rate"]
    return passed(f"Accuracy {accuracy:.3f}; always saying what is most common reaches {majority:.3f}.", run)


def registered_a_version(evidence: Evidence) -> Verdict:
    """Register the model: a version of your registered model comes from the MLflow run."""
    found = _mlflow_run(evidence)
    if isinstance(found, Verdict):
        return found
    run = found[1]
    for version in evidence.model_versions(run):
        return passed(f"{version.name} version {version.version} comes from MLflow run {run.name}.", run, version)
    return not_yet(
        f"No model version comes from MLflow run {run.name}: give log_model a registered_model_name, inside the run.",
        run,
    )


def predicted_for_everybody(evidence: Evidence) -> Verdict:
    """Predict for all customers: there are as many predictions as customers."""
    found = _mlflow_run(evidence)
    if isinstance(found, Verdict):
        return found
    run = found[1]
    customers, predicted = run.params.get("customers", ""), run.metrics.get("predicted_customers")
    if not customers.isdigit():
        return not_yet(f"MLflow run {run.name} has no param customers: log how many customers there are.", run)
    if predicted is None:
        return not_yet(f"MLflow run {run.name} has no predictions: call save_predictions after registering.", run)
    if int(predicted) != int(customers):
        return not_yet(
            f"{int(predicted):,} predictions for {int(customers):,} customers: "
            "predict for the whole table of features, not for one part of the split.",
            run,
        )
    return passed(f"There are predictions for all {int(customers):,} customers.", run)


def _mlflow_run(evidence: Evidence) -> tuple[Run, MlflowRun] | Verdict:
    """Find the newest Completed flow run with the MLflow run that it made, or say what to do to get them."""
    flow_run = newest_completed(evidence.flow_runs())
    if isinstance(flow_run, Verdict):
        return flow_run
    for run in evidence.mlflow_runs(flow_run):
        return flow_run, run
    return not_yet(
        f"No MLflow run names flow run {flow_run.name}: give the MLflow run the tag prefect.flow_run_id.", flow_run
    )
