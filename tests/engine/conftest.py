"""What the tests of the engine share: the schema of the pinned Dagster, and one trigger."""

import pytest
from graphql import GraphQLSchema


@pytest.fixture(scope="session")
def dagster_schema() -> GraphQLSchema:
    """The GraphQL schema of the Dagster version that is pinned."""
    from dagster_graphql.schema import create_schema

    return create_schema().graphql_schema
