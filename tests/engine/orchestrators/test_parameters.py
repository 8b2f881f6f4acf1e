"""Values against a schema: defaults are found, and each thing that is wrong is one sentence."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from app.engine.errors import InvalidParameters
from app.engine.orchestrators.parameters import check, defaults, merge, resolve, with_schema


class Split(BaseModel):
    share: Annotated[float, Field(gt=0, lt=1)] = 0.25
    seed: Annotated[int, Field(ge=0)] = 42


class Pipeline(BaseModel):
    dataset: Literal["sample", "cdnow"] = "sample"
    trees: Annotated[int, Field(ge=1, le=500)] = 100
    name: Annotated[str, Field(pattern="^[a-z]+$", min_length=2, max_length=5)] = "abc"
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", description="Three letters: EUR, GBP …")] = "EUR"
    tags: Annotated[list[str], Field(max_length=2)] = []
    limit: Annotated[int, Field(ge=1)] | None = None
    split: Split
    required: int


SCHEMA = Pipeline.model_json_schema()
VALID = {"split": {"share": 0.5}, "required": 1}

# what Prefect writes: `definitions`, and a reference inside `allOf` with the default beside it
PREFECT = {
    "type": "object",
    "properties": {
        "family": {"allOf": [{"$ref": "#/definitions/Family"}], "default": "forest", "title": "family", "position": 0},
        "split": {"$ref": "#/definitions/Split", "title": "split", "position": 1},
    },
    "definitions": {
        "Family": {"enum": ["forest", "linear"], "type": "string", "title": "Family"},
        "Split": {"type": "object", "properties": {"seed": {"$ref": "#/definitions/Seed"}}},
        "Seed": {"type": "integer", "default": 7, "minimum": 0},
    },
}


def problems(values, schema=SCHEMA):
    with pytest.raises(InvalidParameters) as caught:
        check(schema, values)
    return caught.value.problems


def test_a_reference_is_followed_and_what_stands_beside_it_wins():
    family = resolve(PREFECT, PREFECT["properties"]["family"])
    assert family["enum"] == ["forest", "linear"]
    assert (family["title"], family["default"]) == ("family", "forest")
    assert "allOf" not in family
    assert resolve(SCHEMA, SCHEMA["properties"]["split"])["title"] == "Split"
    assert resolve(SCHEMA, {"type": "string"}) == {"type": "string"}


def test_a_part_that_is_taken_out_keeps_the_definitions_it_needs():
    split = resolve(PREFECT, PREFECT["properties"]["split"])
    assert defaults(split | {"properties": {}}) == {}
    assert defaults(with_schema(split, PREFECT)) == {"seed": 7}
    assert with_schema({"type": "object"}, SCHEMA)["$defs"] == SCHEMA["$defs"]


def test_defaults_go_down_into_objects():
    assert defaults(PREFECT) == {"family": "forest", "split": {"seed": 7}}
    assert defaults(SCHEMA) == {
        "dataset": "sample",
        "trees": 100,
        "name": "abc",
        "currency": "EUR",
        "tags": [],
        "limit": None,
        "split": {"share": 0.25, "seed": 42},
    }
    assert defaults({"type": "object"}) == {}


def test_values_are_laid_over_others_object_by_object():
    base = {"a": 1, "deep": {"x": 1, "y": {"z": 1}}}
    assert merge(base, {"a": 2, "deep": {"y": {"w": 3}}, "new": 4}) == {
        "a": 2,
        "deep": {"x": 1, "y": {"z": 1, "w": 3}},
        "new": 4,
    }
    assert base == {"a": 1, "deep": {"x": 1, "y": {"z": 1}}}
    assert merge({"a": {"b": 1}}, {"a": None}) == {"a": None}
    assert merge({"a": 1}, {"a": {"b": 1}}) == {"a": {"b": 1}}


@pytest.mark.parametrize("more", [{}, {"limit": 3}, {"limit": None}, {"tags": ["a", "b"]}, {"dataset": "cdnow"}])
def test_what_the_schema_allows_passes(more):
    check(SCHEMA, VALID | more)


@pytest.mark.parametrize(
    ("values", "name", "sentence"),
    [
        ({"trees": 0}, "trees", "0 is too small; the least is 1."),
        ({"trees": 501}, "trees", "501 is too large; the most is 500."),
        ({"split": {"share": 0}}, "split.share", "0 is too small; it must be more than 0."),
        ({"split": {"share": 1.5}}, "split.share", "1.5 is too large; it must be less than 1."),
        ({"split": {"seed": -1}}, "split.seed", "-1 is too small; the least is 0."),
        ({"dataset": "iris"}, "dataset", "'iris' is not one of sample, cdnow."),
        ({"trees": "many"}, "trees", "'many' is not of type integer."),
        ({"trees": 1.5}, "trees", "1.5 is not of type integer."),
        ({"trees": True}, "trees", "True is not of type integer."),
        ({"split": 3}, "split", "3 is not of type object."),
        ({"name": "A-B"}, "name", "'A-B' does not match '^[a-z]+$'."),
        ({"currency": "eur"}, "currency", "'eur' is not as it has to be. Three letters: EUR, GBP …"),
        ({"name": "a"}, "name", "'a' is too short."),
        ({"name": "abcdef"}, "name", "'abcdef' is too long."),
        ({"tags": ["a", "b", "c"]}, "tags", "['a', 'b', 'c'] is too long."),
        ({"tags": ["a", 1]}, "tags.1", "1 is not of type string."),
        ({"limit": 0}, "limit", "0 is too small; the least is 1."),
        ({"limit": "x"}, "limit", "'x' is not of type integer or null."),
        ({"tress": 5}, "parameters", "Additional properties are not allowed ('tress' was unexpected)."),
    ],
)
def test_what_is_wrong_is_one_sentence_under_its_name(values, name, sentence):
    assert problems(VALID | values) == {name: sentence}


def test_a_type_with_choices_names_them_all():
    assert problems({"a": "x"}, {"properties": {"a": {"type": ["integer", "null"]}}}) == {
        "a": "'x' is not of type integer or null."
    }


def test_a_missing_value_is_named():
    assert problems({"split": {}}) == {"parameters": "'required' is a required property."}


def test_every_wrong_value_is_told_at_once_and_only_once():
    error = problems(VALID | {"trees": 0, "dataset": "iris", "name": "A"})
    assert set(error) == {"trees", "dataset", "name"}
    with pytest.raises(InvalidParameters, match=r"dataset: 'iris' is not .* trees: 0 is too small"):
        check(SCHEMA, VALID | {"dataset": "iris", "trees": 0})


def test_references_are_checked_through():
    check(PREFECT, {"family": "linear", "split": {"seed": 0}})
    assert problems({"family": "tree"}, PREFECT) == {"family": "'tree' is not one of forest, linear."}
    assert problems({"split": {"seed": -1}}, PREFECT) == {"split.seed": "-1 is too small; the least is 0."}


def test_a_schema_that_is_open_on_purpose_stays_open():
    check({"type": "object", "additionalProperties": True}, {"anything": 1})
    assert "parameters" in problems({"anything": 1}, {"type": "object", "properties": {}})
