"""A sync is staged whole or thrown away, seen whole or not at all, and survives the process that applies
it."""

from __future__ import annotations

from pathlib import Path

import pytest

from salesboard_display.core.facts import CreditLine
from salesboard_display.core.messages import Message
from salesboard_display.core.people import PersonRecord
from salesboard_display.core.sync import Batch, Rejection, SyncEnd
from salesboard_display.store import Store, StoreError, SyncLost, TooManyAttributeSets
from salesboard_display.store import syncs as syncs_module
from tests.store.saying import DAY, amounts, fact, revisions, rows, say, stage

HUNDRED = tuple(fact(f"{i:03}", i, at=i * DAY) for i in range(100))


def staging_files(path: Path) -> list[str]:
    return sorted(file.suffix for file in path.with_name(path.name + ".staging").glob("*"))


def test_a_staged_sync_is_applied_like_a_small_one(store: Store, path: Path) -> None:
    staging = stage(store, *HUNDRED, people=[PersonRecord("1", "Anna Snelling", team="West")])
    applied = store.apply(staging, now_ms=1_000, in_chunks_of=7)
    assert (applied.added, applied.recorded_at_ms) == (100, 1_000)
    assert applied.touched == (("deal", tuple(i * DAY for i in range(100))),)
    assert amounts(store) == {f"{i:03}": i for i in range(100)}
    assert {row.recorded_at for row in rows(store)} == {1_000}
    assert store.cursor("crm") == "next"
    assert store.directory().people["anna-snelling"].team_at(0) == "west"
    assert staging_files(path) == []


def test_nothing_of_a_sync_is_seen_before_its_last_transaction(store: Store) -> None:
    say(store, *HUNDRED[:50], now=500)
    before, known_before = amounts(store), amounts(store, known_at=500)
    changed = [f._replace(lines=(CreditLine("Kary", 7, 1000),)) for f in HUNDRED[25:]]
    seen: list[bool] = []

    def look() -> None:
        with Store.open(store._database.path or "", read_only=True) as reader:
            seen.append(amounts(reader) == before == amounts(store))
            seen.append(amounts(store, known_at=10**15) == before)
            seen.append(amounts(store, known_at=500) == known_before)
            seen.append(reader.source_state("crm").applying)
            seen.append(reader.cursor("crm") == "")

    applied = store.apply(stage(store, *changed), now_ms=1_000, in_chunks_of=10, between=look)
    assert len(seen) > 30
    assert all(seen)
    assert (applied.added, applied.revised, applied.withdrawn) == (50, 25, 25)
    assert amounts(store) == {f"{i:03}": 7 for i in range(25, 100)}
    assert not store.source_state("crm").applying
    assert amounts(store, known_at=500) == known_before


def test_another_source_may_push_while_a_sync_is_applied(store: Store) -> None:
    pushed: list[int] = []

    def push() -> None:
        pushed.append(say(store, fact(f"p{len(pushed)}", 1), source="push").recorded_at_ms)

    applied = store.apply(stage(store, *HUNDRED), now_ms=1_000, in_chunks_of=10, between=push)
    assert len(pushed) == 10
    assert applied.recorded_at_ms < pushed[0]
    assert len(rows(store)) == 110


def test_the_same_source_is_refused_meanwhile(store: Store) -> None:
    steps = store.apply_steps(stage(store, *HUNDRED), now_ms=1_000, in_chunks_of=10)
    next(steps)
    with pytest.raises(StoreError, match="crm"):
        say(store, fact("x"))
    steps.close()


def test_a_discarded_sync_leaves_nothing(store: Store, path: Path) -> None:
    say(store, fact("old"))
    staging = store.begin_sync("crm")
    staging.add(Batch(HUNDRED))
    staging.discard()
    assert staging_files(path) == []
    assert amounts(store) == {"old": 100}


def test_an_unfinished_sync_cannot_be_applied(store: Store) -> None:
    staging = store.begin_sync("crm")
    with pytest.raises(ValueError, match="not finished"):
        store.apply(staging, now_ms=1)
    staging.discard()


@pytest.mark.parametrize("steps_taken", range(0, 14, 3))
def test_an_interrupted_sync_is_finished_at_the_next_start(path: Path, steps_taken: int) -> None:
    with Store.open(path) as store:
        say(store, fact("gone"), *HUNDRED[:10], now=500)
        steps = store.apply_steps(stage(store, *HUNDRED), now_ms=1_000, in_chunks_of=10)
        for _ in range(min(steps_taken, 11)):
            next(steps)
        steps.close()
        before = len(rows(store))
    with Store.open(path) as store:
        assert len(rows(store)) == before == 11
        (applied,) = store.finish_interrupted_syncs(9_000)
        assert amounts(store) == {f"{i:03}": i for i in range(100)}
        assert (applied.recorded_at_ms == 1_000) is (steps_taken > 0)
        assert staging_files(path) == []
        assert store.finish_interrupted_syncs(9_001) == ()
        assert amounts(store, known_at=500).keys() == {"gone", *(f"{i:03}" for i in range(10))}


def test_an_interrupted_sync_is_finished_before_the_next_one_of_its_source(store: Store) -> None:
    for apply_next in ("staged", "small"):
        steps = store.apply_steps(stage(store, *HUNDRED), now_ms=1_000, in_chunks_of=10)
        next(steps)
        steps.close()
        if apply_next == "staged":
            applied = store.apply(stage(store, fact("new")), now_ms=2_000)
        else:
            applied = say(store, fact("new"), full=True, now=2_000)
        assert amounts(store) == {"new": 100}
        assert applied.withdrawn >= 100
        assert applied.touched[0][1] == tuple(i * DAY for i in range(100))


