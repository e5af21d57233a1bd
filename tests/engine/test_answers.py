"""Questions of the command line when the store is busy, full, read-only, or served by an engine."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.definitions import Unit, UnitKind
from salesboard_display.core.snapshot import Snapshot
from salesboard_display.engine import answers
from salesboard_display.engine.answers import (
    UnknownName,
    decimal_text,
    import_into,
    last_snapshot,
    open_desk,
    unit_name,
)
from salesboard_display.engine.clock import SystemClock
from salesboard_display.engine.engine import Engine
from salesboard_display.engine.office import WorldFailed, open_office
from salesboard_display.settings.presets import load_preset, packaged_names
from salesboard_display.store import Store, StoreUnavailable
from tests.engine.offices import OfficeFolder

EUR = Unit(UnitKind.MONEY, "EUR")


@contextmanager
def served(folder: OfficeFolder) -> Iterator[Engine]:
    """An engine that works on the office's store, in another thread."""
    made: list[Engine] = []
    up, loop = threading.Event(), asyncio.new_event_loop()

    async def live() -> None:
        office, keeper = open_office(folder.settings)
        engine = Engine(office, keeper, SystemClock(), asyncio.Event())
        await engine.start()
        made.append(engine)
        up.set()
        await engine.stop.wait()
        await engine.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(live()))
    thread.start()
    assert up.wait(10)
    yield made[0]
    loop.call_soon_threadsafe(made[0].stop.set)
    thread.join(10)
    loop.close()


def values(folder: OfficeFolder) -> dict[str, str]:
    with open_desk(folder.settings) as desk:
        return {place["name"]: place["value"] for place in desk.standings("revenue", None, None)["places"]}


def test_beside_an_engine_the_answer_is_of_the_file_as_it_is_now(folder: OfficeFolder) -> None:
    with served(folder):
        assert values(folder) == {"Anna Arc": "300.00", "Ben Bow": "200.00"}
        folder.deals(("d1", "Anna Arc", 301))
        folder.deals(("d1", "Anna Arc", 302), ("d2", "Ben Bow", 200), ("d3", "Cleo Cey", 5))
        assert values(folder) == {"Anna Arc": "302.00", "Ben Bow": "200.00", "Cleo Cey": "5.00"}


def test_the_answer_is_the_same_with_and_without_an_engine(folder: OfficeFolder) -> None:
    alone = values(folder)
    with served(folder):
        assert values(folder) == alone


def test_an_import_beside_an_engine_goes_through_it(folder: OfficeFolder) -> None:
    more = folder.path / "more.csv"
    more.write_text(folder.deals_file.read_text().replace("d1", "x1").replace("d2", "x2"))
    with served(folder):
        assert "2 added" in import_into(folder.settings, "crm", more, lambda *_: None)
        with pytest.raises(WorldFailed, match=r"nothing\.csv"):
            import_into(folder.settings, "crm", folder.path / "nothing.csv", lambda *_: None)


def test_a_store_another_command_writes_to_is_waited_for(folder: OfficeFolder) -> None:
    path = folder.office().store_path
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with Store.open(path):
            held.set()
            release.wait(10)

    other = threading.Thread(target=hold)
    other.start()
    held.wait(10)
    threading.Timer(0.3, release.set).start()
    assert values(folder)
    other.join(10)


def test_a_store_that_stays_taken_is_said_in_words(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "BUSY_PATIENCE_S", 0.0)
    with (
        Store.open(folder.office().store_path),
        pytest.raises(WorldFailed, match="is writing to this store already"),
    ):
        values(folder)


def test_on_a_disk_that_cannot_be_written_what_is_known_is_answered(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert values(folder)
    opened = Store.open

    def full(where: Path, *, read_only: bool = False) -> Store:
        if not read_only:
            raise StoreUnavailable("read-only", where)
        return opened(where, read_only=True)

    monkeypatch.setattr(Store, "open", full)
    assert values(folder) == {"Anna Arc": "300.00", "Ben Bow": "200.00"}
    assert "source crm: The store cannot be written to" in capsys.readouterr().err


def test_on_a_disk_that_is_full_what_is_known_is_answered(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert values(folder)

    def full(store: Store, *_: object, **__: object) -> None:
        raise StoreUnavailable("full", folder.path)

    for name in ("finish_interrupted_syncs", "set_people", "begin_sync", "apply"):
        monkeypatch.setattr(Store, name, full)
    assert values(folder) == {"Anna Arc": "300.00", "Ben Bow": "200.00"}
    assert "source crm: The disk is full" in capsys.readouterr().err


def test_a_board_that_cannot_be_worked_out_is_said_in_words(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("no rate from EUR to USD")

    monkeypatch.setattr("salesboard_display.engine.scoring.Scorer.work_out", broken)
    with pytest.raises(WorldFailed, match="no rate from EUR to USD"):
        values(folder)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda desk: desk.standings("x", None, None), "there is no board “x”; there are: revenue, deals"),
        (lambda desk: desk.standings("revenue", "someday", None), "“someday” is not a date or time"),
        (lambda desk: desk.snapshot("x", None, None), "there is no slide “x”; there are: leaderboard, deals"),
        (
            lambda desk: desk.snapshot("deals", None, "pink"),
            "there is no theme “pink”; there are: dark, light",
        ),
    ],
)
def test_a_wrong_name_is_answered_with_those_there_are(
    folder: OfficeFolder, ask: Callable[[object], object], said: str
) -> None:
    with open_desk(folder.settings) as desk, pytest.raises(UnknownName, match=said):
        ask(desk)


