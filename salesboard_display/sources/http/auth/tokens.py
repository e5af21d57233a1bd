"""A token that has to be fetched, is good for a while, and is fetched anew once it is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from salesboard_display.core.messages import Instant, Message
from salesboard_display.settings.presetauth import TokenAuth
from salesboard_display.sources.contract import SourceError, Stage
from salesboard_display.sources.http.auth.contract import Ground, LetIn
from salesboard_display.sources.http.errors import find
from salesboard_display.sources.http.templates import ABSENT, fill

SHORT_WAIT_S = 10.0
_MARGIN_S = 60.0


class Token:
    """Fetches the token when it is needed, by one request at a time, and builds the header from it."""

    signs_in = True

    def __init__(self, auth: TokenAuth, ground: Ground, fetch: Callable[[], Awaitable[Any]]) -> None:
        """``fetch`` makes the sign-in's request and gives its JSON."""
        self._auth, self._ground, self._fetch = auth, ground, fetch
        self._captured: dict[str, Any] = {}
        self._let_in: LetIn | None = None
        self._good_until_s: float | None = None
        self._fetched_s: float | None = None
        self._fetching = asyncio.Lock()

    async def let_in(self) -> LetIn:
        """See SignIn."""
        async with self._fetching:
            if self._let_in is None or self._is_old():
                await self._keep_the_interval()
                self._let_in = await self._sign_in()
            return self._let_in

    def refused(self) -> None:
        """See SignIn."""
        self._let_in = None

    def captured(self) -> Mapping[str, Any]:
        """See SignIn."""
        return self._captured

    def _is_old(self) -> bool:
        return self._good_until_s is not None and self._ground.now_s() >= self._good_until_s

    async def _keep_the_interval(self) -> None:
        """Some APIs punish whoever asks for tokens too often."""
        if self._fetched_s is None:
            return
        wait_s = self._fetched_s + self._auth.min_interval - self._ground.now_s()
        if wait_s > SHORT_WAIT_S:
            until = Instant(int((self._ground.now_s() + wait_s) * 1000))
            words = Message(
                "{api} no longer takes the sign-in; the next one is allowed at {until}.",
                (("api", self._ground.api), ("until", until)),
            )
            raise SourceError(Stage.HTTP, words, retry_after_s=wait_s)
        if wait_s > 0:
            await self._ground.sleep(wait_s)

    async def _sign_in(self) -> LetIn:
        reply = await self._fetch()
        self._fetched_s = self._ground.now_s()
        captured = {"access_token": find("access_token", reply)}
        captured |= {name: find(expression, reply) for name, expression in self._auth.capture.items()}
        self._captured = {f"token.{name}": value for name, value in captured.items()}
        value = fill(self._auth.value, {**self._ground.options, **self._captured})
        if value is ABSENT:
            words = Message("{api} signed in, but gave no token.", (("api", self._ground.api),))
            raise SourceError(Stage.HTTP, words, stop=True)
        self._ground.learn([value, *value.split(), *self._secret_fields(reply)])
        self._good_until_s = self._end_of(reply)
        return LetIn(headers={self._auth.header: value})

    def _secret_fields(self, reply: Any) -> list[str]:
        named = {name: str(value) for name, value in reply.items()} if isinstance(reply, dict) else {}
        used = [str(value) for name, value in self._captured.items() if name in self._auth.value]
        return [*used, *(value for name, value in named.items() if name.endswith("token"))]

    def _end_of(self, reply: Any) -> float | None:
        """When it has to be renewed: a little before it ends."""
        try:
            lifetime_s = float(find("expires_in", reply) or self._auth.lifetime or 0)
        except (TypeError, ValueError):
            lifetime_s = self._auth.lifetime or 0.0
        if lifetime_s <= 0:
            return None
        return self._ground.now_s() + lifetime_s - min(_MARGIN_S, lifetime_s / 10)
