"""How snapshots and commands cross the local socket: length-prefixed JSON frames of plain values."""

from __future__ import annotations

import json
import struct
import types
import typing
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin

MAX_FRAME_BYTES = 16 * 2**20
_LENGTH = struct.Struct(">I")
T = TypeVar("T")


class WireError(ValueError):
    """A frame that is too long or not what was agreed."""


def frame(message: dict[str, Any]) -> bytes:
    """The bytes of one message: 4 bytes length (big endian), then UTF-8 JSON. Raises WireError when too
    long."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    if len(body) > MAX_FRAME_BYTES:
        raise WireError(f"a message of {len(body)} bytes is longer than {MAX_FRAME_BYTES}")
    return _LENGTH.pack(len(body)) + body


class Deframer:
    """Cuts a byte stream into messages; feed it whatever arrived."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """The messages completed by these bytes. Raises WireError on a frame that cannot be."""
        self._buffer += data
        messages: list[dict[str, Any]] = []
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > MAX_FRAME_BYTES:
                raise WireError(f"a frame of {length} bytes is longer than {MAX_FRAME_BYTES}")
            if len(self._buffer) < _LENGTH.size + length:
                break
            body = bytes(self._buffer[_LENGTH.size : _LENGTH.size + length])
            del self._buffer[: _LENGTH.size + length]
            messages.append(_message(body))
        return messages


def _message(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body)
    except ValueError as error:
        raise WireError(f"a frame is not JSON: {error}") from error
    if not isinstance(message, dict):
        raise WireError("a frame is not a JSON object")
    return message


def to_plain(value: Any) -> Any:
    """A dataclass (nested as needed) as dicts, lists and scalars, ready for JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (tuple, list)):
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: type[T], plain: Any) -> T:
    """The dataclass ``kind`` from what to_plain made of it; missing fields take defaults, unknown ones are
    ignored.

    Raises WireError when a value does not fit its field.
    """
    return typing.cast(T, _build(kind, plain))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _build(kind: Any, plain: Any) -> Any:
    if is_dataclass(kind):
        if not isinstance(plain, dict):
            raise WireError(f"{kind} expected, found {type(plain).__name__}")
        hints = _hints(typing.cast(type, kind))
        try:
            return kind(**{name: _build(hint, plain[name]) for name, hint in hints.items() if name in plain})  # type: ignore[operator]
        except TypeError as error:
            raise WireError(f"{kind}: {error}") from error
    origin = get_origin(kind)
    if origin is tuple:
        return tuple(_build(get_args(kind)[0], item) for item in _expect(list, plain))
    if origin in (Union, types.UnionType):
        options = [option for option in get_args(kind) if option is not type(None)]
        return None if plain is None else _build(options[0], plain)
    if kind is float:
        return float(_expect((int, float), plain))
    return _expect(kind, plain)


def _expect(kind: Any, plain: Any) -> Any:
    if not isinstance(plain, kind) or (isinstance(plain, bool) and kind is int):
        raise WireError(f"{kind} expected, found {plain!r:.40}")
    return plain
