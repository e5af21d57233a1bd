"""A file is read when it has been left alone, whole or not at all, and only when it changed."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from salesboard_display.sources import FetchContext, SourceError, Stage
from salesboard_display.sources.file import reading as file_reading
from salesboard_display.sources.file import source as file_source
from tests.sources.helpers import HEADER, WON, context, fetch, gather, read_text, source, write

ROWS = HEADER + "".join(f"{n},Ann,2026-03-01,{n}\n" for n in range(1, 31))


async def test_a_file_is_as_fresh_as_it_was_written(tmp_path: Path) -> None:
    write(tmp_path / "deals.csv", ROWS, age_s=3 * 86400)
    end = (await fetch(source(tmp_path))).end
    assert end.full
    assert abs(time.time() * 1000 - end.complete_at_ms - 3 * 86_400_000) < 60_000


async def test_a_file_from_the_future_is_no_fresher_than_now(tmp_path: Path) -> None:
    write(tmp_path / "deals.csv", ROWS, age_s=-86400)
    assert (await fetch(source(tmp_path))).end.complete_at_ms <= time.time() * 1000


async def test_an_unchanged_file_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "deals.csv", ROWS)
    first = await fetch(source(tmp_path))
    monkeypatch.setattr(file_source, "look_at", None)
    again = await fetch(source(tmp_path), first.end.cursor)
    assert again.end.unchanged
    assert (again.end.cursor, again.batches) == (first.end.cursor, [])


async def test_a_file_written_anew_with_the_same_content_is_fresh_but_unchanged(tmp_path: Path) -> None:
    write(tmp_path / "deals.csv", ROWS, age_s=5000)
    one = source(tmp_path)
    first = await fetch(one)
    write(tmp_path / "deals.csv", ROWS)
    again = await fetch(one, first.end.cursor)
    assert again.end.unchanged
    assert again.end.complete_at_ms > first.end.complete_at_ms
    assert (await fetch(one, first.end.cursor)).end.unchanged


async def test_a_changed_mapping_reads_an_unchanged_file_again(tmp_path: Path) -> None:
    write(tmp_path / "deals.csv", ROWS)
    first = await fetch(source(tmp_path))
    again = await fetch(source(tmp_path, facts=[WON | {"kind": "deal"}]), first.end.cursor)
    assert {fact.kind for fact in again.facts} == {"deal"}


@pytest.mark.parametrize("cursor", ["", "nonsense", "{}", "[1]", '{"stamps": 5}'])
async def test_a_cursor_that_is_none_reads_everything(tmp_path: Path, cursor: str) -> None:
    write(tmp_path / "deals.csv", ROWS)
    assert len((await fetch(source(tmp_path), cursor)).facts) == 30


# -------------------------------------------------------------------------- half-written files
async def test_a_file_is_not_read_while_it_grows(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(HEADER)
    left = ROWS.removeprefix(HEADER).splitlines(keepends=True)

    async def somebody_writes(_: float) -> None:
        if left:
            with path.open("a") as file:
                file.write("".join(left[:10]))
            del left[:10]

    one = source(tmp_path, debounce="2s")
    read = await gather(one.fetch("", FetchContext(lambda: 0, sleep=somebody_writes)))
    assert len(read.facts) == 30


async def test_a_file_that_never_rests_is_said_to_be_written(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(ROWS)

    async def somebody_writes(_: float) -> None:
        with path.open("a") as file:
            file.write("x")

    with pytest.raises(SourceError, match="is being written") as caught:
        await gather(
            source(tmp_path, debounce="2s").fetch("", FetchContext(lambda: 0, sleep=somebody_writes))
        )
    assert caught.value.retry_after_s == 10


async def test_a_file_that_changes_while_it_is_read_is_discarded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "deals.csv", ROWS)
    really = file_source.open_table

    def and_meanwhile(path: Path, *rest: object) -> object:
        table = really(path, *rest)  # type: ignore[arg-type]
        write(path, ROWS + "31,Ann,2026-03-01,31\n")
        return table

    monkeypatch.setattr(file_source, "open_table", and_meanwhile)
    with pytest.raises(SourceError, match="is being written"):
        await fetch(source(tmp_path))


@pytest.mark.parametrize(
    "cut",
    [
        ROWS[:-12],  # the last row has three fields and no line end
        ROWS + '31,"An',  # a quotation mark is open
        HEADER
        + '1,"Ann,2026-03-01,5\n'
        + "".join(f"{n},Ann,2026-03-01,{n}\n" for n in range(2, 20))
        + '"x",1,2,3\n',
    ],
)
async def test_a_cut_file_is_an_error_and_no_short_board(tmp_path: Path, cut: str) -> None:
    with pytest.raises(SourceError, match="deals.csv is cut off") as caught:
        await read_text(tmp_path, cut)
    assert caught.value.stage == Stage.FORMAT


async def test_an_empty_file_is_an_error_however_often_it_is_read(tmp_path: Path) -> None:
    write(tmp_path / "deals.csv", "")
    one = source(tmp_path)
    for _ in range(3):
        with pytest.raises(SourceError, match="deals.csv is empty. The last good data stays."):
            await fetch(one)


@pytest.mark.parametrize("less", [HEADER, HEADER + "1,Ann,2026-03-01,1\n"])
async def test_a_file_with_much_less_in_it_is_believed_at_the_second_reading(
    tmp_path: Path, less: str
) -> None:
    write(tmp_path / "deals.csv", ROWS)
    one = source(tmp_path)
    cursor = (await fetch(one)).end.cursor
    write(tmp_path / "deals.csv", less)
    with pytest.raises(SourceError, match=r"deals.csv has [01] records where it had 30"):
        await fetch(one, cursor)
    second = await fetch(one, cursor)
    assert second.end.full
    assert not second.end.guarded, "it has been doubted once"
    assert len(second.facts) <= 1


async def test_that_no_row_passes_the_filter_any_more_is_for_the_store_to_doubt(tmp_path: Path) -> None:
    write(tmp_path / "deals.csv", ROWS.replace("Ann", "Bo"))
    one = source(tmp_path, facts=[{**WON, "where": {"agent": "Bo"}}])
    first = await fetch(one)
    assert not first.end.guarded, "another mapping, as far as one can tell"
    write(tmp_path / "deals.csv", ROWS.replace("Ann", "Bob"))
    second = await fetch(one, first.end.cursor)
    assert (second.facts, second.end.full, second.end.guarded) == ([], True, True)


async def test_a_last_line_that_lost_its_end_is_believed_at_the_second_reading(tmp_path: Path) -> None:
    write(tmp_path / "deals.csv", ROWS)
    one = source(tmp_path)
    cursor = (await fetch(one)).end.cursor
    write(tmp_path / "deals.csv", ROWS + "31,Ann,2026-03-01,10")  # perhaps 1000 in a moment
    with pytest.raises(SourceError, match="its last line has no line end"):
        await fetch(one, cursor)
    assert len((await fetch(one, cursor)).facts) == 31


async def test_a_few_rows_less_are_believed_at_once(tmp_path: Path) -> None:
    write(tmp_path / "deals.csv", ROWS)
    one = source(tmp_path)
    cursor = (await fetch(one)).end.cursor
    write(tmp_path / "deals.csv", "".join(ROWS.splitlines(keepends=True)[:25]))
    assert len((await fetch(one, cursor)).facts) == 24


# -------------------------------------------------------------------------- the world fails
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: None, "The file .*deals.csv is missing. Put it there, or change `path`"),
        (lambda folder: (folder / "deals.csv").mkdir(), "is a folder; the name of a file is expected"),
        (lambda folder: folder.rmdir(), "The folder .* is missing. Is the drive or network share connected?"),
    ],
)
async def test_a_file_that_cannot_be_found_is_said_in_words(
    tmp_path: Path, spoil: Callable[[Path], object], words: str
) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    spoil(folder)
    with pytest.raises(SourceError, match=words) as caught:
        await fetch(source(folder))
    assert caught.value.stage == Stage.FILE


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied"), "may not be read: another program locks it"),
        (OSError(116, "Stale file handle"), "does not answer .Stale file handle."),
        (OSError(5, "Input/output error"), "does not answer .Input/output error."),
        (OSError(24, "Too many open files"), "cannot be read: Too many open files"),
    ],
)
async def test_a_file_that_cannot_be_read_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, words: str
) -> None:
    def fails(_: Path) -> None:
        raise error

    write(tmp_path / "deals.csv", ROWS)
    monkeypatch.setattr(file_source, "look_at", fails)
    with pytest.raises(SourceError, match=words):
        await fetch(source(tmp_path))


async def test_a_share_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def hangs(_: Path) -> None:
        answered.wait(10)

    monkeypatch.setattr(file_source, "stamp", hangs)
    monkeypatch.setattr(file_source, "_ANSWERS_WITHIN_S", 0.05)
    with pytest.raises(SourceError, match="does not answer. Is it connected?"):
        await fetch(source(tmp_path))
    answered.set()


# ------------------------------------------------------------------------------------------------ joins
TEAMS = "name,manager,office\nAnn,Mia,North\n"
JOINED = WON | {"attributes": {"manager": "teams.manager", "office": "teams.office"}}
JOINS = {"teams": {"path": "teams.csv", "key": "agent", "on": "name"}}


async def test_a_joined_file_gives_attributes_and_a_missing_key_none(tmp_path: Path) -> None:
    write(tmp_path / "teams.csv", TEAMS)
    read = await read_text(
        tmp_path, HEADER + "1,Ann,2026-03-01,5\n2,Bo,2026-03-01,5\n", facts=[JOINED], joins=JOINS
    )
    assert [fact.attributes for fact in read.facts] == [(("manager", "Mia"), ("office", "North")), ()]


async def test_a_missing_key_rejects_the_record_where_the_value_is_needed(tmp_path: Path) -> None:
    write(tmp_path / "teams.csv", TEAMS)
    read = await read_text(
        tmp_path, HEADER + "1,Ann,2026-03-01,5\n2,Bo,2026-03-01,5\n",
        facts=[WON | {"person": "teams.manager"}], joins=JOINS,
    )  # fmt: skip
    assert [fact.lines[0].identity for fact in read.facts] == ["Mia"]
    assert read.rejections[0].field == "teams.manager"


async def test_a_joined_json_file(tmp_path: Path) -> None:
    write(tmp_path / "teams.json", '[{"name": "Ann", "manager": "Mia"}, {"name": "Bo", "office": "South"}]')
    joins = {"teams": {"path": "teams.json", "key": "agent", "on": "name"}}
    read = await read_text(tmp_path, HEADER + "1,Bo,2026-03-01,5\n", facts=[JOINED], joins=joins)
    assert read.facts[0].attributes == (("office", "South"),)


async def test_a_changed_joined_file_reads_everything_again(tmp_path: Path) -> None:
    write(tmp_path / "teams.csv", TEAMS)
    write(tmp_path / "deals.csv", HEADER + "1,Ann,2026-03-01,5\n")
    one = source(tmp_path, facts=[JOINED], joins=JOINS)
    cursor = (await fetch(one)).end.cursor
    write(tmp_path / "teams.csv", TEAMS.replace("Mia", "Noa"))
    assert dict((await fetch(one, cursor)).facts[0].attributes)["manager"] == "Noa"


@pytest.mark.parametrize(
    ("teams", "words"),
    [
        (None, "The file .*teams.csv is missing"),
        ("", "teams.csv is empty"),
        ("agent_name,manager\nAnn,Mia\n", "“name” is gone from teams.csv.*Nearest: “agent_name”"),
        ("name,boss,office\nAnn,Mia,x\n", "“teams.manager” is gone"),
    ],
)
async def test_a_joined_file_that_fails_fails_the_sync(tmp_path: Path, teams: str | None, words: str) -> None:
    if teams is not None:
        write(tmp_path / "teams.csv", teams)
    with pytest.raises(SourceError, match=words):
        await read_text(tmp_path, HEADER + "1,Ann,2026-03-01,5\n", facts=[JOINED], joins=JOINS)


async def test_a_lookup_file_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_reading, "MOST_LOOKED_UP", 0)
    write(tmp_path / "teams.csv", TEAMS)
    with pytest.raises(SourceError, match="more than 0 rows"):
        await read_text(tmp_path, ROWS, facts=[JOINED], joins=JOINS)


# -------------------------------------------------------------------------- people, import, notes
@pytest.mark.parametrize(
    ("unknown", "roster", "made"),
    [("auto", False, True), ("auto", True, False), ("create", True, True), ("unassigned", False, False)],
)
async def test_people_are_made_where_nobody_lists_them(
    tmp_path: Path, unknown: str, roster: bool, made: bool
) -> None:
    write(tmp_path / "deals.csv", ROWS)
    read = await fetch(source(tmp_path, roster=roster, unknown_people=unknown))
    assert [person.name for person in read.people] == (["Ann"] if made else [])


async def test_another_file_is_imported_without_withdrawing_anything(tmp_path: Path) -> None:
    write(tmp_path / "old.csv", HEADER + "77,Ann,2025-03-01,5\n")
    read = await gather(source(tmp_path).read_other(tmp_path / "old.csv", "kept", context()))
    assert [fact.key for fact in read.facts] == ["77"]
    assert (read.end.full, read.end.cursor) == (False, "kept")


async def test_importing_the_sources_own_file_is_a_full_reading(tmp_path: Path) -> None:
    write(tmp_path / "deals.csv", ROWS)
    one = source(tmp_path)
    read = await gather(one.read_other(tmp_path / "deals.csv", "", context()))
    assert read.end.full
    assert (await fetch(one, read.end.cursor)).end.unchanged


async def test_a_large_file_comes_in_batches_with_progress(tmp_path: Path) -> None:
    rows = HEADER + "".join(f"{n},Ann,2026-03-01,{n}\n" for n in range(1, 9001))
    read = await read_text(tmp_path, rows)
    assert len(read.facts) == 9000
    assert max(len(batch.facts) for batch in read.batches) <= 2000
    done = [batch.done for batch in read.batches]
    assert done == sorted(done)
    assert (done[-1], read.batches[-1].total) == (len(rows), len(rows))


async def test_the_loop_goes_on_while_a_file_is_read(tmp_path: Path) -> None:
    write(tmp_path / "deals.csv", HEADER + "".join(f"{n},Ann,2026-03-01,{n}\n" for n in range(20_000)))
    turns = 0

    async def somebody_else() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(somebody_else())
    await fetch(source(tmp_path))
    other.cancel()
    assert turns > 10


async def test_whoever_stops_listening_closes_the_file(tmp_path: Path) -> None:
    write(tmp_path / "deals.csv", HEADER + "".join(f"{n},Ann,2026-03-01,{n}\n" for n in range(9_000)))
    items = source(tmp_path).fetch("", context())
    assert (await anext(items)).facts  # type: ignore[union-attr]
    await items.aclose()  # type: ignore[attr-defined]


async def test_a_cancelled_fetch_ends_and_closes_the_file(tmp_path: Path) -> None:
    write(tmp_path / "deals.csv", HEADER + "".join(f"{n},Ann,2026-03-01,{n}\n" for n in range(50_000)))
    task = asyncio.create_task(fetch(source(tmp_path)))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_the_zone_taken_for_granted_is_stated(tmp_path: Path) -> None:
    (note,) = source(tmp_path, zone="America/New_York").notes()
    assert dict(note.args) == {"zone": "America/New_York"}
