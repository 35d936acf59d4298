"""The `local` model: no network and no large model; it quotes the knowledge base or says it doesn't know.

`intents` tells small talk and the wish for a person from questions, `pick` finds what a passage says to
a question, `phrases` holds the set texts, `compose` makes the one answer, `understand` tells intent and
feeling, `model` is pydantic-ai's port.
"""
