"""Whether every secret the settings refer to is kept somewhere, and where; never what it is."""

from __future__ import annotations

from collections.abc import Iterator

from salesboard_display.core.findings import Finding
from salesboard_display.core.messages import message
from salesboard_display.settings.model import Settings
from salesboard_display.settings.secrets import SecretRefused, names_in
from salesboard_display.settings.secretstores import standard_secrets


def secret_findings(settings: Settings) -> Iterator[Finding]:
    """What ``check`` says of secrets; nothing where none are used. Asks the keyring: seconds at most."""
    names = sorted(names_in(settings.model_dump()))
    if not names:
        return
    secrets = standard_secrets()
    try:
        kept = {one.name: one.where for one in reversed(secrets.kept(tuple(names)))}
    except SecretRefused as refused:
        yield Finding("secret", "", False, refused.message, message("check-source-advice"))
        return
    for name in names:
        where = kept.get(name, message("check-secret-nowhere"))
        yield Finding("secret", name, name in kept, where, message("check-secret-advice", secret=name))
    for trouble in secrets.troubles():
        yield Finding("secret", "", True, message("check-note", note=trouble))
