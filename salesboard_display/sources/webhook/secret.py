"""The secrets of a webhook source, looked up where they are kept."""

from __future__ import annotations

from salesboard_display.settings.secrets import Secrets
from salesboard_display.settings.webhook import WebhookSource as WebhookSettings
from salesboard_display.sources.contract import Stage, problem
from salesboard_display.sources.revealing import revealed


def secrets_of(settings: WebhookSettings, stores: Secrets) -> list[str]:
    """The secrets, looked up where the settings name them. Blocks. Raises SourceError."""
    secrets = [str(secret) for secret in revealed(settings.secrets, stores)]
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
