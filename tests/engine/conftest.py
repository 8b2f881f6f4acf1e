"""Share Dagster's own GraphQL schema and the settings of a Compose stack among tests."""

from collections.abc import Iterator

import pytest
from graphene import Schema
from graphql import GraphQLSchema

from app.settings import get_settings


@pytest.fixture(scope="session")
def dagster_graphql() -> Schema:
    """Dagster's GraphQL, ready to execute what it is asked."""
    from dagster_graphql.schema import create_schema

    return create_schema()


@pytest.fixture(scope="session")
def dagster_schema(dagster_graphql) -> GraphQLSchema:
    """Its schema."""
    return dagster_graphql.graphql_schema


@pytest.fixture
def in_compose(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the settings say that Compose runs the stack."""
    monkeypatch.setenv("DOCKER_PROXY_URL", "tcp://proxy:2375")
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()
