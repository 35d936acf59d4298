"""What a customer sees of a message: its text, and what can be tapped with what comes back."""

from __future__ import annotations

from rejoinder.channels.whatsapp_cloud.played.forms import Message, Template
from rejoinder.channels.whatsapp_cloud.played.interactive import Buttons, Interactive, Link


def looks(asked: Message) -> tuple[str, dict[str, str]]:
    """The text, and titles with their ids."""
    if asked.interactive is not None:
        return asked.interactive.body.text, _taps(asked.interactive)
    captioned = asked.image or asked.video or asked.document
    if captioned is not None:
        return captioned.caption or f"[{asked.type}]", {}
    if asked.text is not None:
        return asked.text.body, {}
    if asked.template is not None:
        return _filled(asked.template), {}
    if asked.reaction is not None:
        return asked.reaction.emoji, {}
    if asked.location is not None:
        place = f"{asked.location.latitude}, {asked.location.longitude}"
        return asked.location.name or place, {}
    if asked.contacts is not None:
        return ", ".join(each.name.formatted_name for each in asked.contacts), {}
    return f"[{asked.type}]", {}


def _taps(interactive: Interactive) -> dict[str, str]:
    action = interactive.action
    if isinstance(action, Buttons):
        return {each.reply.title: each.reply.id for each in action.buttons}
    if isinstance(action, Link):
        return {action.parameters.display_text: action.parameters.url}
    return {row.title: row.id for section in action.sections for row in section.rows}


def _filled(template: Template) -> str:
    texts = [
        str(parameter["text"])
        for component in template.components
        for parameter in component.parameters
        if "text" in parameter
    ]
    return f"[template {template.name}] {' | '.join(texts)}".rstrip()
