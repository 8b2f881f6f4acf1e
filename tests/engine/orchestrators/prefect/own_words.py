"""Prefect's own complete lists, as the pinned version ships them."""


def run_states() -> set[str]:
    from prefect.client.schemas.objects import StateType

    return {state_type.value for state_type in StateType}


task_states = run_states
