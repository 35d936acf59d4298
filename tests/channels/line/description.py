"""A reader of LINE's own OpenAPI description that finds what is wrong with a request's body."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
}


class Description:
    """`wrong(body, name)` lists what the schema of that name does not allow, unknown fields among it."""

    def __init__(self, path: Path) -> None:
        self._schemas = yaml.safe_load(path.read_text())["components"]["schemas"]

    def wrong(self, value: Any, name: str) -> list[str]:
        return [*self._wrong(value, {"$ref": f"#/components/schemas/{name}"}, name)]

    def _wrong(self, value: Any, schema: dict[str, Any], where: str) -> Iterator[str]:
        schema = self._flat(self._kind(value, self._at(schema)))
        expected = _TYPES.get(schema.get("type", ""))
        if expected and not isinstance(value, expected):
            yield f"{where} is no {schema['type']}"
            return
        yield from _bounds(value, schema, where)
        if isinstance(value, dict) and "properties" in schema:
            known = schema["properties"]
            yield from (f"{where}.{each} is missing" for each in schema["required"] - value.keys())
            yield from (f"{where}.{each} is unknown" for each in value.keys() - known.keys())
            for name in value.keys() & known.keys():
                yield from self._wrong(value[name], known[name], f"{where}.{name}")
        if isinstance(value, list) and "items" in schema:
            for number, each in enumerate(value):
                yield from self._wrong(each, schema["items"], f"{where}[{number}]")

    def _at(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].rpartition("/")[2]]
        return schema

    def _kind(self, value: Any, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema that a discriminator's field names."""
        chosen = schema.get("discriminator")
        if not chosen or not isinstance(value, dict):
            return schema
        named = value.get(chosen["propertyName"])
        if named not in chosen["mapping"]:
            return {"type": "object", "properties": {}, "required": [f"kind {named!r}"]}
        return self._at({"$ref": chosen["mapping"][named]})

    def _flat(self, schema: dict[str, Any]) -> dict[str, Any]:
        """With what it inherits."""
        flat = {name: each for name, each in schema.items() if name != "allOf"}
        flat["properties"] = dict(schema.get("properties", {}))
        flat["required"] = set(schema.get("required", ()))
        for each in schema.get("allOf", ()):
            inherited = self._flat(self._at(each))
            flat["properties"] |= inherited["properties"]
            flat["required"] |= inherited["required"]
        if not flat["properties"] and not flat["required"]:
            del flat["properties"]
        return flat


def _bounds(value: Any, schema: dict[str, Any], where: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is none of {schema['enum']}"
    if isinstance(value, str) and not (
        schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
    ):
        yield f"{where} has {len(value)} characters"
    if isinstance(value, list) and not (
        schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
    ):
        yield f"{where} has {len(value)} entries"
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and not (schema.get("minimum", value) <= value <= schema.get("maximum", value))
    ):
        yield f"{where} is {value}"
