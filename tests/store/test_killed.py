"""A process killed at any moment loses nothing that it had acknowledged, and leaves a store that opens."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from salesboard_display.core.facts import Fact
from salesboard_display.store import Store
from tests.store.saying import amounts, fact, rows

# Applies facts for ever, one batch or one staged sync after the other, and says so after each that is kept:
# in one write, as `print` makes several where Python is unbuffered, and the process may be killed between.
WRITER = r"""
import itertools, os, sys
from salesboard_display.store import Store
from tests.store.test_killed import bulk, pushed
from tests.store.saying import say, stage
store = Store.open(sys.argv[1])
store.finish_interrupted_syncs(1)
for turn in itertools.count(int(sys.argv[2])):
    say(store, pushed(turn), source="push")
    os.write(1, b"push %d\n" % turn)
    store.apply(stage(store, *bulk(turn), source="bulk"), now_ms=1, in_chunks_of=20)
    os.write(1, b"bulk %d\n" % turn)
    if turn % 3 == 0:
        store.checkpoint()
"""
TURNS_APART = 100_000


def pushed(turn: int) -> Fact:
    """The fact of one turn."""
    return fact(f"push {turn}", turn)


def bulk(turn: int) -> list[Fact]:
    """The sync of one turn: every fact says which turn it is of, some come and go."""
    return [fact(f"bulk {i}", turn) for i in range(120) if (i + turn) % 7]


def _check(path: Path, acknowledged: dict[str, int]) -> None:
    with Store.open(path) as store:
        assert store.opened.set_aside is None
        before = {row.key: row.amount_minor for row in rows(store) if row.source == "bulk"}
        assert len(set(before.values())) <= 1, "a sync is seen in part"
        done = store.finish_interrupted_syncs(2)
        assert not store.source_state("bulk").applying
        found = amounts(store)
        turn = next((found[key] for key in found if key.startswith("bulk")), None)
        if turn is not None:
            assert {key: a for key, a in found.items() if key.startswith("bulk")} == {
                f.key: turn for f in bulk(turn)
            }
            assert turn >= acknowledged.get("bulk", 0)
        for number in range(acknowledged.get("first", 0), acknowledged.get("push", -1) + 1):
            assert found[f"push {number}"] == number, "an acknowledged fact is lost"
        assert len(done) <= 1
        assert store.verify() == ""


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_killed_at_twenty_random_moments_nothing_acknowledged_is_lost(path: Path) -> None:
    chance, seen_in_the_middle = random.Random(20), 0
    for life in range(1, 21):
        first = life * TURNS_APART
        command = [sys.executable, "-c", WRITER, str(path), str(first)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout
            acknowledged = {"first": first}
            for _ in range(chance.randrange(1, 5)):
                what, turn = child.stdout.readline().split()
                acknowledged[what] = int(turn)
            time.sleep(chance.random() * 0.05)  # any moment of the work that goes on
            child.send_signal(signal.SIGKILL)
            for line in child.stdout:
                what, turn = line.split()
                acknowledged[what] = int(turn)
        seen_in_the_middle += any(path.with_name(path.name + ".staging").glob("*"))
        _check(path, acknowledged)
    assert seen_in_the_middle, "no kill met a sync in work: the test proves nothing"
