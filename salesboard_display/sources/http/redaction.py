"""Takes secrets out of texts that others wrote."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = "•••"
_SHORTEST = 4  # a shorter one would blot out half the text, and is no secret


class Redactor:
    """Knows the secrets of one source, in every form in which a text may repeat them."""

    def __init__(self) -> None:
        self._forms: list[str] = []

    def learn(self, secrets: Iterable[str]) -> None:
        """Take these out from now on."""
        forms = set(self._forms)
        for secret in secrets:
            for part in {secret.strip(), *secret.split("\n")}:
                if len(part.strip()) >= _SHORTEST:
                    forms |= _forms(part.strip())
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text with every secret masked."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text

    def __repr__(self) -> str:
        return f"Redactor({len(self._forms)} forms)"


def _forms(secret: str) -> set[str]:
    encoded = b64encode(secret.encode()).decode()
    return {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], encoded}
