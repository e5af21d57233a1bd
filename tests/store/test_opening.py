"""A store is made, upgraded, checked and, when damaged, restored; one process at a time writes to it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine, inspect

from salesboard_display.store import (
    ProcessLock,
    Store,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreMissing,
    StoreUnavailable,
    schema,
)
from salesboard_display.store import upgrade as upgrade_module
from salesboard_display.store.lock import holder_of
from salesboard_display.store.opening import KEEP_BACKUPS, backup_folder
from tests.store.saying import amounts, fact, say, stage


# --------------------------------------------------------------------- schema
def _described(path: Path) -> dict[str, object]:
    """Tables, columns, keys and indexes as the database itself tells them."""
    engine = create_engine(f"sqlite:///{path}")
    seen = inspect(engine)
    found: dict[str, object] = {}
    for table in sorted(seen.get_table_names()):
        if table == "alembic_version":  # Alembic makes it a little different
            continue
        columns = [
            (c["name"], str(c["type"]), c["nullable"], c["primary_key"]) for c in seen.get_columns(table)
        ]
        keys = sorted(
            (tuple(k["constrained_columns"]), k["referred_table"]) for k in seen.get_foreign_keys(table)
        )
        unique = sorted(tuple(u["column_names"]) for u in seen.get_unique_constraints(table))
        checks = sorted(c["sqltext"] for c in seen.get_check_constraints(table))
        found[table] = (columns, keys, unique, checks)
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        )
        found["indexes"] = sorted((name, " ".join(sql.lower().split())) for name, sql in indexes)
    return found


def test_a_new_store_and_an_upgraded_one_have_the_same_schema(tmp_path: Path) -> None:
    new, old = tmp_path / "new.db", tmp_path / "old.db"
    Store.open(new).close()
    upgrade_module.upgrade(f"sqlite:///{old}")
    assert _described(new) == _described(old)
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("SELECT * FROM alembic_version").fetchall() == [(schema.SCHEMA_VERSION,)]


def test_an_old_store_is_upgraded_in_another_process_and_keeps_its_facts(path: Path) -> None:
    _make_old(path)
    script = (
        "import sys; from salesboard_display.store import Store\n"
        f"store = Store.open({str(path)!r})\n"
        "print(store.opened.upgraded_from, 'alembic' in sys.modules); store.close()"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout == "0001 False\n"
    with Store.open(path) as store:
        assert store.opened.upgraded_from == ""
        assert amounts(store) == {"1": 500}
        assert store.load_snapshot() is None
    assert len(list(backup_folder(path).glob("*.db"))) == 1


def _make_old(path: Path) -> None:
    upgrade_module.upgrade(f"sqlite:///{path}", "0001")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            f"""INSERT INTO source VALUES (1, 'crm', '', NULL, '', NULL, 1, 0, 'auto', NULL);
            INSERT INTO kind VALUES (1, 'deal'); INSERT INTO currency VALUES (1, 'EUR');
            INSERT INTO identity VALUES (1, 1, 'Anna', 'Anna', NULL, 0, NULL);
            INSERT INTO attr_set VALUES (1, 1, '{{}}');
            INSERT INTO fact_revision VALUES (1, 1, '1', 0, 1, 1, 0, 0, 500, 1, 1000, 1, '', 1,
            {schema.FOREVER}, 0);"""
        )


def test_a_failed_upgrade_is_told_and_changes_nothing(path: Path) -> None:
    _make_old(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE snapshot (x)")
    with pytest.raises(StoreError, match="could not be upgraded.*snapshot"):
        Store.open(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM alembic_version").fetchall() == [("0001",)]
        assert len(connection.execute("PRAGMA table_info(identity)").fetchall()) == 7


def test_neither_an_older_nor_a_newer_store_is_read_wrongly(path: Path) -> None:
    _make_old(path)
    with pytest.raises(StoreError, match="older version"):
        Store.open(path, read_only=True)
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for read_only in (True, False):
        with pytest.raises(StoreError, match="newer version"):
            Store.open(path, read_only=read_only)


def test_a_new_store_needs_no_alembic(path: Path) -> None:
    script = (
        "import sys; from salesboard_display.store import Store\n"
        f"Store.open({str(path)!r}).close(); print('alembic' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"


def test_a_store_may_be_named_by_url(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path}/by-url.db").close()
    assert (tmp_path / "by-url.db").exists()
    with pytest.raises(ValueError, match="folder"):
        Store.open("postgresql://localhost/x")


def test_every_table_is_in_the_metadata(path: Path) -> None:
    Store.open(path).close()
    seen = MetaData()
    engine = create_engine(f"sqlite:///{path}")
    seen.reflect(engine)
    engine.dispose()
    assert set(seen.tables) == set(schema.metadata.tables)


# --------------------------------------------------------------------- damage
def _damage(path: Path) -> None:
    """Overwrite the inner pages, as a failing disk does."""
    content = bytearray(path.read_bytes())
    for at in range(2 * 4096, len(content), 4096):
        content[at : at + 64] = b"\xa5" * 64
    path.write_bytes(content)


def _filled(path: Path) -> None:
    with Store.open(path) as store:
        say(store, *(fact(f"{i:04}", i) for i in range(500)))


@pytest.mark.parametrize("damage", ["pages", "not a database", "cut", "another program's"])
def test_a_damaged_file_is_set_aside_and_the_newest_sound_backup_restored(path: Path, damage: str) -> None:
    _filled(path)
    with Store.open(path) as store:
        first = store.backup()
        say(store, fact("new", 1))
        second, third = store.backup(), store.backup()
        say(store, fact("later", 1))
    assert first
    assert second
    assert third
    _damage(third)
    if damage == "pages":
        _damage(path)
    elif damage == "cut":
        os.truncate(path, path.stat().st_size // 2)
    elif damage == "not a database":
        path.write_bytes(b"hello " * 5_000)
    else:
        path.unlink()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE theirs (x)")
    content = path.read_bytes()
    with Store.open(path) as store:
        opened = store.opened
        assert opened.recovered_from == second
        assert opened.set_aside is not None
        assert opened.set_aside.read_bytes() == content
        assert opened.message is not None
        assert opened.message.id == "store-restored"
        assert "new" in amounts(store)
        assert "later" not in amounts(store)
        assert say(store, fact("later", 1)).added == 1
    with Store.open(path) as store:
        assert store.opened.set_aside is None


def test_a_restored_store_applies_no_sync_that_waited_for_the_damaged_one(path: Path) -> None:
    _filled(path)
    with Store.open(path) as store:
        store.backup()
        stage(store, fact("waiting"), full=False)
    _damage(path)
    with Store.open(path) as store:
        assert store.finish_interrupted_syncs(1) == ()
        assert "waiting" not in amounts(store)
        assert store.cursor("crm") == ""


def test_without_a_backup_a_damaged_store_begins_anew(path: Path) -> None:
    _filled(path)
    _damage(path)
    with Store.open(path) as store:
        assert store.opened.created
        assert store.opened.message is not None
        assert store.opened.message.id == "store-begun-anew"
        assert (amounts(store), store.cursor("crm")) == ({}, "")


def test_damage_met_while_running_is_told_and_repaired_at_the_next_start(path: Path) -> None:
    _filled(path)
    store = Store.open(path)
    store.backup()
    store.close()
    with Store.open(path) as store:
        _damage(path)
        assert store.verify()
        with pytest.raises(StoreDamaged):
            store.backup()
    with Store.open(path) as store:
        assert store.opened.recovered_from
        assert store.verify() == ""


def test_a_reader_of_a_damaged_store_says_so_and_changes_nothing(path: Path) -> None:
    _filled(path)
    _damage(path)
    content = path.read_bytes()
    with pytest.raises(StoreError), Store.open(path, read_only=True) as reader:
        amounts(reader)
    assert path.read_bytes() == content


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()
    with Store.open(path) as store:
        assert store.opened.created
        assert store.opened.set_aside is None


def test_only_the_newest_backups_are_kept_and_each_is_sound(store: Store, path: Path) -> None:
    assert store.last_backup_ms() is None
    made = []
    for i in range(KEEP_BACKUPS + 2):
        say(store, fact(str(i)))
        made.append(store.backup())
    assert sorted(backup_folder(path).glob("*")) == made[-KEEP_BACKUPS:]
    assert abs((store.last_backup_ms() or 0) - time.time() * 1000) < 60_000
    for number, backup in enumerate(made[-KEEP_BACKUPS:], 3):
        assert backup
        with Store.open(backup) as copy:
            assert len(amounts(copy)) == number


def test_a_reader_in_another_thread_backs_up_beside_the_writer(store: Store, path: Path) -> None:
    say(store, fact("1"))
    made: list[Path | None] = []

    def back_up() -> None:
        with Store.open(path, read_only=True) as reader:
            made.append(reader.backup())

    thread = threading.Thread(target=back_up)
    thread.start()
    say(store, fact("2"))
    thread.join()
    assert made[0]
    with Store.open(made[0]) as copy:
        assert "1" in amounts(copy)


# --------------------------------------------------------------------- one writer, any readers
def test_a_second_writer_is_told_who_the_first_is(store: Store, path: Path) -> None:
    with pytest.raises(StoreBusy, match=f"Process {os.getpid()}") as busy:
        Store.open(path)
    assert busy.value.pid == os.getpid()
    assert holder_of(path.with_name("store.db.lock")) == os.getpid()


def test_another_process_is_refused_too_and_named(path: Path) -> None:
    script = (
        "import sys; from salesboard_display.store import Store\n"
        f"store = Store.open({str(path)!r}); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=-1, stdout=-1, text=True) as child:
        assert child.stdout
        assert child.stdout.readline() == "open\n"
        with pytest.raises(StoreBusy) as busy:
            Store.open(path)
        assert busy.value.pid == child.pid
        child.kill()
    with Store.open(path) as store:  # the lock of the dead is free
        assert store.opened.created is False


def test_the_lock_of_a_process_that_died_is_free_and_known_as_such(tmp_path: Path) -> None:
    lock = ProcessLock(tmp_path / "a.lock")
    lock.acquire()
    lock.release()
    assert not lock.held
    lock.acquire()
    assert not lock.after_unclean_end
    lock.release()
    lock.path.write_text('{"pid": 999999999, "boot": "another"}')
    assert holder_of(lock.path) == 0
    lock.acquire()
    assert lock.after_unclean_end
    lock.release()
    assert holder_of(tmp_path / "none") == 0


def test_without_locks_in_the_file_system_the_process_id_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import fcntl

    from salesboard_display.store.lock import boot_id

    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    path = tmp_path / "a.lock"
    path.write_text(json.dumps({"pid": 1, "boot": boot_id()}))
    with pytest.raises(StoreBusy) as busy:
        ProcessLock(path).acquire()
    assert busy.value.pid == 1
    for stale in (
        '{"pid": 1, "boot": "an earlier one"}',
        json.dumps({"pid": 999_999_999, "boot": boot_id()}),
        "nonsense",
    ):
        path.write_text(stale)
        lock = ProcessLock(path)
        lock.acquire()
        lock.release()


def test_a_reader_needs_a_store(path: Path) -> None:
    with pytest.raises(StoreMissing):
        Store.open(path, read_only=True)
    path.touch()
    with pytest.raises(StoreMissing):
        Store.open(path, read_only=True)


def test_a_reader_sees_new_kinds_people_and_attributes_of_the_writer(store: Store, path: Path) -> None:
    say(store, fact("1"))
    with Store.open(path, read_only=True) as reader:
        assert set(reader.directory().people) == {"anna-snelling"}
        say(store, fact("2", 7, who="Kary", type="new"), source="another")
        assert amounts(reader) == {"1": 100, "2": 7}
        assert set(reader.directory().people) == {"anna-snelling", "kary"}


def test_a_reader_can_hold_one_state_for_all_its_questions(store: Store, path: Path) -> None:
    say(store, fact("1"))
    with Store.open(path, read_only=True) as reader:
        with reader.reading():
            before = amounts(reader)
            say(store, fact("2"))
            store.checkpoint()
            assert amounts(reader) == before
        assert len(amounts(reader)) == 2


def test_a_reader_beside_nobody_reads_what_a_killed_writer_left(path: Path) -> None:
    script = (
        "import os; from tests.store.saying import *; from salesboard_display.store import Store\n"
        f"store = Store.open({str(path)!r}); say(store, fact('1')); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script], check=False)
    with Store.open(path, read_only=True) as reader:
        assert amounts(reader) == {"1": 100}


def test_closing_empties_the_log(path: Path) -> None:
    store = Store.open(path)
    say(store, *(fact(str(i)) for i in range(1_000)))
    log = path.with_name("store.db-wal")
    assert log.stat().st_size > 0
    store.checkpoint(at_least_bytes=10**9)
    assert log.stat().st_size > 0
    store.checkpoint()
    assert log.stat().st_size == 0
    store.close()
    assert not log.exists()


# --------------------------------------------------------------------- the world
def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="disk reports an error"):
        Store.open(tmp_path / "file" / "store.db")


def test_a_sync_in_work_does_not_hinder_closing(path: Path) -> None:
    with Store.open(path) as store:
        steps = store.apply_steps(stage(store, *(fact(str(i)) for i in range(50))), now_ms=1, in_chunks_of=10)
        next(steps)
        steps.close()
    with Store.open(path) as store:
        assert amounts(store) == {}
