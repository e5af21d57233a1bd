"""One office as its settings describe it: what the engine and the command line both start from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from salesboard_display.core.converting import Converting
from salesboard_display.core.definitions import Definitions
from salesboard_display.core.figures import Figures
from salesboard_display.core.messages import Message
from salesboard_display.core.periods import Calendar
from salesboard_display.core.rates import Rates
from salesboard_display.engine.ages import Ages, SourceAge
from salesboard_display.engine.needs import oldest_needed_ms
from salesboard_display.engine.numbers import Style
from salesboard_display.engine.words import Words
from salesboard_display.settings import compiling
from salesboard_display.settings.demo import demo_path
from salesboard_display.settings.keeping import SettingsKeeper
from salesboard_display.settings.model import Settings
from salesboard_display.settings.places import (
    beside,
    default_path,
    office_locale,
    office_zone,
    plain_locale,
    store_path,
)
from salesboard_display.settings.problems import Problem, SettingsError
from salesboard_display.settings.rates import base_currency, typed_rates
from salesboard_display.settings.sources import DemoSource, HttpSource, MappedSource
from salesboard_display.sources import build_source
from salesboard_display.sources.contract import FetchContext, Source
from salesboard_display.sources.rates import RatesFile, read_rates
from salesboard_display.store import PersonWord, SourceState, Store

LONGEST_SPREAD_S = 30.0
_PRIVACY = {"hidden": "none"}
"""A person's privacy as the settings say it → as core says it, where they differ."""


class WorldFailed(Exception):
    """What was asked cannot be done now; the text says why, in words."""


class SettingsUnusable(WorldFailed):
    """There are no settings to go by; ``problems`` says why, the text in the language of ``words``."""

    def __init__(self, problems: Sequence[Problem], words: Words) -> None:
        super().__init__("\n".join(words.say(problem.message) for problem in problems))
        self.problems, self.words = tuple(problems), words


def system_words() -> Words:
    """How this computer speaks, for where there is no office."""
    return Words(Style(office_locale(), "UTC"))


def words_of(path: Path) -> Words:
    """How the office speaks whose settings cannot be used: as its file says, should that much be readable."""
    return Words(Style(plain_locale(path) or office_locale(), "UTC"))


