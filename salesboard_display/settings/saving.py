"""Changing the settings file: comments and order stay, it is replaced in one step, one backup is kept."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError

from salesboard_display.settings.disk import write_atomically
from salesboard_display.settings.environment import fill
from salesboard_display.settings.lines import split_key
from salesboard_display.settings.loading import Loaded, load_text, stamp_of
from salesboard_display.settings.model import VERSION
from salesboard_display.settings.problems import KeyPath, Problem, SettingsError, dotted, phrase
from salesboard_display.settings.reader import decode, read_bytes
from salesboard_display.settings.upgrades import VersionError, upgrade

REMOVE: Final = object()
"""As a new value: the key is taken out."""

_BOM = b"\xef\xbb\xbf"


def as_toml(value: str | list[str]) -> str:
    """A value as one writes it in the settings file."""
    return str(tomlkit.item(value).as_string())


def save(
    path: Path | str,
    changes: Mapping[str | KeyPath, Any],
    *,
    stamp: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Loaded:
    """Write the changed values into the file and return the settings it now holds.

    Keys are dotted as in the file (``boards.revenue.title``, ``sources.crm.facts[0].kind``) or tuples.
    Values are plain; REMOVE takes a key out; one that a `${env:…}` already stands for leaves that reference
    in place. A file that is not there is begun.

    ``stamp`` is that of the Loaded the changes were made to: a file edited meanwhile is refused.
    Raises SettingsError, and leaves the file as it was, when the result would not load or cannot be written.
    """
    path = Path(path)
    environ = os.environ if environ is None else environ
    before = _present(path)
    if stamp is not None and stamp_of(before or b"") != stamp:
        words = phrase("the settings to be loaded again: somebody else edited the file meanwhile")
        raise SettingsError([Problem(path, 0, "", "another file than was loaded", words)])
    text = decode(before, path) if before is not None else f"version = {VERSION}\n"
    changed = _changed(text, {_key_path(key): value for key, value in changes.items()}, path, environ)
    loaded = load_text(changed, path, environ)
    data = (_BOM if before is not None and before.startswith(_BOM) else b"") + changed.encode()
    if data != before:
        _replace(path, before, data)
    return loaded


def backup_path(path: Path | str) -> Path:
    """Where the text before the last save is kept: beside the file, with ``.bak`` at its end."""
    real = Path(os.path.realpath(path))
    return real.with_name(real.name + ".bak")


def _present(path: Path) -> bytes | None:
    return read_bytes(path) if path.exists() or path.is_symlink() else None


def _key_path(key: str | KeyPath) -> KeyPath:
    return split_key(key) if isinstance(key, str) else key


# ------------------------------------------------------------------------------------------------ the text
def _changed(text: str, changes: Mapping[KeyPath, Any], path: Path, environ: Mapping[str, str]) -> str:
    try:
        document = tomlkit.parse(text)
        wanted = tomllib.loads(text)
        upgrade(wanted)
        upgrade(document)
        for key, value in changes.items():
            kept = _put(wanted, key, value, environ)
            if kept:
                _put(document, key, value, environ)
        result = tomlkit.dumps(document)
        came_out = tomllib.loads(result)
    except VersionError as error:
        raise SettingsError([Problem(path, 0, "version", error.found, error.expected)]) from None
    except (TOMLKitError, tomllib.TOMLDecodeError):
        load_text(text, path, environ)  # says in which line, if the text itself is at fault
        raise SettingsError([_not_by_program(path, changes)]) from None
    except (KeyError, IndexError, TypeError) as error:
        raise SettingsError([_no_such_place(path, changes, error)]) from None
    if came_out != wanted:
        raise SettingsError([_not_by_program(path, changes)])
    return result


def _not_by_program(path: Path, changes: Mapping[KeyPath, Any]) -> Problem:
    keys = ", ".join(map(dotted, changes))
    return Problem(
        path, 0, keys, "a way of writing this program cannot change", "the change to be made by hand"
    )


def _no_such_place(path: Path, changes: Mapping[KeyPath, Any], error: Exception) -> Problem:
    keys = ", ".join(map(dotted, changes))
    return Problem(
        path,
        0,
        keys,
        phrase("no place to write to ({error})", error=str(error)),
        "keys of tables that the file has",
    )


def _put(document: MutableMapping[str, Any], key: KeyPath, value: Any, environ: Mapping[str, str]) -> bool:
    """Set or remove one value; False when it is already what stands there (perhaps by a reference)."""
    node: Any = document
    for part in key[:-1]:
        if isinstance(part, str) and part not in node:
            if value is REMOVE:
                return False
            node[part] = (
                tomlkit.table() if isinstance(node, tomlkit.TOMLDocument | tomlkit.items.Table) else {}
            )
        node = node[part]
    last = key[-1]
    there = last in node if isinstance(last, str) else True
    if value is REMOVE:
        if there:
            del node[last]
        return there
    if there and _same(node[last], value, environ):
        return False
    node[last] = value
    return True


def _same(literal: Any, value: Any, environ: Mapping[str, str]) -> bool:
    plain = literal.unwrap() if hasattr(literal, "unwrap") else literal
    filled = fill({"value": plain}, environ)
    return not filled.missing and type(plain) is type(value) and bool(filled.document["value"] == value)


# ------------------------------------------------------------------------------------------------ the file
def _replace(path: Path, before: bytes | None, data: bytes) -> None:
    """Put ``data`` in the place of ``before``; a link stays a link, permissions stay."""
    real = Path(os.path.realpath(path))
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        mode = stat.S_IMODE(real.stat().st_mode) if before is not None else 0o600
        if before is not None:
            write_atomically(backup_path(path), before, mode)
        if _present(real) != before:
            words = phrase("the settings to be loaded again: somebody else edited the file meanwhile")
            raise SettingsError([Problem(path, 0, "", "another file than was loaded", words)])
        write_atomically(real, data, mode)
    except OSError as error:
        found = phrase("that the file cannot be written ({error})", error=error.strerror or str(error))
        raise SettingsError(
            [Problem(path, 0, "", found, "free room and permission to write there")]
        ) from None
