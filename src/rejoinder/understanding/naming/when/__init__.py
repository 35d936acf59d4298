"""Days and times in five languages, relative to the contact's clock."""

from rejoinder.understanding.naming.when.read import moments, zone

__all__ = ["moments", "zone"]
