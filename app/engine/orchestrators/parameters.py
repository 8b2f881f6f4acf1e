"""Compare the parameters of a run with the JSON schema of what it runs: defaults, and what is wrong in words."""

from collections.abc import Iterable
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from app.engine.errors import InvalidParameters
from app.engine.message import Message
from app.engine.orchestrators.contract import JsonSchema, Parameters


def resolve(schema: JsonSchema, part: JsonSchema) -> JsonSchema:
    """Follow a part's `$ref`, or its single `allOf`, into the schema's definitions, and keep the part's other keys."""
    reference = part.get("$ref") or next((entry.get("$ref") for entry in part.get("allOf", [])), None)
    if not reference:
        return part
    target: Any = schema
    for key in str(reference).removeprefix("#/").split("/"):
        target = target[key]
    return resolve(schema, target) | {key: value for key, value in part.items() if key not in ("$ref", "allOf")}


def with_schema(part: JsonSchema, schema: JsonSchema) -> JsonSchema:
    """Give a part of a schema the definitions that its references need."""
    return {key: schema[key] for key in ("definitions", "$defs", "components") if key in schema} | part


def defaults(schema: JsonSchema) -> Parameters:
    """Collect the default of every property, going down into objects."""
    values: Parameters = {}
    for name, part in schema.get("properties", {}).items():
        shape = resolve(schema, part)
        if "default" in shape:
            values[name] = shape["default"]
        elif "properties" in shape:
            values[name] = defaults(with_schema(shape, schema))
    return values


def merge(base: Parameters, over: Parameters) -> Parameters:
    """Lay values over others, object by object."""
    merged = dict(base)
    for name, value in over.items():
        both_objects = isinstance(value, dict) and isinstance(merged.get(name), dict)
        merged[name] = merge(merged[name], value) if both_objects else value
    return merged


def changed(base: Parameters, values: Parameters) -> Parameters:
    """List the values that differ from the base, those inside objects as `object.name`."""
    differing: Parameters = {}
    for name, value in values.items():
        if isinstance(value, dict) and isinstance(base.get(name), dict):
            differing |= {f"{name}.{inner}": other for inner, other in changed(base[name], value).items()}
        elif name not in base or base[name] != value:
            differing[name] = value
    return differing


def leaves(values: Parameters) -> Parameters:
    """List every value, those inside objects as `object.name`."""
    flat: Parameters = {}
    for name, value in values.items():
        inner = leaves(value) if isinstance(value, dict) else {}
        flat |= {f"{name}.{below}": other for below, other in inner.items()} or {name: value}
    return flat


def check(schema: JsonSchema, parameters: Parameters) -> None:
    """Compare values with the schema, which also has to know their names.

    Raises:
        InvalidParameters: one sentence for each parameter that is wrong.
    """
    closed = schema if "additionalProperties" in schema else {**schema, "additionalProperties": False}
    problems: dict[str, str] = {}
    for error in Draft202012Validator(closed).iter_errors(parameters):
        name = ".".join(str(part) for part in error.absolute_path) or "parameters"
        problems.setdefault(name, _sentence(error))
    if problems:
        raise InvalidParameters(problems)


def _sentence(error: ValidationError) -> Message:
    limit, value = error.validator_value, error.instance
    match error.validator:
        case "minimum":
            return Message("{value} is too small; the least is {limit}.", value=value, limit=limit)
        case "exclusiveMinimum":
            return Message("{value} is too small; it must be more than {limit}.", value=value, limit=limit)
        case "maximum":
            return Message("{value} is too large; the most is {limit}.", value=value, limit=limit)
        case "exclusiveMaximum":
            return Message("{value} is too large; it must be less than {limit}.", value=value, limit=limit)
        case "enum" if isinstance(limit, list):
            return Message("{value!r} is not one of {choices}.", value=value, choices=", ".join(map(str, limit)))
        case "type":
            return Message("{value!r} is not of type {types}.", value=value, types=_types([error]))
        case "anyOf" | "oneOf" if error.context:
            # of an optional value: the branch whose type fits says what is wrong with it
            fitting = [branch for branch in error.context if branch.validator != "type"]
            if fitting:
                return _sentence(fitting[0])
            return Message("{value!r} is not of type {types}.", value=value, types=_types(error.context))
        case "pattern" if isinstance(error.schema, dict) and "description" in error.schema:
            return Message("{value!r} is not as it has to be. {rule}", value=value, rule=error.schema["description"])
        case "additionalProperties":
            return Message("{problem}.", problem=error.message)
        case _:
            return Message("{problem}.", problem=error.message)


def _types(errors: Iterable[ValidationError]) -> str:
    values = [error.validator_value for error in errors]
    return " or ".join(str(name) for value in values for name in (value if isinstance(value, list) else [value]))
