"""Which class plays a platform: the one in `simulated`, beside its adapter, whose name begins with `Simulated`."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import cast
from uuid import UUID

from rejoinder.channels.port.adapter import Account, Platform
from rejoinder.channels.port.simulated import Simulated
from rejoinder.channels.registry import platform, platforms
from rejoinder.errors import Setup


def adapter_of(name: str) -> Platform:
    """The adapter of that platform. Raises Setup where there is none."""
    found = platform(name)
    if found is None:
        raise Setup(
            f"There is no chat platform {name!r}.",
            mend=f"There are {', '.join(platforms())}.",
            code="no_platform",
        )
    return found


def simulated_of(name: str) -> type[Simulated]:
    """The class that plays that platform. Raises Setup where there is none."""
    package = type(adapter_of(name)).__module__.rpartition(".")[0]
    try:
        module = import_module(f"{package}.simulated")
    except ModuleNotFoundError as missing:
        if missing.name != f"{package}.simulated":
            raise
        raise _not_played(name, package) from None
    for _, found in inspect.getmembers(module, inspect.isclass):
        if found is not Simulated and found.__name__.startswith("Simulated"):
            return cast("type[Simulated]", found)
    raise _not_played(name, package)


def played_account(name: str, base_url: str, channel_id: UUID) -> Account:
    """The account that both sides share at the simulator, whose address is `base_url`."""
    return Account(
        channel_id=channel_id,
        settings={"base_url": base_url},
        credentials=dict(simulated_of(name).credentials),
        allow_private_networks=True,
    )


def _not_played(name: str, package: str) -> Setup:
    return Setup(
        f"Nothing plays the platform {name!r}.",
        mend=f"Its package wants a module {package}.simulated with a class whose name begins with Simulated.",
        code="not_simulated",
    )
