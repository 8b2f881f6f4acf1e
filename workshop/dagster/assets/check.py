"""Goals of the assets step: five materialized assets, with metadata that leads to MLflow."""

from workshop.checking import DAGSTER_RUNS, Evidence, NotYet, Verdict, newest_succeeded, passed
from workshop.facts import Materialization, MlflowRun, Run

ASSETS = ("raw_customers", "features", "model", "evaluation", "predictions")
COUNTED = ("raw_customers", "features", "predictions")


def materialized_all_assets(evidence: Evidence) -> Verdict:
    """Materialize all five assets in one run."""
    run = newest_succeeded(evidence.dagster_runs(), DAGSTER_RUNS)
    made = _made(evidence, run)
    missing = ", ".join(name for name in ASSETS if name not in made)
    if missing:
        words = "Run {run} did not materialize {missing}: run the whole job."
        raise NotYet(words, run, run=run.name, missing=missing)
    return passed("Run {run} materialized all five assets.", run, run=run.name)


def counted_rows(evidence: Evidence) -> Verdict:
    """Describe the tables: raw_customers, features and predictions tell their rows, and lose no customer."""
    run = newest_succeeded(evidence.dagster_runs(), DAGSTER_RUNS)
    made = _made(evidence, run)
    rows = {name: made[name].metadata.get("rows") for name in COUNTED if name in made}
    silent = ", ".join(name for name in COUNTED if rows.get(name) is None)
    if silent:
        words = "No metadata rows on {assets}: call context.add_output_metadata({{'rows': …}}) there."
        raise NotYet(words, run, assets=silent)
    if len(set(rows.values())) > 1:
        counts = ", ".join(f"{name} {count}" for name, count in rows.items())
        raise NotYet("Customers got lost on the way: {counts} rows.", run, counts=counts)
    return passed("Each of the three tables has {rows} rows.", run, rows=rows["predictions"])


def linked_to_mlflow(evidence: Evidence) -> Verdict:
    """Link both ways: the MLflow run names the Dagster run, and the asset evaluation names the MLflow run."""
    run, mlflow_run = _mlflow_run(evidence)
    names = {"run": run.name, "mlflow_run": mlflow_run.name}
    evaluation = _made(evidence, run).get("evaluation")
    named = evaluation.metadata.get("mlflow_run_id") if evaluation else None
    if named != mlflow_run.id:
        raise NotYet(
            "MLflow run {mlflow_run} names the Dagster run, but not the other way round: "
            "give the asset evaluation the metadata mlflow_run_id.",
            run,
            mlflow_run,
            **names,
        )
    return passed("Dagster run {run} and MLflow run {mlflow_run} name each other.", run, mlflow_run, **names)


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


def _made(evidence: Evidence, run: Run) -> dict[str, Materialization]:
    """List what a run materialized by the asset's own name: another learner's key begins with the learner."""
    return {made.asset_key[-1]: made for made in evidence.materializations(run)}


def _mlflow_run(evidence: Evidence) -> tuple[Run, MlflowRun]:
    """Find the newest successful run with the MLflow run that it made."""
    run = newest_succeeded(evidence.dagster_runs(), DAGSTER_RUNS)
    for mlflow_run in evidence.mlflow_runs(run):
        return run, mlflow_run
    words = "No MLflow run names Dagster run {run}: give the MLflow run the tag dagster.run_id."
    raise NotYet(words, run, run=run.name)
