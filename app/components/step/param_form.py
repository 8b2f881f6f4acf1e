"""A form made from a JSON schema: the widget, default and help of each parameter come from the schema.

What was typed is kept on the way to another page. The widgets have no bounds of their own: a browser's field that
refuses a value goes on sending the one before. The schema refuses it, in a sentence under the field.
"""

import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.components.page.markdown import Markdown, escape, sentence
from app.engine.errors import InvalidParameters
from app.engine.orchestrators.contract import JsonSchema, Parameters
from app.engine.orchestrators.parameters import check, resolve, with_schema
from app.i18n import _

FIELD_WIDTH = 140
KEPT: dict[str, Any] = {"persist_state": "session"}
"""Of a widget whose value stays when the viewer comes back from another page."""


def show(schema: JsonSchema, values: Parameters, key: str, first: Sequence[str] = ()) -> Parameters:
    """Show one widget for each property and return the values as they stand.

    Args:
        schema: an object schema; objects in it become groups.
        values: what each widget shows at first.
        key: prefix of the widgets' keys.
        first: names that come first, in this order.
    """
    rank = {name: position for position, name in enumerate(first)}
    shapes = {name: resolve(schema, part) for name, part in schema.get("properties", {}).items()}
    ordered = sorted(shapes, key=lambda name: rank.get(name, len(rank)))
    grid = st.grid(min_column_width=FIELD_WIDTH, vertical_alignment="top")
    shown: Parameters = {}
    for name in ordered:
        with st.container() if "properties" in shapes[name] else grid, st.container(gap="xsmall"):
            shown[name] = _field(name, shapes[name], schema, values.get(name), f"{key}:{name}")
            if "properties" not in shapes[name]:
                _say_problem(schema, name, shown[name])
    return shown


def _say_problem(schema: JsonSchema, name: str, value: Any) -> None:
    """Say under a field what is wrong with its value. The button that needs it is off meanwhile."""
    try:
        check(with_schema({"properties": {name: schema["properties"][name]}}, schema), {name: value})
    except InvalidParameters as error:
        st.markdown("  \n".join(f":red[:material/error: {escape(problem)}]" for problem in error.problems.values()))


def _field(name: str, shape: JsonSchema, schema: JsonSchema, value: Any, key: str) -> Any:
    label = escape(str(shape.get("title") or name.replace("_", " ").capitalize()))
    if "properties" in shape:
        with st.container(border=True):
            st.markdown(f"**{escape(name)}**")
            return show(with_schema(shape, schema), value or {}, key)
    optional, shape = _without_null(schema, shape)
    given = shape.get("default") if value is None else value
    if optional and not st.toggle(_("Set {label}").format(label=label), value is not None, key=f"{key}?", **KEPT):
        return None
    return _widget(label, shape, given, key)


def _without_null(schema: JsonSchema, shape: JsonSchema) -> tuple[bool, JsonSchema]:
    """Read `anyOf: [X, null]` as an optional X."""
    choices = [resolve(schema, part) for part in shape.get("anyOf", [])]
    kept = [choice for choice in choices if choice.get("type") != "null"]
    if not kept:
        return False, shape
    return len(kept) < len(choices), {**{k: v for k, v in shape.items() if k != "anyOf"}, **kept[0]}


def _widget(label: Markdown, shape: JsonSchema, value: Any, key: str) -> Any:
    help_text = _help(shape)
    match shape:
        case {"enum": choices}:
            index = choices.index(value) if value in choices else 0
            return st.selectbox(label, choices, index=index, help=help_text, key=key, **KEPT)
        case {"const": only}:
            st.text_input(label, str(only), disabled=True, help=help_text, key=key)
            return only
        case {"type": "boolean"}:
            return st.toggle(label, value=bool(value), help=help_text, key=key, **KEPT)
        case {"type": "integer"}:
            whole = None if value is None else int(value)
            return st.number_input(label, value=whole, step=1, help=help_text, key=key, **KEPT)
        case {"type": "number"}:
            number = None if value is None else float(value)
            return st.number_input(label, value=number, step=_step(shape), format="%g", help=help_text, key=key, **KEPT)
        case {"type": "string"}:
            return st.text_input(label, value or "", help=help_text, key=key, **KEPT)
        case _:
            return _json(label, value, help_text, key)


def _step(shape: JsonSchema) -> float:
    """Choose by how much a press of + changes a number."""
    low = shape.get("minimum", shape.get("exclusiveMinimum"))
    high = shape.get("maximum", shape.get("exclusiveMaximum"))
    if low is None or high is None:
        return 0.1
    return 0.05 if high - low <= 1 else 0.1 if high - low <= 10 else 1.0


def _help(shape: JsonSchema) -> Markdown | None:
    limits = [
        f"{word} {shape[name]:g}"
        for name, word in (
            ("minimum", _("from")),
            ("exclusiveMinimum", _("more than")),
            ("maximum", _("to")),
            ("exclusiveMaximum", _("less than")),
        )
        if name in shape
    ]
    lines = [sentence(str(shape.get("description", ""))), " ".join(limits)]
    if "default" in shape:
        lines.append(_("Default: {value}").format(value=escape(str(shape["default"]))))
    return Markdown("  \n".join(line for line in lines if line)) or None


def _json(label: Markdown, value: Any, help_text: Markdown | None, key: str) -> Any:
    """Take what has no widget of its own as JSON.

    Other text goes on as text, for the schema to refuse.
    """
    text = st.text_area(f"{label} (JSON)", json.dumps(value), help=help_text, key=key, **KEPT)
    try:
        return json.loads(text)
    except ValueError:
        return text
