"""What was kept is there after a crash, once, in order; what was not is not."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.sources.webhook import inbox as inboxes
from salesboard_display.sources.webhook import journal as journals
from salesboard_display.sources.webhook.inbox import Full, Inbox
from salesboard_display.sources.webhook.journal import REMEMBERED_MS, Entry, Journal

NOW_MS = 1_700_000_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sources" / "crm.webhooks"


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


async def opened(path: Path, done: int = 0, most: int = 1000) -> Inbox:
    inbox = Inbox(path, most)
    await inbox.open(done, NOW_MS)
    return inbox


async def test_what_was_put_is_there_in_its_order(path: Path) -> None:
    inbox = await opened(path)
    assert [await inbox.put(id_, f"text {id_}", NOW_MS) for id_ in "abc"] == [True, True, True]
    assert [(entry.seq, entry.id, entry.text) for entry in await inbox.next()] == [
        (1, "a", "text a"),
        (2, "b", "text b"),
        (3, "c", "text c"),
    ]
    await inbox.close()


async def test_what_was_put_is_there_after_a_crash(path: Path) -> None:
    crashed = await opened(path)
    await crashed.put("a", '{"text": "Zoë\\n"}', NOW_MS)
    await crashed.put("b", "b", NOW_MS + 1)
    after = await opened(path)
    assert [entry.text for entry in after.there()] == ['{"text": "Zoë\\n"}', "b"]
    assert after.alive_ms == NOW_MS + 1
    await crashed.close()
    await after.close()


async def test_what_the_store_has_is_not_there_again_but_known(path: Path) -> None:
    inbox = await opened(path)
    for id_ in "abc":
        await inbox.put(id_, f"text {id_}", NOW_MS)
    inbox.done(2)
    assert [entry.id for entry in inbox.there()] == ["c"]
    await inbox.close()
    after = await opened(path, done=2)
    assert [entry.id for entry in after.there()] == ["c"]
    assert [await after.put(id_, "again", NOW_MS) for id_ in "abcd"] == [False, False, False, True]
    assert [entry.seq for entry in after.there()] == [3, 4]
    await after.close()
    assert "text a" not in " ".join(lines(path)), "what is done with is not kept any longer than needed"


async def test_numbers_go_on_when_nothing_waits_any_more(path: Path) -> None:
    inbox = await opened(path, done=41)
    await inbox.put("a", "a", NOW_MS)
    assert inbox.there()[0].seq == 42
    inbox.done(42)
    await inbox.close()
    after = await opened(path, done=42)
    await after.put("b", "b", NOW_MS)
    assert after.there()[0].seq == 43
    await after.close()


async def test_the_same_webhook_twice_at_once_is_kept_once_and_both_wait_for_it(path: Path) -> None:
    inbox = await opened(path)
    kept = await asyncio.gather(*(inbox.put("a", "a", NOW_MS) for _ in range(20)))
    assert sorted(kept) == [False] * 19 + [True]
    assert len(inbox.there()) == 1
    await inbox.close()


async def test_what_may_come_anew_is_a_repeat_only_of_the_newest_even_while_it_is_written(path: Path) -> None:
    inbox = await opened(path)
    ids = ["won", "won", "gone", "won", "won", "gone"]
    kept = await asyncio.gather(*(inbox.put(id_, id_, NOW_MS, lasting=False) for id_ in ids))
    assert kept == [True, False, True, True, False, True]
    await inbox.close()
    after = await opened(path, done=2)
    assert [entry.text for entry in after.there()] == ["won", "gone"]
    assert [await after.put(id_, id_, NOW_MS, lasting=False) for id_ in ("gone", "won")] == [False, True]
    await after.close()


async def test_who_comes_at_the_same_time_shares_one_writing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = await opened(path)
    synced: list[int] = []
    sync = os.fsync
    monkeypatch.setattr(journals.os, "fsync", lambda file: (synced.append(file), sync(file)))
    assert all(await asyncio.gather(*(inbox.put(str(n), "x", NOW_MS) for n in range(200))))
    assert 1 <= len(synced) <= 3
    await inbox.close()


async def test_no_more_wait_than_may(path: Path) -> None:
    inbox = await opened(path, most=3)
    for id_ in "abc":
        await inbox.put(id_, id_, NOW_MS)
    assert inbox.full
    with pytest.raises(Full):
        await inbox.put("d", "d", NOW_MS)
    assert await inbox.put("a", "a", NOW_MS) is False, "what is known already needs no room"
    inbox.done(1)
    assert await inbox.put("d", "d", NOW_MS)
    await inbox.close()


async def test_no_more_bytes_wait_than_may(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inboxes, "MOST_WAITING_BYTES", 1000)
    inbox = await opened(path)
    await inbox.put("a", "x" * 1000, NOW_MS)
    with pytest.raises(Full):
        await inbox.put("b", "b", NOW_MS)
    inbox.done(1)
    assert await inbox.put("b", "b", NOW_MS)
    await inbox.close()


async def test_a_full_disk_keeps_nothing_and_loses_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = await opened(path)
    await inbox.put("a", "a", NOW_MS)
    with monkeypatch.context() as full:

        def no_room(_file: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        full.setattr(journals.os, "fsync", no_room)
        failed = await asyncio.gather(*(inbox.put(id_, id_, NOW_MS) for id_ in "bb"), return_exceptions=True)
    assert [type(each) for each in failed] == [OSError, OSError]
    assert await inbox.put("b", "b", NOW_MS), "the sender tries again"
    assert [entry.id for entry in inbox.there()] == ["a", "b"]
    await inbox.close()
    after = await opened(path)
    assert [entry.id for entry in after.there() if entry.id == "a"] == ["a"]
    assert {entry.text for entry in after.there()} == {"a", "b"}
    await after.close()


@given(cut=st.integers(1, 60))
def test_a_line_cut_by_a_power_cut_hides_no_other(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("cut") / "crm.webhooks"
    journal = Journal(path)
    journal.open(0, NOW_MS)
    journal.append([Entry(1, "a", NOW_MS, "first"), Entry(2, "b", NOW_MS, "second")])
    journal.close()
    whole = path.read_bytes()
    second = len(whole) - whole.rstrip().rfind(b"\n") - 1
    path.write_bytes(whole[: -min(cut, second)])
    again = Journal(path)
    again.open(0, NOW_MS)
    ids = [entry.id for entry in again.waiting]
    assert ids in (["a"], ["a", "b"])
    again.append([Entry(3, "c", NOW_MS, "third")])
    again.close()
    last = Journal(path)
    last.open(0, NOW_MS)
    assert [entry.id for entry in last.waiting] == [*ids, "c"]
    last.close()


def test_more_than_one_bad_line_is_said(path: Path, expected_log: object) -> None:
    expected_log(r"2 lines cannot be read")  # type: ignore[operator]
    path.parent.mkdir()
    path.write_text('[1,"a",5,"x"]\nnonsense\n{"a": 1}\n[2,"b",6,"y"]\n[3,"c",7]\n')
    journal = Journal(path)
    journal.open(0, 10)
    assert [entry.id for entry in journal.waiting] == ["a", "b"]
    assert list(journal.heard) == ["a", "b", "c"]
    journal.close()


def test_ids_are_forgotten_when_they_are_old_or_too_many(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(path)
    journal.open(0, NOW_MS)
    journal.append(Entry(n, f"id {n}", NOW_MS + n, "x") for n in range(1, 11))
    journal.close()
    monkeypatch.setattr(journals, "REMEMBERED", 8)
    again = Journal(path)
    again.open(10, NOW_MS + REMEMBERED_MS + 4)
    assert list(again.heard) == [f"id {n}" for n in range(4, 11)]
    again.close()
    assert len(path.read_text().splitlines()) == 7


async def test_the_file_is_written_anew_when_most_of_it_is_done_with(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "LARGEST_BYTES", 10_000)
    inbox = await opened(path)
    for number in range(300):
        await inbox.put(f"{number}", "x" * 200, NOW_MS + number)
        inbox.done(number)
    assert sum(map(len, lines(path))) < 25_000, "60,000 bytes were written"
    assert [json.loads(line)[1] for line in lines(path)][:3] == ["0", "1", "2"]
    await inbox.close()
    after = await opened(path, done=299)
    assert [entry.id for entry in after.there()] == ["299"]
    assert await after.put("17", "again", NOW_MS) is False
    await after.close()


def test_only_its_owner_may_read_the_file(path: Path) -> None:
    journal = Journal(path)
    journal.open(0, NOW_MS)
    journal.close()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_a_sign_of_life_stirs_once_a_second_at_most(path: Path) -> None:
    inbox = await opened(path)
    inbox.sign_of_life(NOW_MS)
    assert await inbox.next() == []
    inbox.sign_of_life(NOW_MS + 900)
    waiting = asyncio.ensure_future(inbox.next())
    await asyncio.sleep(0.01)
    assert not waiting.done()
    inbox.sign_of_life(NOW_MS + 1000)
    assert await waiting == []
    assert inbox.alive_ms == NOW_MS + 1000
    await inbox.close()


async def test_closing_waits_for_what_somebody_waits_for(path: Path) -> None:
    inbox = await opened(path)
    putting = [asyncio.ensure_future(inbox.put(str(n), "x", NOW_MS)) for n in range(5)]
    await asyncio.sleep(0)
    await inbox.close()
    assert await asyncio.gather(*putting) == [True] * 5
    after = await opened(path)
    assert len(after.there()) == 5
    await after.close()


async def test_who_gives_up_opening_leaves_nothing_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = Inbox(path, 10)
    begun, may_end = threading.Event(), threading.Event()
    really = Journal.open

    def slow(journal: Journal, done: int, now_ms: int) -> None:
        begun.set()
        may_end.wait(5)
        really(journal, done, now_ms)

    monkeypatch.setattr(Journal, "open", slow)
    opening = asyncio.ensure_future(inbox.open(0, NOW_MS))
    await asyncio.to_thread(begun.wait, 5)
    opening.cancel()
    await asyncio.sleep(0.01)
    assert not opening.done(), "nobody else may open it meanwhile"
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await opening
    await inbox.close()
    assert inbox._journal._file is None
