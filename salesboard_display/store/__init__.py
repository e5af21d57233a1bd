"""Facts on disk: SQLAlchemy Core over SQLite by default, another database by URL."""

from __future__ import annotations

from salesboard_display.store.aggregates import StoredFigures
from salesboard_display.store.directory import IdentityRow, PersonWord
from salesboard_display.store.errors import (
    TEXTS,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreMissing,
    StoreUnavailable,
    SyncDoubted,
    SyncLost,
    TooManyAttributeSets,
)
from salesboard_display.store.lock import ProcessLock
from salesboard_display.store.opening import StoreOpened
from salesboard_display.store.staging import Staging
from salesboard_display.store.states import SourceState
from salesboard_display.store.store import Store

__all__ = [
    "TEXTS",
    "IdentityRow",
    "PersonWord",
    "ProcessLock",
    "SourceState",
    "Staging",
    "Store",
    "StoreBusy",
    "StoreDamaged",
    "StoreError",
    "StoreMissing",
    "StoreOpened",
    "StoreUnavailable",
    "StoredFigures",
    "SyncDoubted",
    "SyncLost",
    "TooManyAttributeSets",
]
