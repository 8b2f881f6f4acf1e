"""Dagster's own complete lists, as the pinned version ships them."""


def run_states() -> set[str]:
    from dagster import DagsterRunStatus

    return {status.value for status in DagsterRunStatus}


def task_states() -> set[str]:
    from dagster_graphql.schema.logs.events import GrapheneStepEventStatus  # type: ignore[attr-defined]

    return {value.name for value in GrapheneStepEventStatus._meta.enum}
