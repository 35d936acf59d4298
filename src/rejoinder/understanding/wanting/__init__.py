"""What the customer wants: an intent from cues and their places, and whether a person is needed."""

from rejoinder.understanding.wanting.intent import intent
from rejoinder.understanding.wanting.people import asks_person, needs_people

__all__ = ["asks_person", "intent", "needs_people"]
