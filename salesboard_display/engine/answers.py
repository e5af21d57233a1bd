"""What the command line asks: standings, explanations, pictures and imports, with or without a running
engine."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from salesboard_display.core.definitions import Board, Unit, UnitKind
from salesboard_display.core.explain import explain
from salesboard_display.core.freshness import Freshness
from salesboard_display.core.messages import message, unworkable
from salesboard_display.core.money import minor_digits
from salesboard_display.core.periods import resolve
from salesboard_display.core.snapshot import ClockState, Snapshot
from salesboard_display.core.wire import WireError, from_plain
from salesboard_display.engine import showing
from salesboard_display.engine.client import CommandRefused, EngineUnreachable, ask, running_engine
from salesboard_display.engine.clock import parse_instant, real_ms
from salesboard_display.engine.desk import Desk
from salesboard_display.engine.exchange import converted_plain
from salesboard_display.engine.firstrun import FirstRun
from salesboard_display.engine.numbers import rounded
from salesboard_display.engine.office import Office, WorldFailed, open_office
from salesboard_display.engine.reading import Progress, Read, read_source
from salesboard_display.engine.scoring import Scored, kinds_of
from salesboard_display.settings.sources import FileSource as FileSettings
from salesboard_display.sources.contract import Closing, Source, SourceError
from salesboard_display.sources.file.source import FileSource
from salesboard_display.store import Store, StoreBusy, StoreError, StoreUnavailable

BUSY_PATIENCE_S = 10.0
DECIMALS = 6
"""Digits of a value that no decimal number can hold exactly."""


class UnknownName(ValueError):
    """There is no board, slide, source or instant of this name; the text says which there are."""


@dataclass
class AnswerDesk:
    """Answers questions about one office from its store."""

    office: Office
    store: Store
    failed: dict[str, str] = field(default_factory=dict)
    """Source → why it could not be read just now, in words."""

    # ---------------------------------------------------------------- questions
    def standings(self, board_id: str, at: str | None, known_at: str | None) -> dict[str, Any]:
        """A board's standings as docs/standings.schema.json describes them."""
        at_ms = self._instant(at)
        desk = self._desk(at_ms, known_at)
        board = self._board(desk, board_id)
        scored = self._score(desk, board, at_ms)
        standings, style = scored.standings, self.office.words.style
        period = standings.interval if scored.final else resolve(board.period, desk.scorer.calendar, at_ms)
        unit = board.metric.unit
        return {
            "board": board.id,
            "at": self._iso(at_ms),
            "period": {"start": self._iso(period.start_ms), "end": self._iso(period.end_ms)},
            "final": scored.final,
            "unit": unit_name(unit),
            "freshness": freshness_plain(self._freshness(board)),
            "places": [
                {
                    "rank": place.rank,
                    "id": place.id,
                    "name": place.name,
                    "value": decimal_text(place.value, unit),
                    "display": style.value(place.value, unit),
                    "movement": place.movement,
                    "gap": decimal_text(place.gap, unit),
                    "sample": place.sample,
                }
                for place in standings.places
            ],
        }

    def explain(self, board_id: str, who: str, at: str | None, known_at: str | None) -> dict[str, Any]:
        """Where one number comes from, as docs/explain.schema.json describes it."""
        at_ms = self._instant(at)
        desk = self._desk(at_ms, known_at)
        board = self._board(desk, board_id)
        scored = self._score(desk, board, at_ms)
        calendar, figures = desk.scorer.calendar, desk.figures(at_ms)
        shown = scored.standings.interval if scored.final else None
        found = explain(board, desk.directory, calendar, figures, at_ms, who, interval=shown)
        say = self.office.words.say
        return {
            "board": board.id,
            "who": who,
            "at": self._iso(at_ms),
            "value": decimal_text(found.value, found.unit),
            "display": self.office.words.style.value(found.value, found.unit),
            "unit": unit_name(found.unit),
            "rule": say(found.rule),
            "reason": say(found.reason) or None,
            "facts": [
                {
                    "source": fact.row.source,
                    "key": fact.row.key,
                    "happened": self._happened(
                        fact.row.occurred_at, fact.row.source, day_only=fact.row.day_only
                    ),
                    "counted_as": decimal_text(fact.counted_as, found.unit),
                    "converted": converted_plain(fact.row, self.office.words),
                    "detail": {**fact.row.attributes, **fact.row.detail},
                }
                for fact in found.facts
            ],
            "excluded": [
                {"source": one.source, "key": one.key, "reason": say(one.reason)} for one in found.excluded
            ],
        }

    def snapshot(self, slide: str, at: str | None, theme: str | None, page: int = 1) -> Snapshot:
        """Everything the wall would show at an instant, for a picture of one slide's page."""
        if theme not in (None, "dark", "light"):
            raise self.unknown("theme", str(theme), ("dark", "light"))
        at_ms, now_ms = self._instant(at), real_ms()
        desk = self._desk(at_ms, None, of_the_past=at is not None, slide=slide)
        if slide not in desk.definitions.slides:
            raise self.unknown("slide", slide, desk.definitions.slides)
        desk.work(at_ms, now_ms, None)
        states = {state.name: state for state in self.store.source_states()}
        slides = showing.slides(desk, at_ms, now_ms, self.office.ages(states))
        pages = max(1, *(len(one.pages) for one in slides))
        if page > pages:
            raise self.unknown("page", str(page), map(str, range(1, pages + 1)))
        offset = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(self.office.zone)).utcoffset()
        return Snapshot(
            seq=1,
            clock=ClockState(at_ms, now_ms, int(offset.total_seconds()) if offset else 0, 1.0, "live"),
            locale=self.office.words.style.locale,
            theme=theme or self.office.settings.wall.theme,
            slides=slides,
            ticker=showing.ticker(desk, at_ms, now_ms),
        )

    def unknown(self, what: str, found: str, known: Iterable[str]) -> UnknownName:
        """That there is no board, slide, page, source or theme of a name, in words."""
        return _unknown(self.office, what, found, known)

    # ---------------------------------------------------------------- inside
    def _desk(self, at_ms: int, known_at: str | None, *, of_the_past: bool = False, slide: str = "") -> Desk:
        known_at_ms = self._instant(known_at) if known_at is not None else None
        desk = Desk(
            self.office,
            self.store,
            of_the_past=of_the_past,
            writes=False,
            known_at_ms=known_at_ms,
            slide=slide,
        )
        desk.define(at_ms)
        return desk

    def _board(self, desk: Desk, board_id: str) -> Board:
        boards = desk.definitions.boards
        if board_id not in boards:
            raise self.unknown("board", board_id, boards)
        return boards[board_id]

    def _score(self, desk: Desk, board: Board, at_ms: int) -> Scored:
        try:
            return desk.scorer.work_out(board, desk.directory, desk.figures(at_ms), at_ms)
        except ValueError as error:
            raise WorldFailed(self.office.words.say(unworkable(error))) from error

    def _instant(self, text: str | None) -> int:
        if text is None:
            return real_ms()
        try:
            return parse_instant(text, self.office.zone, end_of_day=True)
        except ValueError as error:
            raise UnknownName(self.office.words.say(message("unknown-instant", found=text))) from error

    def _freshness(self, board: Board) -> Freshness:
        states = {state.name: state for state in self.store.source_states()}
        return self.office.ages(states).freshness(kinds_of(board), board.sources, real_ms())

    def _iso(self, at_ms: int) -> str:
        return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(self.office.zone)).isoformat()

    def _happened(self, at_ms: int, source: str, *, day_only: bool) -> str:
        """A day as the source wrote it, a moment as the office's clocks showed it."""
        if not day_only:
            return self._iso(at_ms)
        return (
            datetime.fromtimestamp(at_ms / 1000, ZoneInfo(self.office.source_zone(source))).date().isoformat()
        )


