"""Goals of the assets step: five materialized assets, with metadata that leads to MLflow."""

from workshop.checking import Evidence, Verdict, not_yet, passed
from workshop.facts import Materialization, MlflowRun, Run, RunPhase

ASSETS = ("raw_customers", "features", "model", "evaluation", "predictions")
COUNTED = ("raw_customers", "features", "predictions")


def materialized_all_assets(evidence: Evidence) -> Verdict:
    """Materialize all five assets in one run."""
    run = _succeeded(evidence)
    if isinstance(run, Verdict):
        return run
    made = _made(evidence, run)
    missing = [name for name in ASSETS if name not in made]
    if missing:
        return not_yet(f"Run {run.name} did not materialize {', '.join(missing)}: run the whole job.", run)
    return passed(f"Run {run.name} materialized all five assets.", run)


def counted_rows(evidence: Evidence) -> Verdict:
    """Describe the tables: raw_customers, features and predictions tell their rows, and lose no customer."""
    run = _succeeded(evidence)
    if isinstance(run, Verdict):
        return run
    made = _made(evidence, run)
    rows = {name: made[name].metadata.get("rows") for name in COUNTED if name in made}
    silent = [name for name in COUNTED if rows.get(name) is None]
    if silent:
        return not_yet(
            f"No metadata rows on {', '.join(silent)}: call context.add_output_metadata({{'rows': …}}) there.", run
        )
    if len(set(rows.values())) > 1:
        counts = ", ".join(f"{name} {count}" for name, count in rows.items())
        return not_yet(f"Customers got lost on the way: {counts} rows.", run)
    return passed(f"Each of the three tables has {rows['predictions']} rows.", run)


def linked_to_mlflow(evidence: Evidence) -> Verdict:
    """Link both ways: the MLflow run names the Dagster run, and the asset evaluation names the MLflow run."""
    found = _mlflow_run(evidence)
    if isinstance(found, Verdict):
        return found
    run, mlflow_run = found
    evaluation = _made(evidence, run).get("evaluation")
    named = evaluation.metadata.get("mlflow_run_id") if evaluation else None
    if named != mlflow_run.id:
        return not_yet(
            f"MLflow run {mlflow_run.name} names the Dagster run, but not the other way round: "
            "give the asset evaluation the metadata mlflow_run_id.",
            run,
            mlflow_run,
        )
    return passed(f"Dagster run {run.name} and MLflow run {mlflow_run.name} name each other.", run, mlflow_run)


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


def _succeeded(evidence: Evidence) -> Run | Verdict:
    """Find the newest run that succeeded, or say what to do to get one."""
    runs = evidence.dagster_runs()
    for run in runs:
        if run.phase is RunPhase.SUCCEEDED:
            return run
    if not runs:
        return not_yet("There is no Dagster run of yours yet: press Run.")
    newest = runs[0]
    if newest.phase in (RunPhase.WAITING, RunPhase.RUNNING):
        return not_yet(f"Run {newest.name} is {newest.state}: wait until it is SUCCESS, then check again.", newest)
    return not_yet(f"Run {newest.name} is {newest.state}: read the last lines of its log, then run again.", newest)


def _made(evidence: Evidence, run: Run) -> dict[str, Materialization]:
    """List what a run materialized by the asset's own name: another learner's key begins with the learner."""
    return {made.asset_key[-1]: made for made in evidence.materializations(run)}


def _mlflow_run(evidence: Evidence) -> tuple[Run, MlflowRun] | Verdict:
    """Find the newest successful run with the MLflow run that it made, or say what to do to get them."""
    run = _succeeded(evidence)
    if isinstance(run, Verdict):
        return run
    for mlflow_run in evidence.mlflow_runs(run):
        return run, mlflow_run
    return not_yet(f"No MLflow run names Dagster run {run.name}: give the MLflow run the tag dagster.run_id.", run)
