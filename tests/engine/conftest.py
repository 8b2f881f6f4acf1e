"""What the tests of the engine share: Dagster's GraphQL as the pinned version has it."""

import pytest
from graphene import Schema
from graphql import GraphQLSchema


@pytest.fixture(scope="session")
def dagster_graphql() -> Schema:
    """Dagster's GraphQL, ready to execute what it is asked."""
    from dagster_graphql.schema import create_schema

    return create_schema()


@pytest.fixture(scope="session")
def dagster_schema(dagster_graphql) -> GraphQLSchema:
    """Its schema."""
    return dagster_graphql.graphql_schema
