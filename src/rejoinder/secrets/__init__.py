"""The installation's one secret key, what is derived from it, and tokens signed with that."""

from rejoinder.secrets.keys import derive, load_key
from rejoinder.secrets.signed import sign, verify

__all__ = ["derive", "load_key", "sign", "verify"]
