"""How snapshots and commands cross the local socket: length-prefixed JSON frames of plain values."""

from __future__ import annotations

import json
import struct
import types
import typing
from collections.abc import Callable
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
    kind: Any = type(value)
    names = _nested_fields(kind)
    if names is not None:
        return {
            name: to_plain(getattr(value, name)) if nested else getattr(value, name) for name, nested in names
        }
    if kind is tuple or kind is list:
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: type[T], plain: Any) -> T:
    """The dataclass ``kind`` from what to_plain made of it; missing fields take defaults, unknown ones are
    ignored.

    Raises WireError when a value does not fit its field.
    """
    known: Any = kind
    return typing.cast(T, _builder(known)(plain))


# Both ways know a class's fields once and for all: a snapshot has hundreds of values, and stands between a
# fact and its picture.

_SCALARS = (str, int, float, bool)
_Builder = Callable[[Any], Any]


@cache
def _nested_fields(kind: type) -> tuple[tuple[str, bool], ...] | None:
    """The fields of a dataclass and whether they may hold more than a scalar; None for anything else."""
    if not is_dataclass(kind):
        return None
    hints = typing.get_type_hints(kind)
    return tuple((field.name, hints[field.name] not in _SCALARS) for field in fields(kind))


@cache
def _builder(kind: Any) -> _Builder:
    """What makes a value of this type from a plain one."""
    if is_dataclass(kind):
        return _dataclass_builder(typing.cast(type, kind))
    origin = get_origin(kind)
    if origin is tuple:
        item = _builder(get_args(kind)[0])
        return lambda plain: tuple([item(one) for one in _expect(list, plain)])
    if origin in (Union, types.UnionType):
        some = _builder(next(option for option in get_args(kind) if option is not type(None)))
        return lambda plain: None if plain is None else some(plain)
    if kind is float:
        return lambda plain: float(plain if type(plain) in (float, int) else _expect(float, plain))
    return lambda plain: plain if type(plain) is kind else _expect(kind, plain)


def _dataclass_builder(kind: type) -> _Builder:
    builders = [(name, _builder(hint)) for name, hint in typing.get_type_hints(kind).items()]

    def build(plain: Any) -> Any:
        if type(plain) is not dict:
            raise WireError(f"{kind} expected, found {type(plain).__name__}")
        try:
            return kind(**{name: make(plain[name]) for name, make in builders if name in plain})
        except TypeError as error:
            raise WireError(f"{kind}: {error}") from error

    return build


def _expect(kind: Any, plain: Any) -> Any:
    if not isinstance(plain, kind) or (isinstance(plain, bool) and kind is int):
        raise WireError(f"{kind} expected, found {plain!r:.40}")
    return plain
