"""A Dagster job in which one asset needs a retry, one fails, and one is never reached."""

import dagster as dg


class Rows(dg.Config):
    rows: int = 3


@dg.asset(retry_policy=dg.RetryPolicy(max_retries=2, delay=0))
def raw(context: dg.AssetExecutionContext, config: Rows) -> int:
    if context.retry_number == 0:
        raise OSError("the disk hiccupped")
    context.add_output_metadata(
        {"rows": config.rows, "share": 0.5, "family": "forest", "mlflow_run": dg.MetadataValue.url("http://mlflow/#/1")}
    )
    return config.rows


@dg.asset
def features(context: dg.AssetExecutionContext, raw: int) -> int:
    context.log.warning("few rows")
    return raw


@dg.asset
def model(features: int) -> int:
    raise ValueError(f"{features} rows cannot be fitted")


@dg.asset
def report(model: int) -> int:
    return model


job = dg.define_asset_job("job", selection="*")
defs = dg.Definitions(assets=[raw, features, model, report], jobs=[job], executor=dg.in_process_executor)
