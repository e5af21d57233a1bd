"""The keyring of a Linux desktop (the Secret Service), kept from ever asking anybody for a password."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import secretstorage
from jeepney.wrappers import DBusErrorResponse
from keyring.backends.SecretService import Keyring
from secretstorage.collection import DEFAULT_COLLECTION
from secretstorage.exceptions import (
    ItemNotFoundException,
    SecretServiceNotAvailableException,
    SecretStorageException,
)

from salesboard_display.settings.secrets import SecretRefused

FAILURES = (SecretStorageException, DBusErrorResponse)
"""What the service may answer beside what is wanted."""


class QuietKeyring(Keyring):
    """keyring's own unlocks what is locked, and makes what is not there: both ask for a password. This one
    refuses, also when it is locked between two questions. Every method raises SecretRefused in words."""

    def get_preferred_collection(self) -> secretstorage.Collection:
        """The collection to look in, which is open; so is its connection, for the caller to close."""
        with ExitStack() as closing:
            try:
                bus = secretstorage.dbus_init()
                closing.callback(bus.close)
                path = getattr(self, "preferred_collection", DEFAULT_COLLECTION)
                collection = secretstorage.Collection(bus, path)
                self.unlock(collection)
            except ItemNotFoundException:
                raise SecretRefused("The system's keyring has no collection to keep secrets in.") from None
            except SecretServiceNotAvailableException:
                raise SecretRefused("There is no keyring here.") from None
            closing.pop_all()
        return collection

    def unlock(self, item: Any) -> None:
        """Leave it as it is. Raises SecretRefused when it is locked."""
        if item.is_locked():
            raise SecretRefused("The system's keyring is locked; until it is unlocked it is left alone.")


def quiet_keyring() -> QuietKeyring:
    """The keyring, as it can be used just now. Raises SecretRefused in words, or one of FAILURES."""
    ring = QuietKeyring()  # type: ignore[no-untyped-call]
    ring.get_preferred_collection().connection.close()
    return ring