# -------------------------------------------------------------------- opening
@contextmanager
def open_desk(config: Path | None, *, poll: bool = False, quiet: bool = False) -> Iterator[AnswerDesk]:
    """The office's desk, its file sources read first (network sources: those never polled, or all with
    ``poll``). What failed is told at once, unless ``quiet``: for who says it anyway.

    Beside a running engine that one reads them, and the store is opened for reading only; so it is when it
    cannot be written. Raises WorldFailed, OSError.
    """
    office, keeper = open_office(config)
    say, area = office.words.say, "check-area-{}".format
    settings, source = say(message(area("settings"))), say(message(area("source")))
    if not quiet:
        tell(f"{settings}: {say(problem.message)}" for problem in keeper.problems)
    try:
        with _open_store(office) as (store, failed):
            if not quiet:
                tell(f"{source} {name}: {why}" for name, why in failed.items())
            yield AnswerDesk(office, store, failed)
    except StoreError as error:
        raise WorldFailed(say(error.message)) from error
    except CommandRefused as error:
        raise WorldFailed(str(error)) from error


@contextmanager
def _open_store(office: Office) -> Iterator[tuple[Store, dict[str, str]]]:
    try:
        reached = _reach(office)
    except StoreUnavailable as error:  # a full or read-only disk: what is known can be read all the same
        failed = dict.fromkeys(office.settings.sources, office.words.say(error.message))
    else:
        if isinstance(reached, Store):
            with reached:
                yield reached, read_all(office, reached)
            return
        polled = ask(reached, "poll", progress=lambda _done, _total, text: tell([text]))
        failed = {name: why for name, why in polled.items() if why}
    with Store.open(office.store_path, read_only=True) as store, store.reading():
        yield store, failed


def _reach(office: Office) -> Path | Store:
    """The socket of the engine that works on the store, or the store itself, opened for writing."""
    patience = time.monotonic() + BUSY_PATIENCE_S
    while True:
        socket = running_engine(office.store_path)
        if socket is not None:
            return socket
        try:
            return Store.open(office.store_path)
        except StoreBusy:
            if time.monotonic() > patience:
                raise
            time.sleep(0.1)


