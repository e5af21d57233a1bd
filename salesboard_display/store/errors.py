"""What can go wrong with the store, in words a manager understands."""

from __future__ import annotations

from pathlib import Path

from salesboard_display.core.messages import Arg, message

TEXTS: dict[str, str] = {
    "store-full": "The disk is full: nothing new can be kept until there is room ({path})",
    "store-read-only": "The store cannot be written to: the file or its disk is read-only ({path})",
    "store-io": "The disk reports an error: {why} ({path})",
    "store-locked": "Another program holds the store locked ({path})",
    "store-unreachable": "The database does not answer: {why}",
    "store-busy": "Process {pid} is writing to this store already ({path})",
    "store-busy-somebody": "Another process is writing to this store already ({path})",
    "store-damaged": "The store is damaged: {why} ({path}). "
    "It is set aside and a backup restored at the next start.",
    "store-missing": "There is no store yet ({path})",
    "store-newer": "A newer version of this program made the store ({path}). Install that version again.",
    "store-older": "The store is from an older version of this program ({path}). "
    "Start the wall once: it upgrades it.",
    "store-upgrade-failed": "The store could not be upgraded ({path}): {why}",
    "store-attribute-sets": "Source {source}: more than {limit} different sets of attributes; {attribute} "
    "alone has {values} different values. Move it from attributes to detail in the mapping.",
    "store-for-reading": "This store was opened for reading only",
    "store-sync-running": "A sync of source {source} is being applied already",
    "store-doubted": "Source {source} gives {now} facts where it had {before}. "
    "They stay until it has said so for an hour.",
    "store-doubted-kind": "Source {source} gives {now} “{kind}” facts where it had {before}. "
    "They stay until it has said so for an hour.",
    "fact-cannot-be-kept": "a text is not valid Unicode, a number is beyond 64 bits, or nobody is credited",
    "store-doubted-people": "Source {source} lists {now} of the {before} people it listed. "
    "They stay until it has said so for an hour.",
    "store-restored": "The store was damaged and is set aside as {aside}. The backup {backup} is in use; "
    "sources fill in what is newer.",
    "store-begun-anew": "The store was damaged and is set aside as {aside}. There is no backup: "
    "every source is read anew.",
}
"""The English of every text the store makes."""


class StoreError(Exception):
    """The store cannot do what was asked; ``message`` (and, in English, the text) says why and what to do."""

    def __init__(self, id_: str, **args: Arg) -> None:
        super().__init__(TEXTS[id_].format(**args))
        self.message = message(id_, **args)


class StoreUnavailable(StoreError):
    """The disk is full, read-only or failing: nothing was half written, and the same call may work later.

    ``reason`` is "full", "read-only", "io", "locked" or "unreachable".
    """

    def __init__(self, reason: str, path: Path | None, why: str = "") -> None:
        wanted: dict[str, dict[str, Arg]] = {
            "io": {"why": why, "path": str(path)},
            "unreachable": {"why": why},
        }
        super().__init__(f"store-{reason}", **wanted.get(reason, {"path": str(path)}))
        self.reason = reason


class SyncLost(StoreUnavailable):
    """A part of a received sync cannot be read any more: the sync was thrown away whole, the next poll
    brings it."""


class SyncDoubted(StoreError):
    """Most facts of the source, or of one ``kind`` of it, or most people would be gone: they stay for now.

    The sync was thrown away whole; the same one is believed when it has come for long enough.
    """

    def __init__(
        self, source: str, before: int, now: int, kind: str | None = None, *, people: bool = False
    ) -> None:
        if people:
            super().__init__("store-doubted-people", source=source, now=now, before=before)
        elif kind is None:
            super().__init__("store-doubted", source=source, now=now, before=before)
        else:
            super().__init__("store-doubted-kind", source=source, now=now, before=before, kind=kind)


class StoreBusy(StoreError):
    """Another process writes to this store; ``pid`` is its process id, 0 if it is not known."""

    def __init__(self, path: Path, pid: int) -> None:
        if pid:
            super().__init__("store-busy", pid=str(pid), path=str(path))
        else:
            super().__init__("store-busy-somebody", path=str(path))
        self.path = path
        self.pid = pid


class StoreDamaged(StoreError):
    """The database file is damaged: it is set aside and a backup restored when the store is opened next."""


class StoreMissing(StoreError):
    """There is no store to read yet."""


class TooManyAttributeSets(StoreError):
    """A source's facts have more distinct sets of attributes than can be filtered on quickly.

    ``attribute`` is the one with the most distinct values: it belongs into the mapping's ``detail`` instead.
    """

    def __init__(self, source: str, attribute: str, values: int, limit: int) -> None:
        super().__init__(
            "store-attribute-sets", source=source, attribute=attribute, values=values, limit=limit
        )
        self.attribute = attribute
        self.values = values
