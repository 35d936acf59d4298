"""What all processes share and may lose: rate limits."""

from rejoinder.state.limits import hit, reserve, room

__all__ = ["hit", "reserve", "room"]
