"""The demo source: the made-up office's history, then what happens in it, as it happens."""

from __future__ import annotations

from collections.abc import AsyncIterator

from salesboard_display.core.facts import Fact
from salesboard_display.core.messages import Message
from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.settings.sources import DemoSource as DemoSettings
from salesboard_display.sources.contract import FetchContext, Surroundings
from salesboard_display.sources.demo.history import between, history
from salesboard_display.sources.demo.live import Story, story_at
from salesboard_display.sources.demo.office import people

_BATCH = 2_000
_LONGEST_NAP_MS = 250
"""The office's clock may run faster than ours, so that waits are short and look at it again."""


class DemoSource:
    """A believable office that is the same on every machine at the same moment. See contract.Source."""

    pushes = True

    def __init__(self, name: str, settings: DemoSettings, around: Surroundings) -> None:
        self.name = name
        self._seed, self._pace, self._zone = settings.seed, settings.pace, around.zone

    async def fetch(self, cursor: str, ctx: FetchContext) -> AsyncIterator[Batch | SyncEnd]:
        """Everything up to now as one sync, then one small sync whenever something happens, for ever."""
        now = ctx.now_ms()
        story = self._story(now)
        facts = self.facts_until(now)
        yield Batch(people=people())
        for start in range(0, len(facts), _BATCH):
            yield Batch(facts=tuple(facts[start : start + _BATCH]), done=start + _BATCH, total=len(facts))
        yield SyncEnd(now, full=True)
        while True:
            before, now = now, await self._next(story, now, ctx)
            if self._story(now) != story:
                ended, story = story, self._story(now)
                withdrawn = tuple(f.key for f in ended.facts if f.occurred_at <= before)
                yield Batch(facts=self._happened(story, before, now), withdrawn=withdrawn)
            else:
                yield Batch(facts=self._happened(story, before, now))
            yield SyncEnd(now, full=False)

    async def changes(self) -> AsyncIterator[None]:
        """Nothing: what happens is pushed."""
        for _ in ():
            yield None

    def notes(self) -> tuple[Message, ...]:
        """That all of it is made up."""
        return (Message("Demo data: a made-up office.", ()),)

    def facts_until(self, now_ms: int) -> list[Fact]:
        """All facts of the office as they stand at an instant."""
        live = [f for f in self._story(now_ms).facts if f.occurred_at <= now_ms]
        return history(self._seed, self._zone, now_ms) + live

    def _story(self, now_ms: int) -> Story:
        return story_at(self._seed, self._zone, now_ms, self._pace)

    def _happened(self, story: Story, after_ms: int, until_ms: int) -> tuple[Fact, ...]:
        planned = between(self._seed, self._zone, after_ms, until_ms)
        return tuple(planned) + tuple(f for f in story.facts if after_ms < f.occurred_at <= until_ms)

    async def _next(self, story: Story, now: int, ctx: FetchContext) -> int:
        """The instant at which something happened next, once it has come."""
        due = min((f.occurred_at for f in story.facts if f.occurred_at > now), default=story.end_ms)
        while (moment := ctx.now_ms()) < due:
            await ctx.sleep(min(due - moment, _LONGEST_NAP_MS) / 1000)
        return moment
