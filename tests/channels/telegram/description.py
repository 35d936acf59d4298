"""A reader of the Bot API's description that finds what is wrong with a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_SIMPLE: dict[str, tuple[type, ...]] = {
    "String": (str,),
    "Integer": (int,),
    "Float": (int, float),
    "Boolean": (bool,),
    "True": (bool,),
    "InputFile": (bytes,),
}

_LISTS = "Array of "


class Description:
    """The description's methods and types."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._methods = found["methods"]
        self._types = found["types"]

    def wrong(self, method: str, given: Mapping[str, Any]) -> list[str]:
        """All that is wrong with a call; uploaded files are bytes."""
        if method not in self._methods:
            return [f"there is no method {method}"]
        return [*self._fields(method, self._methods[method].get("fields", []), given)]

    def names(self, method: str) -> dict[str, list[str]]:
        """A method's fields and their types."""
        return {each["name"]: each["types"] for each in self._methods[method].get("fields", [])}

    def updates(self) -> set[str]:
        """The kinds of updates."""
        return {each["name"] for each in self._types["Update"]["fields"]} - {"update_id"}

    def fields(self, name: str) -> set[str]:
        """A type's fields."""
        return {each["name"] for each in self._types[name]["fields"]}

    def _fields(self, where: str, fields: list[Any], given: Mapping[str, Any]) -> Iterator[str]:
        known = {each["name"]: each for each in fields}
        for name in given.keys() - known.keys():
            yield f"{where}.{name} is not known"
        for name, each in known.items():
            if name in given:
                if not any(self._fits(kind, given[name]) for kind in each["types"]):
                    yield f"{where}.{name} is no {' or '.join(each['types'])}"
            elif each["required"]:
                yield f"{where}.{name} is missing"

    def _fits(self, kind: str, value: Any) -> bool:
        if kind.startswith(_LISTS):
            inner = kind.removeprefix(_LISTS)
            return isinstance(value, list) and all(self._fits(inner, each) for each in value)
        if kind in _SIMPLE:
            right = isinstance(value, _SIMPLE[kind])
            return right and (kind in ("Boolean", "True") or not isinstance(value, bool))
        found = self._types[kind]
        if "subtypes" in found:
            return any(self._fits(each, value) for each in found["subtypes"])
        return isinstance(value, dict) and not [*self._fields(kind, found["fields"], value)]
