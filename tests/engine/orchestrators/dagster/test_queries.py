"""Every GraphQL document is valid against the pinned schema, and reads each answer that Dagster may give."""

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLUnionType,
    InlineFragmentNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    validate,
    visit,
)

from app.engine.orchestrators.dagster import queries as dagster_queries
from app.engine.stack.services.daemon import DAEMONS
from app.engine.stack.services.dagster import LOCATIONS

DOCUMENTS = {name: text for name, text in vars(dagster_queries).items() if name.isupper() and not name.startswith("_")}
DOCUMENTS |= {"LOCATIONS": LOCATIONS, "DAEMONS": DAEMONS}
each_document = pytest.mark.parametrize("name", DOCUMENTS)


class UnionReader(Visitor):
    """Collects, for every field whose type is a union, the members that no fragment reads."""

    def __init__(self, schema, types):
        super().__init__()
        self.schema, self.types = schema, types
        self.unions = 0
        self.unread: list[str] = []

    def enter_field(self, node, *_):
        union = get_named_type(self.types.get_type())
        if not isinstance(union, GraphQLUnionType):
            return
        self.unions += 1
        read = set()
        for part in node.selection_set.selections:
            if isinstance(part, InlineFragmentNode):
                kind = self.schema.type_map[part.type_condition.name.value]
                members = self.schema.get_possible_types(kind) if isinstance(kind, GraphQLInterfaceType) else [kind]
                read |= {member.name for member in members}
        self.unread += [f"{node.name.value}: {member.name}" for member in union.types if member.name not in read]
        if "__typename" not in [part.name.value for part in node.selection_set.selections if hasattr(part, "name")]:
            self.unread.append(f"{node.name.value}: __typename")


def read(schema, text) -> UnionReader:
    types = TypeInfo(schema)
    reader = UnionReader(schema, types)
    visit(parse(text), TypeInfoVisitor(types, reader))
    return reader


def test_there_are_documents():
    assert {"JOB", "LOCATION", "LAUNCH_RUN", "RUNS", "RUN", "LOGS", "TERMINATE"} <= set(DOCUMENTS)


@each_document
def test_it_is_valid_against_the_pinned_schema(name, dagster_schema):
    assert validate(dagster_schema, parse(DOCUMENTS[name])) == []


@each_document
def test_it_uses_nothing_that_dagster_is_about_to_drop(name, dagster_schema):
    from graphql import NoDeprecatedCustomRule

    assert [str(error) for error in validate(dagster_schema, parse(DOCUMENTS[name]), [NoDeprecatedCustomRule])] == []


@each_document
def test_it_reads_every_branch_of_every_union(name, dagster_schema):
    reader = read(dagster_schema, DOCUMENTS[name])
    assert (reader.unions > 0) is (name != "DAEMONS")
    assert reader.unread == []


def test_a_branch_that_is_forgotten_is_found(dagster_schema):
    text = DOCUMENTS["TERMINATE"].replace("... on TerminateRunFailure { message }", "").replace("__typename", "")
    assert read(dagster_schema, text).unread == ["terminateRun: TerminateRunFailure", "terminateRun: __typename"]