@pytest.mark.parametrize("at", ["1900-01-01", "2200-12-31", "1969-12-31T23:59", "2026-03-29T02:30"])
def test_any_instant_can_be_asked_for(folder: OfficeFolder, at: str) -> None:
    folder.edit('zone = "UTC"', 'zone = "Europe/Berlin"')
    with open_desk(folder.settings) as desk:
        assert desk.standings("revenue", at, None)["places"]


def test_a_picture_of_the_past_says_that_it_is_one(folder: OfficeFolder) -> None:
    with open_desk(folder.settings) as desk:
        assert desk.snapshot("leaderboard", None, None).slides[0].age.kind == "live"
        assert desk.snapshot("leaderboard", "2030-01-01", "light").slides[0].age.kind == "replay"


def colours(snapshot: Snapshot) -> dict[str, int]:
    """Everybody's colour on the slides; it is one colour, or this fails."""
    found: dict[str, int] = {}
    for row in (row for slide in snapshot.slides for page in slide.pages for row in page):
        assert found.setdefault(row.name, row.colour) == row.colour, row.name
    return found


def test_pictures_of_any_slide_and_the_wall_give_everybody_one_colour(folder: OfficeFolder) -> None:
    """The boards order twenty people differently; who is asked first must not matter."""
    folder.deals(*((f"d{n}", f"Person {n:02}", n) for n in range(1, 21)))
    with open_desk(folder.settings) as desk:
        before = [colours(desk.snapshot(slide, None, None)) for slide in ("leaderboard", "deals")]
    with served(folder) as engine:
        assert values(folder)  # the engine has read its source
        until_shown = time.monotonic() + 10
        while not (engine.snapshot and colours(engine.snapshot)) and time.monotonic() < until_shown:
            time.sleep(0.01)
        assert engine.snapshot is not None
        shown = colours(engine.snapshot)
    with open_desk(folder.settings) as desk:
        after = [colours(desk.snapshot(slide, None, None)) for slide in ("deals", "leaderboard")]
    assert len(shown) == 20
    assert before == [shown, shown]
    assert after == [shown, shown]


def test_a_last_board_of_another_version_is_none(store: Store) -> None:
    assert last_snapshot(store) is None
    for body in (b"{}", b"not json", b"[1]", b'{"seq": "x", "clock": 1}', b"null"):
        store.save_snapshot(body)
        assert last_snapshot(store) is None


# ------------------------------------------------------------------------------------- plain values


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Fraction(300), EUR, "300.00"),
        (Fraction(-1, 4), EUR, "-0.25"),
        (Fraction(1, 3), EUR, "0.333333"),
        (Fraction(300), Unit(UnitKind.MONEY, "JPY"), "300"),
        (Fraction(1), Unit(UnitKind.MONEY, "KWD"), "1.000"),
        (Fraction(62, 4), Unit(UnitKind.PERCENT), "15.5"),
        (Fraction(7), Unit(), "7"),
        (None, EUR, None),
    ],
)
def test_a_value_is_a_decimal_number_in_major_units(
    value: Fraction | None, unit: Unit, text: str | None
) -> None:
    assert decimal_text(value, unit) == text


@given(st.integers(-(10**15), 10**15))
def test_money_is_exact_to_its_last_cent(cents: int) -> None:
    text = decimal_text(Fraction(cents, 100), EUR)
    assert text is not None
    assert Fraction(text) == Fraction(cents, 100)


@pytest.mark.parametrize(
    ("unit", "name"),
    [(EUR, "EUR"), (Unit(UnitKind.PERCENT), "percent"), (Unit(word="calls"), "calls"), (Unit(), "number")],
)
def test_a_unit_has_one_word(unit: Unit, name: str) -> None:
    assert unit_name(unit) == name


@pytest.mark.parametrize(
    ("zone", "happened"),
    [("UTC", "2026-03-11T00:30:00+01:00"), ("America/New_York", "2026-03-11T04:30:00+01:00")],
)
def test_explain_says_when_it_happened_as_the_office_s_clocks_did(
    folder: OfficeFolder, zone: str, happened: str
) -> None:
    """An API's times are often UTC; the wall counts by the office's days."""
    folder.edit('[office]\nzone = "UTC"', '[office]\nzone = "Europe/Berlin"')
    folder.edit('as = "datetime" }', f'as = "datetime", zone = "{zone}" }}')
    folder.deals(("d1", "Anna Arc", 300), at="2026-03-10 23:30:00")
    with open_desk(folder.settings) as desk:
        (fact,) = desk.explain("revenue", "Anna Arc", "2026-03-20", None)["facts"]
    assert fact["happened"] == happened


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Auckland"])
def test_explain_says_a_day_as_the_source_wrote_it(folder: OfficeFolder, zone: str) -> None:
    folder.edit('[office]\nzone = "UTC"', '[office]\nzone = "Europe/Berlin"')
    folder.edit('as = "datetime" }', f'as = "date", zone = "{zone}" }}')
    folder.deals(("d1", "Anna Arc", 300), at="2026-03-10")
    with open_desk(folder.settings) as desk:
        (fact,) = desk.explain("revenue", "Anna Arc", "2026-03-20", None)["facts"]
    assert fact["happened"] == "2026-03-10"


@pytest.mark.parametrize("preset", packaged_names())
def test_days_of_every_preset_are_said_as_its_api_wrote_them(folder: OfficeFolder, preset: str) -> None:
    facts = [fact for stream in load_preset(preset, folder.path).streams.values() for fact in stream.facts]
    named = {fact.happened.zone for fact in facts}
    said_in = named.pop() if len(named) == 1 else None  # as Office.source_zone has it
    days = (fact.happened for fact in facts if fact.happened.as_ in ("date", "serial_date"))
    assert all(day.zone == said_in for day in days)
