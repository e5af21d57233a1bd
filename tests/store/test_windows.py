"""A full sync of a window: what is absent in it is withdrawn, what happened before it stays."""

from __future__ import annotations

import pytest

from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.store import Store
from tests.store.saying import amounts, fact, say

END = SyncEnd(2_000, full=True, since_ms=10)


@pytest.mark.parametrize("staged", [False, True], ids=["at once", "staged"])
def test_only_what_happened_in_the_window_is_withdrawn(store: Store, staged: bool) -> None:
    say(store, fact("before", at=9), fact("first", at=10), fact("after", at=11), fact("there", at=12))
    batch = Batch(facts=(fact("there", at=12), fact("new", at=13)))
    if staged:
        staging = store.begin_sync("crm")
        staging.add(batch)
        staging.finish(END)
        applied = store.apply(staging, now_ms=3_000)
    else:
        applied = store.apply_batch("crm", batch, END, now_ms=3_000)
    assert (applied.withdrawn, applied.added, applied.unchanged) == (2, 1, 1)
    assert set(amounts(store)) == {"before", "there", "new"}
