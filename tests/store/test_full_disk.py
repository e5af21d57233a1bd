"""On a full, read-only or failing disk nothing is half done, the store says why, and goes on when it can."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from salesboard_display.core.facts import CreditLine, Fact
from salesboard_display.core.sync import Batch
from salesboard_display.store import Staging, Store, StoreError, StoreUnavailable
from salesboard_display.store.database import BALLAST_BYTES
from tests.store.saying import amounts, fact, say, stage


def _large(count: int) -> tuple[Fact, ...]:
    return tuple(fact(f"{i:05}", i)._replace(detail=(("note", "x" * 2_000),)) for i in range(count))


def _limit_pages(store: Store, more: int) -> None:
    """Let the database grow by so many pages only: what SQLite then reports is a full disk."""
    driver = store._database.connection.connection.driver_connection
    assert driver is not None
    pages = driver.execute("PRAGMA page_count").fetchone()[0] if more >= 0 else 2**30
    driver.execute(f"PRAGMA max_page_count = {pages + max(more, 0)}")


def test_a_full_disk_refuses_whole_batches_and_the_same_call_works_later(store: Store) -> None:
    say(store, fact("old"))
    _limit_pages(store, 3)
    with pytest.raises(StoreUnavailable, match="disk is full") as full:
        say(store, *_large(200), fact("old", 5))
    assert full.value.reason == "full"
    assert full.value.message.id == "store-full"
    assert amounts(store) == {"old": 100}
    _limit_pages(store, -1)
    assert say(store, *_large(200), fact("old", 5)).added == 200
    assert amounts(store)["old"] == 5


def test_names_met_in_a_failed_batch_are_learned_again(store: Store) -> None:
    _limit_pages(store, 3)
    with pytest.raises(StoreUnavailable):
        say(
            store, *_large(200), fact("n", who="New Face", kind="new kind", colour="new"), source="new source"
        )
    _limit_pages(store, -1)
    say(store, fact("n", who="New Face", kind="new kind", colour="new"), source="new source")
    assert set(store.directory().people) == {"new-face"}


def test_a_staged_sync_that_meets_a_full_disk_is_not_seen_and_finished_later(store: Store) -> None:
    say(store, fact("old"))
    staging = stage(store, *_large(300))
    _limit_pages(store, 60)
    with pytest.raises(StoreUnavailable):
        store.apply(staging, now_ms=2_000, in_chunks_of=20)
    assert amounts(store) == {"old": 100}
    assert store.source_state("crm").applying
    _limit_pages(store, -1)
    applied = store.apply(staging, now_ms=3_000)
    assert (applied.added + applied.unchanged, applied.withdrawn) == (300, 1)
    assert len(amounts(store)) == 300


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 40 MB of our own."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let root mount a tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(folder: Path) -> Path:
    filler = folder / "filler"
    with open(filler, "wb") as file:
        try:
            while True:
                file.write(bytes(65_536))
                file.flush()
        except OSError:
            pass
    return filler


def test_a_really_full_disk(small_disk: Path) -> None:
    path = small_disk / "store.db"
    ballast = path.with_name("store.db.ballast")
    with Store.open(path) as store:
        say(store, fact("old"))
        assert ballast.stat().st_size == BALLAST_BYTES
        filler = _fill(small_disk)
        assert shutil.disk_usage(small_disk).free < 65_536
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="disk is full"):
                say(store, *_large(2_000))
        assert not ballast.exists()  # given up, so that deleting and checkpointing have room
        assert amounts(store) == {"old": 100}
        store.checkpoint()
        staging = store.begin_sync("crm")
        with pytest.raises(StoreUnavailable):
            _add_without_end(staging)
        filler.unlink()
        assert say(store, *_large(2_000)).added == 2_000
        assert ballast.exists()
    with Store.open(path) as store:
        assert len(amounts(store)) == 2_001
        assert store.opened.set_aside is None


def _add_without_end(staging: Staging) -> None:
    while True:
        staging.add(Batch(_large(4_000)))


def test_a_disk_that_is_full_at_start_is_read_all_the_same(small_disk: Path) -> None:
    path = small_disk / "store.db"
    with Store.open(path) as store:
        say(store, fact("old"))
    filler = _fill(small_disk)
    with Store.open(path) as store:  # the ballast makes the little room that opening needs
        assert amounts(store) == {"old": 100}
        with pytest.raises(StoreUnavailable, match="full"):
            say(store, fact("new"))
        filler.unlink()
        say(store, fact("new"))
    with Store.open(path) as store:
        assert set(amounts(store)) == {"old", "new"}


def test_a_read_only_disk_is_told_in_words(small_disk: Path) -> None:
    path = small_disk / "store.db"
    with Store.open(path) as store:
        say(store, fact("old"))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreUnavailable):
        Store.open(path)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    with Store.open(path) as store:
        assert amounts(store) == {"old": 100}


def test_an_error_of_the_disk_is_no_bug_of_ours() -> None:
    import sqlite3

    from salesboard_display.store import sqlite

    for code, reason in ((sqlite3.SQLITE_IOERR_FSYNC, "io"), (sqlite3.SQLITE_READONLY_DBMOVED, "read-only")):
        error = sqlite3.OperationalError("the disk says no")
        error.sqlite_errorcode = code
        told = sqlite.in_words(error, Path("s.db"))
        assert isinstance(told, StoreUnavailable)
        assert told.reason == reason
    mistake = sqlite3.OperationalError("no such column")
    mistake.sqlite_errorcode = sqlite3.SQLITE_ERROR
    assert sqlite.in_words(mistake, None) is None


def test_a_credit_line_is_never_half_kept(store: Store) -> None:
    _limit_pages(store, 2)
    shared = fact("s")._replace(
        lines=tuple(CreditLine(f"p{i}", 1, 1) for i in range(50)), detail=(("note", "x" * 5_000),)
    )
    with pytest.raises(StoreError):
        say(store, shared)
    assert amounts(store) == {}
