"""All settings, in one frozen object. Only the composition roots (`cli`, `app`, `worker`) read it."""

from rejoinder.settings.load import load
from rejoinder.settings.model import Settings
from rejoinder.settings.unknown import Unknown, unknown_names

__all__ = ["Settings", "Unknown", "load", "unknown_names"]