def test_an_unfinished_file_is_thrown_away_at_the_next_start(path: Path) -> None:
    with Store.open(path) as store:
        staging = store.begin_sync("crm")
        staging.add(Batch(HUNDRED))
        staging._file.close()  # as if the process had died here
    with Store.open(path) as store:
        assert store.finish_interrupted_syncs(1) == ()
        assert staging_files(path) == []
        assert rows(store) == []


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("damage", ["cut", "bits", "python", "gone"])
def test_a_file_that_is_cut_damaged_or_not_ours_is_never_applied_in_part(
    path: Path, damage: str, begun: bool
) -> None:
    with Store.open(path) as store:
        say(store, fact("old"), *HUNDRED[50:])
        before = revisions(store)
        staging = stage(store, *(f._replace(kind="call") for f in HUNDRED))
        if begun:
            steps = store.apply_steps(staging, now_ms=1_000, in_chunks_of=30)
            next(steps)
            next(steps)
            steps.close()
            assert revisions(store) != before
        _damage(staging.path, damage)
    with Store.open(path) as store:
        assert store.finish_interrupted_syncs(5) == ()
        assert staging_files(path) == []
        assert revisions(store) == before
        assert say(store, fact("old"), full=True).withdrawn == 50


def _damage(path: Path, damage: str) -> None:
    content = bytearray(path.read_bytes())
    if damage == "cut":
        del content[-30:]
    else:
        content[content.index(b"099") if damage == "bits" else 20] ^= 1
    path.write_bytes(content)
    if damage == "gone":
        path.unlink()


def test_a_sync_damaged_while_it_waits_is_told_and_taken_back(store: Store) -> None:
    say(store, fact("old"))
    staging = stage(store, *HUNDRED)
    _damage(staging.path, "bits")
    with pytest.raises(SyncLost, match="lost"):
        store.apply(staging, now_ms=1, in_chunks_of=10)
    assert amounts(store) == {"old": 100}
    assert store.apply(stage(store, *HUNDRED), now_ms=2).added == 100


def test_a_sync_that_never_can_be_applied_is_taken_out_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(store, *HUNDRED[:20], now=500)
    before = revisions(store)
    steps = store.apply_steps(stage(store, *HUNDRED[10:]), now_ms=1_000, in_chunks_of=10)
    for _ in range(4):
        next(steps)
    steps.close()

    def bug(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(syncs_module.Syncs, "_apply", bug)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            store.finish_interrupted_syncs(5_000)
    assert store.finish_interrupted_syncs(5_000) == ()
    assert revisions(store) == before
    assert not store.source_state("crm").applying


def test_of_duplicates_across_batches_the_last_wins(store: Store) -> None:
    staging = store.begin_sync("crm")
    for amount in (1, 2, 3):
        staging.add(Batch((*HUNDRED[:30], fact("twice", amount))))
    staging.add(Batch(withdrawn=("000",)))
    staging.finish(SyncEnd(5, True))
    applied = store.apply(staging, now_ms=1_000, in_chunks_of=10)
    assert (applied.added, applied.duplicates) == (30, 63)
    assert amounts(store) == {f"{i:03}": i for i in range(1, 30)} | {"twice": 3}


def test_an_unchanged_sync_withdraws_nothing(store: Store) -> None:
    say(store, fact("1"))
    applied = store.apply_batch("crm", Batch(), SyncEnd(9, True, "c", unchanged=True), now_ms=2_000)
    assert applied.withdrawn == 0
    assert store.source_state("crm").complete_at_ms == 9


def test_more_attribute_sets_than_allowed_are_refused_with_the_attributes_name(store: Store) -> None:
    say(store, fact("old", type="x"))
    many = [fact(str(i), account=i, type=i % 3) for i in range(5_000)]
    with pytest.raises(TooManyAttributeSets, match="account alone has 5000") as refused:
        say(store, *many)
    assert refused.value.attribute == "account"
    staging = store.begin_sync("crm")
    with pytest.raises(TooManyAttributeSets, match="account"):
        staging.add(Batch(tuple(many)))
    staging.discard()
    assert amounts(store) == {"old": 100}
    assert say(store, *many[:4_999]).added == 4_999
    assert say(store, fact("a", account="yet another"), source="other").added == 1


@pytest.mark.parametrize("staged", [False, True])
def test_what_no_database_can_hold_is_rejected_and_the_others_go_on(store: Store, staged: bool) -> None:
    given = (
        fact("good"),
        fact("huge", 2**63),
        fact("half \ud800"),
        fact("bad kind", kind="\udfff"),
        fact("nobody")._replace(lines=()),
        fact("late", at=2**70),
    )
    applied = store.apply(stage(store, *given), now_ms=1) if staged else say(store, *given, full=True)
    assert (applied.added, applied.rejected) == (1, 5)
    assert store.rejection_count("crm") == 5
    assert {r.record for r in store.rejections("crm")} == {"huge", "half ?", "bad kind", "nobody", "late"}


def test_rejections_are_kept_counted_and_replaced_by_the_next_full_sync(store: Store) -> None:
    def reject(count: int, full: bool) -> None:
        batch = Batch(
            rejections=tuple(
                Rejection(f"row {i}", "amount", Message("no number"), f"{count} {i}") for i in range(count)
            )
        )
        store.apply_batch("crm", batch, SyncEnd(1, full), now_ms=1)

    reject(3, full=True)
    assert [r.record for r in store.rejections("crm", 2)] == ["row 2", "row 1"]
    reject(1_500, full=False)
    assert store.rejection_count("crm") == 1_503
    assert len(store.rejections("crm", 9_999)) == 1_000
    reject(0, full=True)
    assert (store.rejection_count("crm"), store.rejections("crm")) == (0, [])
