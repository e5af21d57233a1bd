"""Where the engine of a store listens: a path that whoever knows the store can work out."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


def socket_path(store: str | Path) -> Path:
    """The engine's socket for a store (its path or URL); short, as Unix sockets allow some 100 characters only."""
    digest = hashlib.sha256(str(store).encode()).hexdigest()[:16]
    folder = os.environ.get("XDG_RUNTIME_DIR") or f"{tempfile.gettempdir()}/salesboard-{os.getuid()}"
    return Path(folder) / f"salesboard-{digest}.sock"
