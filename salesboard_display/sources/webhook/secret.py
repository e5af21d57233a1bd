"""The secrets of a webhook source, looked up where they are kept."""

from __future__ import annotations

from salesboard_display.settings.secrets import SecretMissing, SecretRefused, Secrets, reveal
from salesboard_display.settings.webhook import WebhookSource as WebhookSettings
from salesboard_display.sources.contract import Stage, problem


def revealed(settings: WebhookSettings, stores: Secrets) -> list[str]:
    """The secrets, looked up where the settings name them. Blocks. Raises SourceError."""
    try:
        secrets = [str(reveal(secret, stores.get)) for secret in settings.secrets]
    except SecretMissing as missing:
        raise problem(
            Stage.HTTP,
            "The secret {name} is not kept anywhere here; `salesboard-display secret set {name}` stores it.",
            name=missing.name,
        ) from None
    except SecretRefused as why:
        raise problem(Stage.HTTP, "No secret can be had: {why}", why=str(why)) from None
    for secret in secrets:
        try:
            empty = not settings.signature.key_of(secret)
        except ValueError:
            empty = True
        if empty:
            raise problem(
                Stage.HTTP,
                "A secret of this source is not written as its signature needs it ({form}). Store it again.",
                form=settings.signature.form,
            )
    return secrets
