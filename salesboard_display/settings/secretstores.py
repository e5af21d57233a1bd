"""Where secrets are kept: the keyring, systemd's credentials, the environment, a file of one's own."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from salesboard_display.core.messages import Message
from salesboard_display.settings.disk import write_atomically
from salesboard_display.settings.places import secrets_path
from salesboard_display.settings.secrets import SecretRefused, Secrets

SERVICE = "salesboard-display"
PATIENCE_S = 3.0
_PREFIX = "SALESBOARD_SECRET_"
T = TypeVar("T")


def standard_secrets(environ: Mapping[str, str] | None = None, file: Path | None = None) -> Secrets:
    """The stores of this computer, in the order in which they are asked."""
    environ = os.environ if environ is None else environ
    return Secrets(
        (
            _SYSTEM_KEYRING,
            CredentialsStore(environ.get("CREDENTIALS_DIRECTORY")),
            EnvironmentStore(environ),
            FileStore(file or secrets_path()),
        )
    )


class KeyringStore:
    """The system's keyring. One that is absent, locked or silent is treated as absent: it must not ask
    anybody for a password in front of the wall."""

    where = Message("the system's keyring")
    writable = True

    def __init__(self, open_: Callable[[], Any], patience_s: float = PATIENCE_S) -> None:
        """``open_`` gives keyring's backend, or raises SecretRefused saying why there is none."""
        self._open, self._patience_s = open_, patience_s
        self._trouble: Message | None = None
        self._hanging: threading.Thread | None = None

    def get(self, name: str) -> str | None:
        """See SecretStore."""

        def look(ring: Any) -> str | None:
            found = ring.get_password(SERVICE, name)
            return None if found is None else str(found)

        return self._ask(look, None)

    def put(self, name: str, value: str) -> bool:
        """See SecretStore."""

        def keep(ring: Any) -> bool:
            ring.set_password(SERVICE, name, value)
            return bool(ring.get_password(SERVICE, name) == value)

        return self._ask(keep, False)

    def names(self) -> tuple[str, ...]:
        """Keyrings tell no names; those that the settings mention are asked for one by one."""
        return ()

    def trouble(self) -> Message | None:
        """See SecretStore."""
        self._ask(lambda ring: None, None)
        return self._trouble

    def _ask(self, question: Callable[[Any], T], otherwise: T) -> T:
        """The answer, or ``otherwise`` when there is no keyring or it takes too long.

        In a thread of its own: a bus that does not answer would hold up whoever asks, and cannot be told to
        give up. Until it has answered the question nobody waits for any more it is not asked another.
        """
        answers: list[T] = []
        troubles: list[Message] = []

        def ask() -> None:
            failures = _failures()
            try:
                answers.append(question(self._open()))
            except SecretRefused as error:
                troubles.append(error.message)
            except failures as error:
                failed = "The system's keyring failed ({why})."
                troubles.append(Message(failed, (("why", type(error).__name__),)))

        if self._hanging is None or not self._hanging.is_alive():
            thread = threading.Thread(target=ask, name="keyring", daemon=True)
            thread.start()
            thread.join(self._patience_s)
            if thread.is_alive():
                self._hanging = thread
        silent = None if answers else Message("The system's keyring does not answer; it is left alone.")
        self._trouble = troubles[0] if troubles else silent
        return answers[0] if answers else otherwise


def system_keyring() -> Any:
    """Keyring's backend for this system, where it can be used without asking anybody anything.

    Raises SecretRefused in words where there is none, or it is locked.
    """
    if sys.platform in ("win32", "darwin"):
        import keyring

        return keyring.get_keyring()
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        raise SecretRefused("There is no keyring here (no session bus).")
    from salesboard_display.settings.secretservice import quiet_keyring

    return quiet_keyring()


_SYSTEM_KEYRING = KeyringStore(system_keyring)
"""One for the whole process: a keyring that is silent is waited for once."""


