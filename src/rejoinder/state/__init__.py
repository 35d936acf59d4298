"""What all processes share and may lose: rate limits."""

from rejoinder.state.limits import hit

__all__ = ["hit"]
