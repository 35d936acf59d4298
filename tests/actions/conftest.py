"""Every chat platform there is, played on loopback."""

from tests.channels.conformance.conftest import house, out, plugged

__all__ = ["house", "out", "plugged"]
