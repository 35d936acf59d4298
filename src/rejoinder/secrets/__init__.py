"""The installation's one secret key, what is derived from it, tokens signed with that, and private files."""

from rejoinder.secrets.file import replace_private
from rejoinder.secrets.keys import derive, load_key
from rejoinder.secrets.signed import sign, verify

__all__ = ["derive", "load_key", "replace_private", "sign", "verify"]
