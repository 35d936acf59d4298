"""The channel log: every request to a platform and from it, without secrets, for a while."""

from rejoinder.channels.log.keep import ChannelLog
from rejoinder.channels.log.model import Entry

__all__ = ["ChannelLog", "Entry"]
