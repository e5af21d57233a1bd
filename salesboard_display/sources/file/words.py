"""What can be wrong with a file, in words."""

from __future__ import annotations

import errno
from pathlib import Path

from salesboard_display.core.messages import Message
from salesboard_display.sources.contract import SourceError, Stage, problem

AGAIN_S = 10.0


def cannot_open(path: Path, error: OSError) -> SourceError:
    """The words for an error of the operating system."""
    name = str(path)
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        if not path.parent.is_dir():
            return problem(
                Stage.FILE,
                "The folder {folder} is missing. Is the drive or network share connected?",
                folder=str(path.parent),
            )
        return problem(
            Stage.FILE,
            "The file {path} is missing. Put it there, or change `path` in the settings.",
            path=name,
        )
    if isinstance(error, IsADirectoryError):
        return problem(Stage.FILE, "{path} is a folder; the name of a file is expected.", path=name)
    if isinstance(error, PermissionError):
        return problem(
            Stage.FILE,
            "The file {path} may not be read: another program locks it, or this user has no permission.",
            path=name,
        )
    if error.errno in (
        errno.ESTALE,
        errno.EIO,
        errno.ENODEV,
        errno.EHOSTDOWN,
        errno.ENOTCONN,
        errno.ETIMEDOUT,
    ):
        return problem(
            Stage.FILE,
            "The drive or network share with {path} does not answer ({error}).",
            path=name,
            error=error.strerror or str(error),
        )
    return problem(
        Stage.FILE, "The file {path} cannot be read: {error}.", path=name, error=error.strerror or str(error)
    )


def not_answering(path: Path) -> SourceError:
    """A drive that does not even say whether the file is there."""
    return problem(
        Stage.FILE, "The drive or network share with {path} does not answer. Is it connected?", path=str(path)
    )


def being_written(path: Path) -> SourceError:
    """Somebody is writing it at this moment."""
    return problem(
        Stage.FILE,
        "{file} is being written; it is read when it has been left alone for a moment.",
        retry_after_s=AGAIN_S,
        file=path.name,
    )


def is_empty(path: Path) -> SourceError:
    """Not a byte, or nothing that is a record."""
    return problem(
        Stage.FORMAT, "{file} is empty. The last good data stays.", retry_after_s=AGAIN_S, file=path.name
    )


def is_cut(path: Path, where: Message) -> SourceError:
    """It ends in the middle of something."""
    return problem(
        Stage.FORMAT,
        "{file} is cut off: {where}. The last good data stays until the file is complete.",
        retry_after_s=AGAIN_S,
        file=path.name,
        where=where,
    )


def is_not(path: Path, kind: str, why: Message) -> SourceError:
    """Something else than it should be."""
    return problem(
        Stage.FORMAT, "{file} is not a readable {kind} file: {why}.", file=path.name, kind=kind, why=why
    )


def shrank(path: Path, before: int, now: int) -> SourceError:
    """Much less in it than before; believed at the second reading."""
    return problem(
        Stage.FORMAT,
        "{file} has {now} records where it had {before}. If that is meant, it counts at the next reading.",
        retry_after_s=AGAIN_S,
        file=path.name,
        now=now,
        before=before,
    )