def _failures() -> tuple[type[Exception], ...]:
    """What a keyring's backend may raise when it fails."""
    from keyring.errors import KeyringError

    usual = (KeyringError, OSError, RuntimeError)
    if sys.platform in ("win32", "darwin"):
        return usual
    from salesboard_display.settings.secretservice import FAILURES

    return (*usual, *FAILURES)


class CredentialsStore:
    """The folder systemd hands to a service: LoadCredential=, SetCredentialEncrypted=."""

    where = Message("systemd's credentials")
    writable = False

    def __init__(self, folder: str | None) -> None:
        self._folder = Path(folder) if folder else None

    def get(self, name: str) -> str | None:
        """See SecretStore."""
        if self._folder is None:
            return None
        try:
            return (self._folder / name).read_text("utf-8").rstrip("\r\n")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            raise SecretRefused(
                "The credential {name} that systemd gave cannot be read.", name=name
            ) from None

    def put(self, name: str, value: str) -> bool:
        """The service manager's alone."""
        return False

    def names(self) -> tuple[str, ...]:
        """See SecretStore."""
        if self._folder is None or not self._folder.is_dir():
            return ()
        return tuple(sorted(path.name for path in self._folder.iterdir() if path.is_file()))

    def trouble(self) -> Message | None:
        """See SecretStore."""
        return None


class EnvironmentStore:
    """Variables called SALESBOARD_SECRET_NAME."""

    where = Message("the environment")
    writable = False

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def get(self, name: str) -> str | None:
        """See SecretStore."""
        return self._environ.get(variable(name))

    def put(self, name: str, value: str) -> bool:
        """A process cannot keep anything in its environment."""
        return False

    def names(self) -> tuple[str, ...]:
        """See SecretStore; small letters, for the variable has lost how it was written."""
        found = (key.removeprefix(_PREFIX).lower() for key in self._environ if key.startswith(_PREFIX))
        return tuple(sorted(found))

    def trouble(self) -> Message | None:
        """See SecretStore."""
        return None


def variable(name: str) -> str:
    """The variable that holds the secret: hubspot → SALESBOARD_SECRET_HUBSPOT."""
    return _PREFIX + re.sub(r"[^A-Za-z0-9]", "_", name).upper()


class FileStore:
    """A JSON file only its owner may read. Not encrypted: whoever is that user, or root, can read it."""

    writable = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self.where = Message("the file {path} (readable by this user, not encrypted)", (("path", str(path)),))

    def get(self, name: str) -> str | None:
        """See SecretStore."""
        return self._read().get(name)

    def put(self, name: str, value: str) -> bool:
        """See SecretStore. The file is replaced as a whole, and on the disk before this returns."""
        kept = {**self._read(), name: value}
        text = json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(self._path, text.encode())
        except OSError as error:
            raise SecretRefused(
                "{path} cannot be written ({why}).", path=str(self._path), why=error.strerror or ""
            ) from None
        return True

    def names(self) -> tuple[str, ...]:
        """See SecretStore."""
        return tuple(sorted(self._read()))

    def trouble(self) -> Message | None:
        """See SecretStore."""
        try:
            self._read()
        except SecretRefused as error:
            return error.message
        return None

    def _read(self) -> dict[str, str]:
        try:
            with self._path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                    raise SecretRefused(
                        "{path} can be read by others, so it is not used; chmod 600 {path}",
                        path=str(self._path),
                    )
                kept = json.load(file)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise SecretRefused(
                "{path} cannot be read ({why}).", path=str(self._path), why=error.strerror or ""
            ) from None
        except ValueError:  # the words would quote the file
            raise SecretRefused("{path} is not JSON.", path=str(self._path)) from None
        if not isinstance(kept, dict) or not all(isinstance(value, str) for value in kept.values()):
            raise SecretRefused("{path} does not hold names and texts.", path=str(self._path))
        return kept
