"""Fields that a good answer must not be lost for, whatever a server puts there."""

from __future__ import annotations

from typing import Annotated

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator


def _or_none(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError:
        return None


OR_NONE = WrapValidator(_or_none)
"""In an annotation of a field that may be None: None where something else stands."""

Text = Annotated[str | None, OR_NONE]
