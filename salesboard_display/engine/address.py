"""Where the engine of a store listens: a path that whoever knows the store can work out."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

_LONGEST = 100
"""How long a Unix socket's path may be, in bytes: 108 on Linux, 104 elsewhere, with its final zero."""


def socket_path(store: str | Path) -> Path:
    """The engine's socket for a store (its path or URL): beside it, whatever the environment says, so that a
    command from a cron job or over SSH finds it too; in this user's folder in /tmp where that path is too
    long."""
    beside = Path(f"{store}.socket")
    if "://" not in str(store) and len(os.fsencode(beside)) <= _LONGEST:
        return beside
    digest = hashlib.sha256(os.fsencode(str(store))).hexdigest()[:16]
    return Path("/tmp") / f"salesboard-{os.getuid()}" / f"{digest}.sock"
