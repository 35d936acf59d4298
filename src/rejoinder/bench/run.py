"""One run of the bench: begin everything, measure in rounds, end everything, report."""

from __future__ import annotations

import asyncio
import resource
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from pydantic_core import to_json

from rejoinder.app.sample import SLUG
from rejoinder.bench import store, yardstick
from rejoinder.bench.figures import report
from rejoinder.bench.load import load
from rejoinder.bench.machine import machine
from rejoinder.bench.processes import server, stub
from rejoinder.bench.report import Report, lines
from rejoinder.bench.stretches import (
    NAME,
    Busy,
    Measured,
    Paced,
    Rig,
    Sizes,
    acknowledge,
    burst,
    full_turns,
    overhead,
)
"""
