"""Which template answers, if one does."""

from __future__ import annotations

from collections.abc import Sequence

from rejoinder.bots.voice.model import Template
from rejoinder.bots.voice.templates.context import Context
from rejoinder.bots.voice.templates.render import holds, render
from rejoinder.errors import Invalid


def pick(templates: Sequence[Template], context: Context) -> str | None:
    """The text of the first active template for the context's intent and language whose condition holds.

    One for the language goes before one for all. A template that shows what is not known here, or is none any more,
    is passed over. None: a model answers. It is for messages that hold nothing but that intent (`whole`).
    """
    fitting = [each for each in templates if each.active and context.intent in each.intents]
    own = [each for each in fitting if context.language in each.languages]
    for template in [*own, *(each for each in fitting if not each.languages)]:
        text = _filled(template, context)
        if text:
            return text
    return None


def _filled(template: Template, context: Context) -> str:
    try:
        return render(template.text, context) if holds(template.condition, context) else ""
    except Invalid:
        return ""
