"""From a shape of the model to JSON Schema 2020-12.

A request is held to all that the model states; a response to types, words and names of members, since ECS itself answers beyond the
bounds that it sets for requests. Every shape that states something stands in `$defs` under its own name; a bare string, boolean or
number is written where it is used. Documentation is not carried over.
"""

from __future__ import annotations

from typing import Any, Literal

from .model import Model, Shape

Schema = dict[str, Any]
Direction = Literal["request", "response"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: The JSON type of each scalar type of the model. Timestamps are epoch seconds (AWS JSON 1.1 protocol).
JSON_TYPES = {
    "string": "string",
    "boolean": "boolean",
    "integer": "integer",
    "long": "integer",
    "double": "number",
    "timestamp": "number",
}

#: The annotation that tells a timestamp from another number, in Smithy's word for the format on the wire.
FORMATS = {"timestamp": "epoch-seconds"}

#: Smithy, "Simple types": the range of each integer type. A number beyond it can't be read at all, so it is a fault of type, not of content.
RANGES = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
OUT_OF_RANGE = {"code": "SerializationException"}

#: The model's words for a bound, and JSON Schema's, by the type of what is bounded.
BOUNDS = {
    "string": {"min": "minLength", "max": "maxLength"},
    "list": {"min": "minItems", "max": "maxItems"},
    "integer": {"min": "minimum", "max": "maximum"},
    "long": {"min": "minimum", "max": "maximum"},
    "double": {"min": "minimum", "max": "maximum"},
}


def schema_of(model: Model, name: str, direction: Direction, identity: str) -> Schema:
    """The self-contained schema of a request or response.

    Args:
        model: where the shapes are.
        name: the shape of the whole document.
        direction: which way the document goes.
        identity: the schema's `$id`.
    """
    names = [reached for reached in model.reached_from(name) if not _is_bare(model.shapes[reached], direction)]
    definitions = {each: _definition(model, model.shapes[each], direction) for each in names}
    return {"$schema": DIALECT, "$id": identity, "$ref": reference_to(name), "$defs": definitions}


def reference_to(name: str) -> str:
    """The JSON pointer to a shape's definition."""
    return f"#/$defs/{name}"


def _is_bare(shape: Shape, direction: Direction) -> bool:
    return shape["type"] in JSON_TYPES and set(_definition_of_scalar(shape, direction)) <= {"type", "format"}


def _definition(model: Model, shape: Shape, direction: Direction) -> Schema:
    def use(name: str) -> Schema:
        if _is_bare(model.shapes[name], direction):
            return _definition_of_scalar(model.shapes[name], direction)
        return {"$ref": reference_to(name)}

    if shape.get("document"):
        return {}
    match shape["type"]:
        case "structure":
            return _definition_of_structure(
                shape, {member: use(of["shape"]) for member, of in shape["members"].items()}
            )
        case "list":
            return {"type": "array", "items": use(shape["member"]["shape"])} | _bounds(shape, direction)
        case "map":
            return {"type": "object", "additionalProperties": use(shape["value"]["shape"])}
        case _:
            return _definition_of_scalar(shape, direction)


def _definition_of_structure(shape: Shape, properties: Schema) -> Schema:
    schema: Schema = {"type": "object", "properties": properties}
    if shape.get("required"):
        schema["required"] = shape["required"]
    if shape.get("union"):
        schema |= {"minProperties": 1, "maxProperties": 1}
    return schema | {"additionalProperties": False}


def _definition_of_scalar(shape: Shape, direction: Direction) -> Schema:
    schema: Schema = {"type": JSON_TYPES[shape["type"]]}
    if shape["type"] in FORMATS:
        schema["format"] = FORMATS[shape["type"]]
    if "enum" in shape:
        schema["enum"] = shape["enum"]
    if direction == "response":
        return schema
    if shape["type"] in RANGES:
        schema |= _range(shape)
    schema |= _bounds(shape, direction)
    if "pattern" in shape:
        # The service matches a whole value against the model's pattern; JSON Schema searches in it.
        schema["pattern"] = f"^(?:{shape['pattern']})$" if "|" in shape["pattern"] else f"^{shape['pattern']}$"
    return schema


def _range(shape: Shape) -> Schema:
    lowest, highest = RANGES[shape["type"]]
    bounds = {"minimum": lowest} if "min" not in shape else {}
    bounds |= {"maximum": highest} if "max" not in shape else {}
    return {**bounds, "x-ecs-error": dict.fromkeys(bounds, OUT_OF_RANGE)} if bounds else {}


def _bounds(shape: Shape, direction: Direction) -> Schema:
    if direction == "response":
        return {}
    keywords = BOUNDS.get(shape["type"], {})
    stated = {keyword: shape[word] for word, keyword in keywords.items() if word in shape}
    # A lower bound of 0 for a length or a list says nothing.
    return {keyword: bound for keyword, bound in stated.items() if bound or keyword in ("minimum", "maximum")}
