"""Keeps one source's refresh token from one start to the next."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any

from salesboard_display.settings.secrets import SecretRefused, Secrets
from salesboard_display.sources.contract import Stage, problem


class Vault:
    """A source's refresh token among the secrets, as ``SOURCE.refresh-token``.

    It is kept with the time it came, for a keyring that was locked for a while has an older one than the
    file; and with a trace of the token it goes back to, so that one newly given in the settings wins.
    """

    def __init__(self, secrets: Secrets, source: str) -> None:
        self._secrets, self.name = secrets, f"{source}.refresh-token"

    async def get(self, first: str) -> str:
        """The newest token that goes back to ``first`` (what the settings hold, "" for nothing), else
        ``first``."""
        return await asyncio.to_thread(self._newest, first)

    async def put(self, token: str, first: str, now_s: float) -> None:
        """Keep a token; it is safe once this returns. Raises SourceError when it cannot be kept."""
        kept = json.dumps({"token": token, "saved_ms": int(now_s * 1000), "from": _trace(first)})
        try:
            await asyncio.to_thread(self._secrets.put, self.name, kept)
        except (SecretRefused, OSError) as refused:
            raise problem(
                Stage.HTTP,
                "The new sign-in cannot be kept, so it is not used: {why}",
                why=refused.message if isinstance(refused, SecretRefused) else refused.strerror or "",
            ) from None

    def _newest(self, first: str) -> str:
        try:
            kept = [_parsed(text) for text in self._secrets.every(self.name)]
        except SecretRefused as refused:
            raise problem(Stage.HTTP, "No secret can be had: {why}", why=refused.message) from None
        mine = [one for one in kept if one and (not first or one.get("from") in ("", _trace(first)))]
        if not mine:
            return first
        return str(max(mine, key=lambda one: int(one.get("saved_ms", 0)))["token"])


def _parsed(text: str) -> dict[str, Any]:
    """What was kept; a token that somebody put there by hand is taken as it is."""
    try:
        kept = json.loads(text)
    except ValueError:
        return {"token": text, "from": ""}
    return kept if isinstance(kept, dict) and kept.get("token") else {}


def _trace(first: str) -> str:
    return hashlib.sha256(first.encode()).hexdigest()[:16] if first else ""
