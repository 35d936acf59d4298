"""What is old goes: jobs, prompts, events, closed conversations, resolved dead letters."""

from rejoinder.turns.upkeep.retention.forget import Cleaned, Keep, clean, clean_hourly

__all__ = ["Cleaned", "Keep", "clean", "clean_hourly"]
