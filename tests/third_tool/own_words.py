"""The tool's own complete lists."""

from tests.third_tool.service import STATES


def run_states() -> set[str]:
    return set(STATES)


def task_states() -> set[str]:
    return set(STATES)
