"""A form from a schema: which widget each parameter gets, what its values become, and what is said of a bad one."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field
from streamlit.testing.v1 import AppTest

from app.components.step import param_form
from app.engine.orchestrators.parameters import defaults
from tests.shown import as_read, shown, words


class Split(BaseModel):
    share: Annotated[float, Field(gt=0, lt=1)] = 0.25


class Training(BaseModel):
    dataset: Literal["sample", "cdnow"] = "sample"
    kind: Literal["forest"] = "forest"
    trees: Annotated[int, Field(ge=10, le=500, description="How many trees.")] = 100
    rate: Annotated[float, Field(ge=0, le=1)] = 0.5
    note: Annotated[str, Field(max_length=5, title="A short note")] = "hello"
    parallel: bool = False
    limit: Annotated[int, Field(ge=1)] | None = None
    depths: list[int] = [2, 4]
    split: Split


SCHEMA = Training.model_json_schema()
DEFAULTS = defaults(SCHEMA)


class Form:
    """A form on a page, and the values that it returned last."""

    def __init__(self, schema: dict[str, Any] = SCHEMA, values: dict[str, Any] | None = None, **options: Any) -> None:
        self.schema, self.first_values, self.options = schema, values or defaults(schema), options
        self.page = shown(self.draw)

    def draw(self) -> None:
        self.values = param_form.show(self.schema, self.first_values, "form", **self.options)


def labels(page: AppTest) -> list[str]:
    return [element.label for element in page.main if getattr(element, "key", None)]


def test_each_kind_of_value_has_its_widget_with_the_default():
    page = Form().page
    assert not page.exception
    assert (page.selectbox[0].label, page.selectbox[0].options, page.selectbox[0].value) == (
        "Dataset",
        ["sample", "cdnow"],
        "sample",
    )
    assert [(number.label, number.value) for number in page.number_input] == [
        ("Trees", 100),
        ("Rate", 0.5),
        ("Share", 0.25),
    ]
    assert [(text.label, text.value, text.disabled) for text in page.text_input] == [
        ("Kind", "forest", True),
        ("A short note", "hello", False),
    ]
    assert [(toggle.label, toggle.value) for toggle in page.toggle] == [("Parallel", False), ("Set Limit", False)]
    assert (page.text_area[0].label, page.text_area[0].value) == ("Depths (JSON)", "[2, 4]")
    assert "**split**" in words(page)


def test_an_untouched_form_returns_the_defaults():
    assert Form().values == DEFAULTS | {"kind": "forest"}


def test_the_values_of_a_step_are_shown_instead_of_the_defaults():
    mine = DEFAULTS | {"dataset": "cdnow", "trees": 20, "limit": 3, "split": {"share": 0.5}}
    assert Form(values=mine).values == mine


@pytest.mark.parametrize(
    ("key", "value", "name", "becomes"),
    [
        ("form:dataset", "cdnow", "dataset", "cdnow"),
        ("form:trees", 20, "trees", 20),
        ("form:rate", 0.1, "rate", 0.1),
        ("form:note", "bye", "note", "bye"),
        ("form:parallel", True, "parallel", True),
        ("form:depths", "[1, 2, 3]", "depths", [1, 2, 3]),
        ("form:split:share", 0.9, "split", {"share": 0.9}),
    ],
)
def test_what_is_entered_is_returned_in_its_own_type(key, value, name, becomes):
    form = Form()
    form.page.get_by_key(key).set_value(value).run()
    assert form.values == DEFAULTS | {name: becomes}
    assert type(form.values[name]) is type(becomes)
    assert ":red[" not in words(form.page)


def test_a_value_that_may_be_none_has_a_switch_and_a_field_behind_it():
    form = Form()
    form.page.toggle("form:limit?").set_value(True).run()
    form.page.number_input("form:limit").set_value(7).run()
    assert form.values["limit"] == 7
    form.page.toggle("form:limit?").set_value(False).run()
    assert form.values["limit"] is None
    assert "Limit" not in [number.label for number in form.page.number_input]


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("form:trees", 9, "9 is too small; the least is 10."),
        ("form:trees", 501, "501 is too large; the most is 500."),
        ("form:rate", 1.5, "1.5 is too large; the most is 1."),
        ("form:note", "hello!", "'hello!' is too long."),
        ("form:depths", "[1, ", "'[1, ' is not of type array."),
        ("form:depths", '["a"]', "'a' is not of type integer."),
        ("form:split:share", 1.0, "1.0 is too large; it must be less than 1."),
        ("form:split:share", 0.0, "0.0 is too small; it must be more than 0."),
    ],
)
def test_a_bad_value_is_kept_and_said_right_under_its_field(key, value, sentence):
    form = Form()
    form.page.get_by_key(key).set_value(value).run()
    elements = list(form.page.main)
    (said,) = [element for element in form.page.markdown if sentence in as_read(element.value)]
    assert said.value.startswith(":red[")
    assert elements[elements.index(said) - 1].key == key


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("form:trees", "How many trees.  \nfrom 10 to 500  \nDefault: 100"),
        ("form:rate", "from 0 to 1  \nDefault: 0.5"),
        ("form:split:share", "more than 0 less than 1  \nDefault: 0.25"),
        ("form:parallel", "Default: False"),
    ],
)
def test_the_help_tells_what_it_is_its_bounds_and_the_default(key, told):
    assert Form().page.get_by_key(key).help == told


@pytest.mark.parametrize(("shape", "step"), [({}, 0.1), ({"minimum": 0, "maximum": 1}, 0.05), ({"maximum": 9}, 0.1)])
def test_one_press_of_plus_changes_a_number_by_a_sensible_part_of_its_range(shape, step):
    form = Form({"properties": {"x": {"type": "number", "default": 0.5, **shape}}})
    assert form.page.number_input[0].step == step


def test_what_the_shown_code_names_first_comes_first():
    order = labels(Form(first=["note", "trees"]).page)
    assert order[:3] == ["A short note", "Trees", "Dataset"]


def test_a_schema_without_parameters_is_an_empty_form():
    form = Form({"type": "object"})
    assert form.values == {}
    assert words(form.page) == ""
