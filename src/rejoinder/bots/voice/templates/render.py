"""A template and what is known become a text."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from jinja2 import Template, TemplateError, UndefinedError

from rejoinder.bots.voice.templates.check import LONGEST, check_condition, check_text, sandbox
from rejoinder.bots.voice.templates.context import Context
from rejoinder.errors import Invalid

_KEPT = 2_000  # compiled, the last used; one takes a few kilobytes


def render(text: str, context: Context) -> str:
    """The text with its variables filled in, without spaces around it.

    Raises Invalid for a template that is none, for a variable that has no value, and for more than 4,000 characters.
    """
    made: list[str] = []
    length = 0
    try:
        for piece in _compiled(text).generate(context.variables()):
            length += len(piece)
            if length > LONGEST:
                raise Invalid(
                    f"The template makes more than {LONGEST} characters of this.",
                    mend="Show less, or shorten with |truncate(200).",
                    where="text",
                )
            made.append(piece)
    except UndefinedError as missing:
        raise Invalid(
            f"Something the template shows is not known here: {missing.message}.",
            mend='Say what stands in for it: {{ contact.name|default("there") }}.',
            where="text",
            code="variable_missing",
        ) from None
    except (TemplateError, TypeError, ValueError, OverflowError, ArithmeticError) as wrong:
        raise Invalid(
            f"The template can't be filled in: {wrong}.",
            mend="A filter or a comparison got a value it can't work with.",
            where="text",
        ) from None
    return "".join(made).strip()


def holds(condition: str, context: Context) -> bool:
    """Whether the condition holds; what asks for something that is not known does not. Raises Invalid for none."""
    if not condition.strip():
        return True
    try:
        return bool(_expression(condition)(**context.variables()))
    except (TemplateError, TypeError, ValueError, OverflowError, ArithmeticError):
        return False


@lru_cache(maxsize=_KEPT)
def _compiled(text: str) -> Template:
    check_text(text)  # the row may be from another version, or from another program
    return sandbox().from_string(text)


@lru_cache(maxsize=_KEPT)
def _expression(condition: str) -> Callable[..., object]:
    check_condition(condition)
    return sandbox().compile_expression(condition, undefined_to_none=True)
