"""The installation's secret keys, what is derived from them, tokens signed and credentials sealed with that."""

from rejoinder.secrets.file import replace_private
from rejoinder.secrets.keys import Keys, derive, derive_each, load_keys
from rejoinder.secrets.signed import sign, verify

__all__ = ["Keys", "derive", "derive_each", "load_keys", "replace_private", "sign", "verify"]
