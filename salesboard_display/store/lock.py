"""A lock file that lets one process at a time work on something, says which one, and is free again when it
dies."""

from __future__ import annotations

import json
import os
import sys
from io import RawIOBase
from pathlib import Path

from salesboard_display.store.errors import StoreBusy, StoreUnavailable


class ProcessLock:
    """Holds ``path`` for this process; the operating system lets go of it when the process ends, however
    it ends.

    The file says who holds it: process id and boot id. On a file system without locks these two alone
    decide: an entry of a process that is gone, or of an earlier boot, is stale and reclaimed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: RawIOBase | None = None
        self.after_unclean_end = False
        """Whether the last holder ended without letting go."""

    def acquire(self) -> None:
        """Take the lock. Raises StoreBusy (with the holder's pid) or StoreUnavailable when the file cannot
        be made."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = open(self.path, "a+b", buffering=0)  # noqa: SIM115  kept open while the lock is held
        except OSError as error:
            raise StoreUnavailable("io", self.path, error.strerror or str(error)) from error
        try:
            holder = _read(file)
            if not _lock(file, holder):
                raise StoreBusy(self.path, holder.get("pid", 0))
            self.after_unclean_end = bool(holder)
            _write(file, {"pid": os.getpid(), "boot": boot_id()})
        except BaseException:
            file.close()
            raise
        self._file = file

    def release(self) -> None:
        """Let go; the file stays, empty. Nothing happens when the lock is not held."""
        if self._file is not None:
            _write(self._file, {})
            self._file.close()
            self._file = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None


def holder_of(path: Path) -> int:
    """The process id of who holds the lock now, 0 if nobody does (a stale entry counts as nobody)."""
    try:
        with open(path, "r+b", buffering=0) as file:
            holder = _read(file)
            return 0 if _lock(file, holder) else int(holder.get("pid", 0)) or -1
    except OSError:
        return 0


def boot_id() -> str:
    """What tells this boot of the machine from the one before; "" where nothing does."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _lock(file: RawIOBase, holder: dict[str, int]) -> bool:
    """Take the operating system's lock; False when somebody has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(1 << 20)  # beyond the text, so that others can read it
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # no locks on this file system
        return not _alive(holder)
    return True


def _alive(holder: dict[str, int]) -> bool:
    pid = holder.get("pid", 0)
    if not pid or pid == os.getpid() or holder.get("boot", "") != boot_id():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _read(file: RawIOBase) -> dict[str, int]:
    file.seek(0)
    try:
        holder = json.loads(file.read(4096) or b"{}")
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def _write(file: RawIOBase, holder: dict[str, object]) -> None:
    """Best effort: on a full disk the lock itself still holds, only its text is missing."""
    try:
        file.seek(0)
        file.truncate()
        if holder:
            file.write(json.dumps(holder).encode())
    except OSError:
        pass
