"""What crosses from a source to the store: batches of facts and people, rejections, and a cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from salesboard_display.core.facts import Fact
from salesboard_display.core.messages import Message
from salesboard_display.core.people import PersonRecord


class Rejection(NamedTuple):
    """A record that could not become a fact: where it stood, which field, and why, in words for a manager.

    ``kind``: of the fact it would have been; "" where that is not known.
    """

    record: str
    field: str
    reason: Message
    excerpt: str = ""
    kind: str = ""


class Refusal(NamedTuple):
    """Since the last fact of a kind so many ``records`` of it came, and none could be used; ``field`` and
    ``reason`` of the first."""

    kind: str
    records: int
    field: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of a sync: at most some thousand facts; everything in it is staged until the sync is
    complete."""

    facts: tuple[Fact, ...] = ()
    people: tuple[PersonRecord, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    withdrawn: tuple[str, ...] = ()
    done: int = 0
    """How much of the source has been read (bytes or records), for progress."""
    total: int | None = None


@dataclass(frozen=True, slots=True)
class SyncEnd:
    """How a sync ended well.

    ``full``: the batches hold everything the source has, so that absent facts are withdrawn.
    ``complete_at_ms``: when the source was last known complete (freshness): an API when the sync *started*, a
    file its modification time. ``unchanged``: nothing was read because nothing changed; the batches are empty
    and ``full`` is ignored. ``arrived_at_ms``: when the first of it had arrived, for sources that know.
    ``since_ms``: a full sync holds everything from this instant on only; what happened before it and is
    absent stays as it is (None: from the beginning). ``guarded``: that most of the facts are absent is
    doubted for a while; not where other settings explain it. ``all_people``: a full sync holds everybody,
    too, so that absent people are gone; not where a list of people was not asked for this time.
    ``not_before_ms``: the real instant before which the source asks not to be asked again.
    """

    complete_at_ms: int
    full: bool
    cursor: str = ""
    unchanged: bool = False
    arrived_at_ms: int | None = None
    since_ms: int | None = None
    guarded: bool = False
    not_before_ms: int | None = None
    all_people: bool = True


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a sync changed in the store.

    ``touched``: kind → sorted starts (ms) of the *days* (UTC) in which a fact of that kind changed, so that
    only boards and months concerned are worked out again. ``facts_won`` style reading goes through the store,
    not through here.
    """

    recorded_at_ms: int
    added: int = 0
    revised: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    rejected: int = 0
    duplicates: int = 0
    people_changed: bool = False
    touched: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def changed(self) -> bool:
        """Whether any fact or person is different from before."""
        return bool(self.added or self.revised or self.withdrawn or self.people_changed)