@dataclass(frozen=True)
class Office:
    """Settings and what follows from them. ``demo``: the office is the demo office."""

    path: Path
    settings: Settings
    demo: bool = False
    last_rates: RatesFile | None = None
    """The rates that hold while their file cannot be read."""

    @property
    def store_path(self) -> Path:
        """The database file."""
        return store_path(self.settings, self.path)

    @property
    def zone(self) -> str:
        """The office's IANA time zone."""
        return office_zone(self.settings)

    @cached_property
    def calendar(self) -> Calendar:
        """The office's calendar."""
        return compiling.calendar(self.settings)

    @cached_property
    def words(self) -> Words:
        """How the office writes and speaks."""
        return Words(Style(office_locale(self.settings), self.zone))

    @property
    def rates_path(self) -> Path | None:
        """The file of exchange rates, None without one."""
        own = self.settings.rates.path
        return beside(self.path, own) if own else None

    @cached_property
    def rates_file(self) -> RatesFile:
        """What the file of rates held when it was first asked for; while it cannot be read, what it held
        before."""
        path = self.rates_path
        if path is None:
            return RatesFile()
        found = read_rates(path, self.settings.rates, base_currency(self.settings))
        if found.failed is not None and self.last_rates is not None and self.last_rates.path == path:
            return replace(found, entries=self.last_rates.entries)
        return found

    @cached_property
    def rates(self) -> Rates:
        """Every exchange rate; one that is typed in comes before the file's."""
        typed = typed_rates(self.settings)
        return Rates([*self.rates_file.entries, *typed], base_currency(self.settings))

    def read_rates(self) -> None:
        """Read the file of rates now, for a thread of its own: a drive may keep it waiting."""
        _ = self.rates

    def converting(self, figures: Figures) -> Figures:
        """The figures with money converted, where there are rates."""
        if not self.rates:
            return figures
        zones = {self.source_zone(name) for name in self.settings.sources} - {self.zone}
        return Converting(figures, self.rates, self.calendar, self.source_zone, frozenset(zones))

    def definitions(self, now_ms: int) -> Definitions:
        """Everything the manager defined; challenges with a window are placed around ``now_ms``."""
        return compiling.compile_definitions(self.settings, now_ms)

    def sources(self) -> list[Source]:
        """Every source, ready to be asked."""
        kept = self.store_path.with_name(f"{self.store_path.name}.sources")
        return [
            build_source(self.settings, name, self.path.parent, self.zone, kept)
            for name in self.settings.sources
        ]

    def source_zone(self, name: str) -> str:
        """The zone a source's dates are meant in: what its facts name, if they all name the same, else its
        own."""
        source = self.settings.sources.get(name)
        if not isinstance(source, MappedSource | HttpSource):
            return self.zone
        named = source.zones
        return (next(iter(named)) if len(named) == 1 else None) or source.zone or self.zone

    def source_title(self, name: str) -> str:
        """What people call a source: an API's own name, else the one in the settings."""
        source = self.settings.sources[name]
        return source.api.name if isinstance(source, HttpSource) else name

    def poll_every_s(self, name: str) -> float:
        """How often to look at a source."""
        return self.settings.sources[name].poll_s

    def context(self, now_ms: Callable[[], int], *, once: bool = False) -> FetchContext:
        """What a fetch may know of the office, whose clock ``now_ms`` is.

        How far back it reaches stays as it is until the settings are read again: as time goes by nothing
        older is needed, and a window that moved under a running source would look like records that vanish.
        """
        oldest_ms = oldest_needed_ms(self.definitions(now_ms()), self.calendar, now_ms())
        return FetchContext(now_ms, oldest_ms, once=once)

    def spread_s(self, name: str) -> float:
        """Within how many seconds a source is first asked: many displays may start at the same moment."""
        own = self.settings.sources[name]
        return min(LONGEST_SPREAD_S, own.poll_s / 2) if own.type in ("http", "sql") else 0.0

    def ages(
        self, states: dict[str, SourceState], why: Callable[[str], Message | None] | None = None
    ) -> Ages:
        """The ages of the office's data, given how each source stands in the store."""
        found = []
        for name, source in self.settings.sources.items():
            state = states.get(name)
            found.append(
                SourceAge(
                    name=name,
                    kinds=source.kinds,
                    complete_at_ms=state.complete_at_ms if state else None,
                    expected_s=source.expected_s,
                    demo=isinstance(source, DemoSource),
                    why=why(name) if why else None,
                )
            )
        fresh = self.settings.freshness
        return Ages(self.words, tuple(found), fresh.late_after, fresh.stale_after)

    def introduce(self, store: Store) -> None:
        """Tell the store the manager's word on people and what becomes of people of each source nobody
        knows."""
        roster = compiling.roster(self.settings)
        people = [
            PersonWord(
                id=person.id,
                name=person.name,
                alias=person.alias,
                picture=str(beside(self.path, person.picture)) if person.picture else "",
                left_ms=person.left_ms,
                privacy=_PRIVACY.get(person.privacy, person.privacy),
                memberships=person.memberships or None,
                identities=person.identities,
            )
            for person in roster.people
        ]
        store.set_people(people, roster.teams)
        for name, source in self.settings.sources.items():
            if isinstance(source, MappedSource):
                store.declare_source(
                    name,
                    unknown_people=source.unknown_people,
                    shared_ids=source.person_ids == "shared",
                )


def find_settings(config: Path | None, *, demo: bool = False) -> tuple[SettingsKeeper, bool]:
    """The settings that are meant, and whether they are the demo office's: without a file, the demo is shown.

    Raises SettingsUnusable with every problem when the file cannot be used and there are no last good ones.
    """
    path = config or default_path()
    is_demo = demo or (config is None and not path.exists())
    try:
        return SettingsKeeper(demo_path() if is_demo else path), is_demo
    except SettingsError as error:
        raise SettingsUnusable(error.problems, words_of(path)) from error


def open_office(config: Path | None, *, demo: bool = False) -> tuple[Office, SettingsKeeper]:
    """The office of a settings file (or the demo), with the keeper of its settings. Raises WorldFailed."""
    keeper, is_demo = find_settings(config, demo=demo)
    return Office(keeper.path, keeper.current.settings, is_demo), keeper
