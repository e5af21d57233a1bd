"""Looks up the secrets that a source's settings refer to, and says in words when one cannot be had."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from salesboard_display.settings.secrets import SecretMissing, SecretRefused, Secrets, reveal
from salesboard_display.sources.contract import Stage, problem


def revealed(value: Any, stores: Secrets, written: Callable[[str], str] = str) -> Any:
    """A copy of the value with its secrets in it, each as ``written`` writes it. Blocks while the keyring is
    asked: seconds at most. Raises SourceError."""
    try:
        return reveal(value, lambda name: written(stores.get(name)))
    except SecretMissing as missing:
        closed = stores.troubles()
        if closed:
            raise problem(
                Stage.HTTP,
                "The secret {name} is nowhere that can be looked into; "
                "`salesboard-display secret set {name}` stores it. {why}",
                name=missing.name,
                why=closed[0],
            ) from None
        raise problem(
            Stage.HTTP,
            "The secret {name} is not kept anywhere here; `salesboard-display secret set {name}` stores it.",
            name=missing.name,
        ) from None
    except SecretRefused as refused:
        raise problem(Stage.HTTP, "No secret can be had: {why}", why=refused.message) from None
