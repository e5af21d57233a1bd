"""Standings from partial figures equal a naive recount, fact by fact."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.definitions import Aggregate, Board, Level, Metric, Of, RankStyle
from salesboard_display.core.explain import explain
from salesboard_display.core.figures import FactList, FactRow, Select
from salesboard_display.core.metrics import AGGREGATES
from salesboard_display.core.people import UNASSIGNED, Directory, Membership, Person, Team
from salesboard_display.core.replay import Revealed
from salesboard_display.core.standings import work_out
from tests.core import recount
from tests.core.builders import DAY, HOUR, NOW, UTC_CALENDAR, board, fact, metric, ms

START, END = ms("2024-11-01 00:00"), NOW + 1
instants = st.integers(0, 20).map(lambda n: START - 2 * DAY + n * DAY) | st.sampled_from(
    [NOW, NOW + 1, START]
)
TEAMS = {
    id_: Team(id_, id_.upper(), region) for id_, region in (("a", "N"), ("b", "N"), ("c", "S"), ("d", ""))
}


@st.composite
def memberships(draw: st.DrawFn) -> tuple[Membership, ...]:
    edges = sorted(draw(st.lists(instants, max_size=3, unique=True)))
    bounds = [None, *edges, None]
    teams = [draw(st.sampled_from(["", *TEAMS])) for _ in bounds[1:]]
    spans = zip(bounds, bounds[1:], teams, strict=False)
    return tuple(Membership(team, start, end) for start, end, team in spans if team)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    people = {}
    for index in range(draw(st.integers(1, 5))):
        identities = frozenset({index * 2, index * 2 + 1})
        left = draw(st.none() | st.none() | instants)
        id_ = f"p{index}"
        people[id_] = Person(id_, id_.upper(), identities, draw(memberships()), left_ms=left)
    return Directory(people, TEAMS, frozenset({90}))


@st.composite
def rows(draw: st.DrawFn) -> FactRow:
    kind = draw(st.sampled_from(["won", "lost", "call"]))
    amount = None if kind == "call" else draw(st.integers(-3, 9))
    return fact(
        draw(st.sampled_from([0, 1, 2, 3, 4, 5, 6, 90, 91])),
        amount,
        draw(instants),
        kind=kind,
        quantity=draw(st.sampled_from([0, 0.5, 1, 1, 2, 8, 9])),
        currency=draw(st.sampled_from(["EUR"] * 9 + ["USD"])),
        account=draw(st.sampled_from(["", "x", "y", "z"])),
        source=draw(st.sampled_from(["crm", "erp"])),
        key=str(draw(st.integers(0, 9))),
        line=draw(st.integers(0, 10**9)),
        recorded_at=draw(st.integers(0, 5)),
    )


histories = st.lists(rows(), max_size=25, unique_by=lambda row: (row.source, row.key, row.line))


@st.composite
def metrics(draw: st.DrawFn) -> Metric:
    aggregate = draw(st.sampled_from(list(Aggregate)))
    found = metric(
        aggregate,
        *draw(st.sampled_from([("won",), ("won", "lost"), ("won", "call"), ("call",)])),
        attribute="account",
    )
    if aggregate is Aggregate.RATIO:
        found = replace(found, select=Select(("won",)), over=Select(("won", "lost")))
    if aggregate is Aggregate.WEIGHTED:
        found = replace(found, weights=(("won", Fraction(5)), ("call", Fraction(1, 3))))
    return replace(
        found,
        of=draw(st.sampled_from(Of)),
        higher_is_better=draw(st.booleans()),
        minimum_sample=draw(st.sampled_from([1, 1, 1, 3])),
    )


boards = st.builds(
    lambda of, level, style: board(of, level=level, rank_style=style),
    metrics(),
    st.sampled_from(Level),
    st.sampled_from(RankStyle),
)


def by_owner(of: Board, directory: Directory, facts: list[FactRow]) -> dict[str, list[FactRow]]:
    found: dict[str, list[FactRow]] = {}
    for row in facts:
        if START <= row.occurred_at < END:
            found.setdefault(recount.owner_of(row, directory, of.level), []).append(row)
    return found


@given(boards, directories(), histories)
def test_standings_equal_a_naive_recount(of: Board, directory: Directory, facts: list[FactRow]) -> None:
    found = work_out(of, directory, UTC_CALENDAR, FactList(facts), NOW)
    owned = by_owner(of, directory, facts)
    expected = {id_: recount.worth(of.metric, lines) for id_, lines in owned.items()}
    left = {p.id for p in directory.people.values() if p.left_ms is not None and p.left_ms <= NOW}
    assert {p.id for p in found.places}.isdisjoint(left)
    for place in found.places:
        assert place.value == expected.get(place.id)
    everybody = {p.id for p in found.places} | {id_ for id_, _ in found.hidden}
    assert {id_ for id_, value in expected.items() if value is not None} <= everybody
    known = {p.id: p.value for p in found.places if p.value is not None and p.id != UNASSIGNED}
    ranks = recount.rank(of.rank_style, of.metric.higher_is_better, known)
    assert {p.id: p.rank for p in found.ranked} == ranks
    assert [p.rank for p in found.ranked] == sorted(ranks.values())
    in_period = [row for lines in owned.values() for row in lines]
    assert found.total == recount.worth(of.metric, in_period)


@given(boards, directories(), histories)
def test_gaps_lead_to_the_next_better_rank(of: Board, directory: Directory, facts: list[FactRow]) -> None:
    ranked = work_out(of, directory, UTC_CALENDAR, FactList(facts), NOW).ranked
    for place in ranked:
        better = [p for p in ranked if p.rank < place.rank]  # type: ignore[operator]
        worse = [p for p in ranked if p is not place]
        if better:
            assert place.gap == abs(better[-1].value - place.value)  # type: ignore[operator]
        elif worse:
            assert place.gap == min(abs(p.value - place.value) for p in worse)  # type: ignore[operator]
        else:
            assert place.gap is None


@given(boards, directories(), histories)
def test_what_explain_counts_adds_up_for_everybody(
    of: Board, directory: Directory, facts: list[FactRow]
) -> None:
    figures = FactList(facts)
    found = work_out(of, directory, UTC_CALENDAR, figures, NOW)
    owned = by_owner(of, directory, facts)
    for place in found.places:
        told = explain(of, directory, UTC_CALENDAR, figures, NOW, place.id)
        assert told.value == place.value
        if AGGREGATES[of.metric.aggregate].additive and told.value is not None:
            assert sum(line.counted_as for line in told.facts) == told.value
        rows_told = [line.row for line in told.facts]
        keys_told = [(row.key, row.source) for row in rows_told] + [e[:2] for e in told.excluded]
        kinds = {k for s in AGGREGATES[of.metric.aggregate].selects(of.metric)[:1] for k in s.kinds}
        if of.metric.aggregate is Aggregate.WEIGHTED:
            kinds = {kind for kind, _ in of.metric.weights}
        expected = [(r.key, r.source) for r in owned.get(place.id, []) if r.kind in kinds]
        assert sorted(keys_told) == sorted(expected)


@given(boards, directories(), histories, st.integers(0, 48))
def test_a_replay_hides_exactly_what_is_not_yet_revealed(
    of: Board, directory: Directory, facts: list[FactRow], hours: int
) -> None:
    at = NOW - DAY + hours * HOUR
    dated = [
        row._replace(day_only=row.source == "crm", occurred_at=row.occurred_at // DAY * DAY) for row in facts
    ]
    revealed = Revealed(FactList(dated), at, lambda source: "UTC")
    plain = FactList(list(revealed.facts(Select(("won", "lost", "call")), 0, at + 1)))
    assert work_out(of, directory, UTC_CALENDAR, revealed, at) == work_out(
        of, directory, UTC_CALENDAR, plain, at
    )
