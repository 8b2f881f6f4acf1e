"""Goals of part 5: from a flow run to its MLflow run, its model version and its predictions."""

from workshop.checking import Evidence, NotYet, Verdict, newest_succeeded, passed
from workshop.facts import MlflowRun, Run

METRICS = ("accuracy", "majority_rate", "f1", "roc_auc", "pr_auc", "log_loss")


def completed_the_pipeline(evidence: Evidence) -> Verdict:
    """Run the pipeline: a flow run of yours is Completed."""
    run = newest_succeeded(evidence.flow_runs())
    return passed("Flow run {run} is {state}.", run, run=run.name, state=run.state)


def linked_to_mlflow(evidence: Evidence) -> Verdict:
    """Link the runs both ways: an MLflow run names the flow run that made it, which has a link to it."""
    flow_run, run = _mlflow_run(evidence)
    names = {"flow_run": flow_run.name, "run": run.name}
    if not any(run.id in text for text in evidence.artifacts(flow_run)):
        raise NotYet(
            "No artifact of flow run {flow_run} leads to MLflow run {run}: call create_link_artifact with "
            "the URL of the MLflow run, once it exists.",
            flow_run,
            run,
            **names,
        )
    return passed("MLflow run {run} was made by flow run {flow_run}, which links to it.", flow_run, run, **names)


def logged_hold_out_metrics(evidence: Evidence) -> Verdict:
    """Evaluate on the hold-out: the MLflow run has every metric, the majority rate among them."""
    _, run = _mlflow_run(evidence)
    missing = [name for name in METRICS if name not in run.metrics]
    if missing:
        raise NotYet(
            "MLflow run {run} lacks {missing}: log everything that evaluate_model returns.",
            run,
            run=run.name,
            missing=", ".join(missing),
        )
    return passed(
        "Accuracy {accuracy:.3f}; always saying what is most common reaches {majority:.3f}.",
        run,
        accuracy=run.metrics["accuracy"],
        majority=run.metrics["majority_rate"],
    )


def registered_a_version(evidence: Evidence) -> Verdict:
    """Register the model: a version of your registered model comes from the MLflow run."""
    _, run = _mlflow_run(evidence)
    for version in evidence.model_versions(run):
        return passed(
            "{model} version {number} comes from MLflow run {run}.",
            run,
            version,
            model=version.name,
            number=version.version,
            run=run.name,
        )
    raise NotYet(
        "No model version comes from MLflow run {run}: give log_model a registered_model_name, inside the run.",
        run,
        run=run.name,
    )


def predicted_for_everybody(evidence: Evidence) -> Verdict:
    """Predict for all customers: there are as many predictions as customers."""
    _, run = _mlflow_run(evidence)
    customers, predicted = run.params.get("customers", ""), run.metrics.get("predicted_customers")
    if not customers.isdigit():
        words = "MLflow run {run} has no param customers: log how many customers there are."
        raise NotYet(words, run, run=run.name)
    if predicted is None:
        words = "MLflow run {run} has no predictions: call save_predictions after registering."
        raise NotYet(words, run, run=run.name)
    if int(predicted) != int(customers):
        raise NotYet(
            "{predicted:,} predictions for {customers:,} customers: "
            "predict for the whole table of features, not for one part of the split.",
            run,
            predicted=int(predicted),
            customers=int(customers),
        )
    return passed("There are predictions for all {customers:,} customers.", run, customers=int(customers))


def _mlflow_run(evidence: Evidence) -> tuple[Run, MlflowRun]:
    """Find the newest Completed flow run with the MLflow run that it made."""
    flow_run = newest_succeeded(evidence.flow_runs())
    for run in evidence.mlflow_runs(flow_run):
        return flow_run, run
    raise NotYet(
        "No MLflow run names flow run {run}: give the MLflow run the tag prefect.flow_run_id.",
        flow_run,
        run=flow_run.name,
    )
