"""What is kept besides facts and people outlives the process."""

from __future__ import annotations

from pathlib import Path

import pytest

from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.store import SourceState, Store, StoreError
from tests.store.saying import fact, say


def test_cursor_completeness_snapshot_and_rules_survive_a_restart(path: Path) -> None:
    with Store.open(path) as store:
        store.apply_batch("crm", Batch((fact("1"),)), SyncEnd(77, False, "page 9"), now_ms=100)
        store.save_snapshot(b"\0first", 1)
        store.save_snapshot(b"\0second", 2)
        store.freeze_rule("week", 5, {"goal": 15, "title": "Demo-Woche"})
    with Store.open(path) as store:
        assert store.cursor("crm") == "page 9"
        assert store.source_state("crm") == SourceState("crm", "page 9", 77, 100)
        assert store.load_snapshot() == b"\0second"
        assert store.frozen_rule("week") == {"goal": 15, "title": "Demo-Woche"}


def test_nothing_is_known_of_what_never_was(store: Store) -> None:
    assert store.source_state("nowhere") == SourceState("nowhere")
    assert (store.cursor("nowhere"), store.load_snapshot(), store.frozen_rule("none")) == ("", None, None)
    assert (store.rejections("nowhere"), store.rejection_count("nowhere")) == ([], 0)


def test_a_frozen_rule_stays(store: Store) -> None:
    assert store.freeze_rule("week", 5, {"goal": 15}) == {"goal": 15}
    assert store.freeze_rule("week", 6, {"goal": 99}) == {"goal": 15}


def test_an_error_is_kept_until_the_source_answers_again(store: Store) -> None:
    store.note_error("crm", "no network", 50)
    assert store.source_state("crm").last_error == "no network"
    store.note_complete("crm", 60)
    assert store.source_states() == [SourceState("crm", complete_at_ms=60)]
    store.note_error("crm", "again", 70)
    say(store, fact("1"))
    assert store.source_state("crm").last_error_at_ms is None


def test_a_reader_sees_what_the_writer_keeps_and_can_keep_nothing(store: Store, path: Path) -> None:
    say(store, fact("1"))
    with Store.open(path, read_only=True) as reader:
        assert reader.source_state("crm").synced_at_ms == 1_000
        with pytest.raises(StoreError, match="reading only"):
            reader.save_snapshot(b"")
