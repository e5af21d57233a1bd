"""`${secret:NAME}` in the settings: where secrets are kept, and how a source gets them.

Settings keep the reference; only a source that is about to use the secret looks it up. So no value of a
secret is ever part of the settings, of what is made of them, or of an error about them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import SecretStr

from salesboard_display.core.messages import Message
from salesboard_display.settings.problems import KeyPath, phrase

_REFERENCE = re.compile(r"\$(?P<literal>\$\{secret:)|\$\{secret:(?P<name>[^}]*)\}?")
_USERS = (("sources",), ("network",))
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


class SecretMissing(Exception):
    """No store has a secret of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the secret {name} is kept nowhere")
        self.name = name


class SecretRefused(Exception):
    """A store cannot be used, or cannot keep this secret; ``message`` says why and what to do."""

    def __init__(self, text: str, **args: str) -> None:
        super().__init__(text.format_map(args))
        self.message = Message(text, tuple(args.items()))


@dataclass(frozen=True, slots=True)
class Kept:
    """A secret's name and the store that has it; never its value."""

    name: str
    where: Message


class SecretStore(Protocol):
    """One place where secrets are kept."""

    where: Message
    """What it is called in words."""
    writable: bool

    def get(self, name: str) -> str | None:
        """The secret, None when it is not there. Raises SecretRefused where the place must not be used."""
        ...

    def put(self, name: str, value: str) -> bool:
        """Keep it, once this returns for good; False where this store cannot be used now."""
        ...

    def names(self) -> tuple[str, ...]:
        """The names it has, as far as it can tell."""
        ...

    def trouble(self) -> Message | None:
        """Why it is treated as if it were not there, None when all is well."""
        ...


class Secrets:
    """The stores in the order in which they are asked."""

    def __init__(self, stores: tuple[SecretStore, ...]) -> None:
        self.stores = stores

    def get(self, name: str) -> str:
        """The secret from the first store that has it. Blocks, for some seconds at most.

        Raises SecretMissing, or SecretRefused where a store has it but must not be used.
        """
        for store in self.stores:
            value = store.get(name)
            if value is not None:
                return value
        raise SecretMissing(name)

    def every(self, name: str) -> Iterator[str]:
        """The secret from each store that has it: a store that was closed for a while has an older one."""
        for store in self.stores:
            value = store.get(name)
            if value is not None:
                yield value

    def put(self, name: str, value: str) -> Message:
        """Keep a secret in the first store that can; that store in words. Raises SecretRefused."""
        if not is_name(name):
            raise SecretRefused(
                "“{name}” is no name for a secret: letters, digits, '_', '.' and '-' can be used.", name=name
            )
        for store in self.stores:
            if store.writable and store.put(name, value):
                return store.where
        raise SecretRefused("Nothing here can keep a secret.")

    def kept(self, names: tuple[str, ...] = ()) -> tuple[Kept, ...]:
        """Every secret that can be listed, and those of ``names`` that are somewhere."""
        found = [(name, at) for at, store in enumerate(self.stores) for name in store.names()]
        for name in names:
            found += [(name, at) for at, store in enumerate(self.stores) if store.get(name) is not None]
        return tuple(Kept(name, self.stores[at].where) for name, at in sorted(set(found)))

    def troubles(self) -> tuple[Message, ...]:
        """What is wrong with stores, in words."""
        return tuple(said for store in self.stores if (said := store.trouble()) is not None)


def is_name(name: str) -> bool:
    """Whether a secret may be called so."""
    return _NAME.fullmatch(name) is not None


def names_in(value: Any) -> frozenset[str]:
    """The names of all secrets that a setting, or all settings below it, refer to."""
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, Mapping):
        return frozenset().union(*(names_in(item) for item in value.values()))
    if isinstance(value, (list, tuple)):
        return frozenset().union(*(names_in(item) for item in value))
    if not isinstance(value, str):
        return frozenset()
    return frozenset(match["name"] for match in _REFERENCE.finditer(value) if match["name"])


def reveal(value: Any, get: Callable[[str], str]) -> Any:
    """A copy in which every reference is replaced by what ``get`` has; `$${secret:` is a literal
    `${secret:`."""
    if isinstance(value, Mapping):
        return {key: reveal(item, get) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [reveal(item, get) for item in value]
    if not isinstance(value, str):
        return value
    return _REFERENCE.sub(lambda match: match["literal"] or get(match["name"]), value)


def misused(document: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str, str]]:
    """(key, found, expected) of every reference that is no reference, or stands where none is looked up."""
    return _misused(document, ())


def _misused(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _misused(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _misused(item, (*path, index))
    elif isinstance(value, str) and "${secret:" in value:
        for match in _REFERENCE.finditer(value):
            if match["literal"]:
                continue
            if not match.group().endswith("}") or not is_name(match["name"]):
                yield (
                    path,
                    f'"{match.group()}"',
                    phrase("${{secret:NAME}}, of letters, digits, '_', '.' and '-'"),
                )
            elif path[:1] not in _USERS:
                yield path, match.group(), phrase("no secret here: only sources use them")