def read_all(office: Office, store: Store) -> dict[str, str]:
    """Read every source once; gives which failed, and why in words. What was known before stays."""
    try:
        store.finish_interrupted_syncs(real_ms())
        office.introduce(store)
    except StoreUnavailable as error:
        return dict.fromkeys(office.settings.sources, office.words.say(error.message))
    failed: dict[str, str] = {}
    for source in office.sources():
        try:
            asyncio.run(_read_once(office, source, store))
        except (SourceError, StoreError) as error:
            failed[source.name] = office.words.say(error.message)
    return failed


async def _read_once(office: Office, source: Source, store: Store) -> None:
    """One sync; of a first one that lasts it is told how far it has come."""
    title = office.source_title(source.name)
    first = FirstRun(lambda reading: tell([office.words.say(reading.said_of(title))]))
    note = first.note if store.source_state(source.name).complete_at_ms is None else None
    try:
        await read_source(source.fetch, source.name, store, note, office.context(real_ms, once=True))
    finally:
        if isinstance(source, Closing):
            await source.aclose()


def tell(lines: Iterable[str]) -> None:
    """Say something beside the answer."""
    for line in lines:
        sys.stderr.write(f"{line}\n")


def last_snapshot(store: Store) -> Snapshot | None:
    """The last board of the run before, None when there is none that this version reads."""
    body = store.load_snapshot()
    try:
        return from_plain(Snapshot, json.loads(body)) if body else None
    except (ValueError, WireError):
        return None


# -------------------------------------------------------------------- imports
def import_into(
    config: Path | None, source_name: str, file: Path, progress: Callable[[int, int | None, str], None]
) -> str:
    """Read a file with a source's mapping into the store; gives what came of it in words.

    Raises UnknownName, WorldFailed.
    """
    office, _ = open_office(config)
    if source_name not in office.settings.sources:
        raise _unknown(office, "source", source_name, office.settings.sources)
    say = office.words.say
    try:
        reached = _reach(office)
        if isinstance(reached, Store):
            with reached:
                counted = _import_here(
                    office, reached, source_name, file, lambda done, total: progress(done, total, "")
                )
        else:
            counted = ask(reached, "import", {"source": source_name, "path": str(file)}, progress)
    except StoreError as error:
        raise WorldFailed(say(error.message)) from error
    except (EngineUnreachable, CommandRefused) as error:
        raise WorldFailed(str(error)) from error
    parts = [say(message(f"import-{what}", count=number)) for what, number in counted.items() if number]
    found = ", ".join(parts) or say(message("import-nothing"))
    said = say(message("import-done", file=file.name, source=source_name, counted=found))
    return said + _how_long(office, source_name, file)


def _how_long(office: Office, source_name: str, file: Path) -> str:
    """A warning where what was imported lasts only until the source's own file is read again, else ""."""
    source = office.settings.sources[source_name]
    if (
        not isinstance(source, FileSettings)
        or source.absent == "keep"
        or file == office.path.parent / source.path
    ):
        return ""
    warning = message("import-not-for-long", file=str(source.path), source=source_name)
    return f"\n{office.words.say(warning)}"


def _import_here(
    office: Office, store: Store, source_name: str, file: Path, progress: Progress
) -> dict[str, int]:
    source = next(source for source in office.sources() if source.name == source_name)
    if not isinstance(source, FileSource):
        raise WorldFailed(office.words.say(message("no-file-source", source=source_name)))
    reader: Read = lambda cursor, context: source.read_other(file, cursor, context)  # noqa: E731
    office.introduce(store)
    try:
        applied = asyncio.run(read_source(reader, source_name, store, progress))
    except SourceError as error:
        raise WorldFailed(office.words.say(error.message)) from error
    names = ("added", "revised", "withdrawn", "unchanged", "rejected")
    return {name: getattr(applied, name) if applied else 0 for name in names}


# -------------------------------------------------------------------- plain values
def unit_name(unit: Unit) -> str:
    """The unit in one word: the currency of money, "percent", "points", or what is counted."""
    if unit.kind is UnitKind.MONEY:
        return unit.currency
    return unit.word or unit.kind.value


def decimal_text(value: Fraction | None, unit: Unit) -> str | None:
    """A value as a decimal number in major units: exact where a decimal can be, else to six digits."""
    if value is None:
        return None
    digits = minor_digits(unit.currency) if unit.kind is UnitKind.MONEY and unit.currency else 0
    exact = next((n for n in range(digits, DECIMALS) if (value * 10**n).denominator == 1), DECIMALS)
    return str(rounded(value, exact))


def freshness_plain(found: Freshness) -> dict[str, Any]:
    """Freshness as it stands in JSON."""
    return {"state": found.state, "age_s": None if found.age_s is None else round(found.age_s, 3)}


def _unknown(office: Office, what: str, found: str, known: Iterable[str]) -> UnknownName:
    return UnknownName(office.words.say(message(f"unknown-{what}", found=found, known=", ".join(known))))
