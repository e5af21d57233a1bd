"""People, dated membership, and who gets the credit."""

from __future__ import annotations

from salesboard_display.core.credit import Piece, belongs_to, group_at, groups, pieces
from salesboard_display.core.definitions import Level
from salesboard_display.core.people import UNASSIGNED, Membership, Team
from salesboard_display.core.periods import Interval
from tests.core.builders import office, person

WHOLE = Interval(0, 100)


def test_a_membership_is_half_open_and_may_have_open_ends() -> None:
    assert [Membership("a", 10, 20).covers(at) for at in (9, 10, 19, 20)] == [False, True, True, False]
    assert Membership("a").covers(-(10**15))
    assert not Membership("a", from_ms=5).covers(4)
    assert not Membership("a", to_ms=5).covers(5)


def test_the_later_listed_membership_wins_an_overlap() -> None:
    anna = person("anna", 1, memberships=(Membership("west"), Membership("east", 10)))
    assert (anna.team_at(9), anna.team_at(10)) == ("west", "east")
    assert person("bob", 2).team_at(0) == ""


def test_a_merged_person_owns_every_identity() -> None:
    found = office(person("anna", 1, 2), person("bob", 3), unassigned=[9])
    assert found.owner_of() == {1: "anna", 2: "anna", 3: "bob", 9: UNASSIGNED}


def test_people_need_one_piece_however_they_move() -> None:
    mover = person("anna", 1, memberships=(Membership("west", 0, 50), Membership("east", 50)))
    assert pieces(Level.PERSON, office(mover, unassigned=[9]), WHOLE) == [
        Piece(0, 100, None, {1: "anna", 9: UNASSIGNED})
    ]


def test_the_interval_is_cut_only_for_those_who_moved_and_where_they_did() -> None:
    mover = person("anna", 1, 2, memberships=(Membership("west", 0, 50), Membership("east", 50)))
    stays = person("bob", 3, team="west")
    assert pieces(Level.TEAM, office(mover, stays), WHOLE) == [
        Piece(0, 100, None, {1: None, 2: None, 3: "west"}),
        Piece(0, 50, frozenset({1, 2}), {1: "west", 2: "west"}),
        Piece(50, 100, frozenset({1, 2}), {1: "east", 2: "east"}),
    ]


def test_a_move_at_an_edge_of_the_interval_cuts_nothing() -> None:
    mover = person(
        "anna", 1, memberships=(Membership("a", 0, 50), Membership("b", 50, 100), Membership("c", 100))
    )
    directory = office(mover)
    assert pieces(Level.TEAM, directory, Interval(50, 100)) == [Piece(50, 100, None, {1: "b"})]
    assert len(pieces(Level.TEAM, directory, Interval(49, 100))) == 3
    assert len(pieces(Level.TEAM, directory, Interval(50, 101))) == 3


def test_somebody_without_identities_cuts_nothing() -> None:
    mover = person("anna", memberships=(Membership("a", 0, 50), Membership("b", 50)))
    assert len(pieces(Level.TEAM, office(mover), WHOLE)) == 1


def test_before_and_after_a_membership_credit_is_nobodys() -> None:
    anna = person("anna", 1, memberships=(Membership("west", 20, 50),))
    owners = [piece.owner(1) for piece in pieces(Level.TEAM, office(anna), WHOLE)]
    assert owners == [None, UNASSIGNED, "west", UNASSIGNED]


def test_an_identity_nobody_knows_is_unassigned() -> None:
    assert pieces(Level.PERSON, office(), WHOLE)[0].owner(77) == UNASSIGNED


def test_levels_of_the_company() -> None:
    anna = person("anna", 1, team="west")
    directory = office(anna, teams=[Team("west", "West", "North")])
    assert [group_at(anna, level, directory, 0) for level in Level] == ["anna", "west", "North"]
    assert belongs_to(anna, directory, 0) == {"anna", "west", "North"}
    assert [groups(level, directory) for level in Level] == [
        {"anna": "Anna"},
        {"west": "West"},
        {"North": "North"},
    ]


def test_a_team_nobody_described_counts_as_none() -> None:
    anna = person("anna", 1, team="ghost")
    directory = office(person("bob", 2))
    assert [group_at(anna, level, directory, 0) for level in Level] == ["anna", "", ""]
    assert belongs_to(anna, directory, 0) == {"anna"}


def test_a_team_without_a_region_is_in_none() -> None:
    anna = person("anna", 1, team="west")
    directory = office(anna)
    assert group_at(anna, Level.REGION, directory, 0) == ""
    assert groups(Level.REGION, directory) == {}


def test_who_left_belongs_where_he_belonged_until_then() -> None:
    anna = person("anna", 1, memberships=(Membership("west", 0, 50),), left_ms=50)
    directory = office(anna)
    assert belongs_to(anna, directory, 80) == {"anna", "west"}
    assert belongs_to(anna, directory, 50) == {"anna", "west"}
    stays = person("bob", 2, memberships=(Membership("west", 0, 50),))
    assert belongs_to(stays, office(stays), 80) == {"bob"}
