"""Rank changes: the difference of two standings as few moves, entries, exits and value changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_HasId)


class Move(NamedTuple):
    """Take the item at index ``start`` out and put it back so that it stands at index ``end``."""

    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RankChange(Generic[Item]):
    """What turns one list into another, in this order, each step on the list as the one before left it.

    ``exits``: (index, id), from the end; ``moves``; ``entries``: (index, item) from the start; ``values``:
    (index, item) for those who stay but say something else.
    """

    exits: tuple[tuple[int, str], ...] = ()
    moves: tuple[Move, ...] = ()
    entries: tuple[tuple[int, Item], ...] = ()
    values: tuple[tuple[int, Item], ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing changed at all."""
        return not (self.exits or self.moves or self.entries or self.values)


def difference(before: Sequence[Item], after: Sequence[Item]) -> RankChange[Item]:
    """The rank change from one list to another, with as few moves as there can be. Raises ValueError on a
    double id."""
    old, new = _index([item.id for item in before]), _index([item.id for item in after])
    exits = tuple((old[id_], id_) for id_ in reversed(old) if id_ not in new)
    entries = tuple((index, after[index]) for id_, index in new.items() if id_ not in old)
    staying = [id_ for id_ in old if id_ in new]
    wanted = [id_ for id_ in new if id_ in old]
    values = tuple((new[id_], after[new[id_]]) for id_ in wanted if before[old[id_]] != after[new[id_]])
    return RankChange(exits, _moves(staying, wanted), entries, values)


def apply(items: Sequence[Item], change: RankChange[Item]) -> list[Item]:
    """The list after the rank change. Raises ValueError when the change is not one of this list."""
    result = list(items)
    for index, id_ in change.exits:
        _expect(result.pop(index).id, id_)
    for move in change.moves:
        item = result.pop(move.start)
        _expect(item.id, move.id)
        result.insert(move.end, item)
    for index, item in change.entries:
        result.insert(index, item)
    for index, item in change.values:
        _expect(result[index].id, item.id)
        result[index] = item
    return result


def _expect(found: str, expected: str) -> None:
    if found != expected:
        raise ValueError(f"this change belongs to another list: {expected!r} expected, found {found!r}")


def _index(ids: Sequence[str]) -> dict[str, int]:
    found = {id_: index for index, id_ in enumerate(ids)}
    if len(found) != len(ids):
        raise ValueError("an id stands in the list twice")
    return found


def _moves(current: list[str], wanted: list[str]) -> tuple[Move, ...]:
    """Moves from one order to the other: everybody outside a longest increasing subsequence, once each."""
    position = {id_: index for index, id_ in enumerate(current)}
    resting = {wanted[i] for i in longest_increasing([position[id_] for id_ in wanted])}
    moves: list[Move] = []
    order = list(current)
    for index, id_ in enumerate(wanted):
        if id_ in resting:
            continue
        start = order.index(id_)
        order.pop(start)
        end = order.index(wanted[index - 1]) + 1 if index else 0
        order.insert(end, id_)
        moves.append(Move(id_, start, end))
    return tuple(moves)


def longest_increasing(numbers: Sequence[int]) -> list[int]:
    """Indexes of a longest strictly increasing subsequence (patience sorting, O(n log n))."""
    tails: list[int] = []
    tail_at: list[int] = []
    came_from: list[int] = []
    for index, number in enumerate(numbers):
        pile = bisect_left(tails, number)
        came_from.append(tail_at[pile - 1] if pile else -1)
        if pile == len(tails):
            tails.append(number)
            tail_at.append(index)
        else:
            tails[pile], tail_at[pile] = number, index
    found: list[int] = []
    at = tail_at[-1] if tail_at else -1
    while at >= 0:
        found.append(at)
        at = came_from[at]
    return found[::-1]
