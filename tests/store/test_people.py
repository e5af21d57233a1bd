"""Identities are matched to people, credit goes to the team at the time, and the manager has the last
word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.people import Membership, PersonRecord, Team
from salesboard_display.store import PersonWord, Store
from salesboard_display.store.slugs import slug
from tests.store.saying import fact, say


def roster(
    store: Store, *people: PersonRecord, source: str = "hr", now: int = 1_000, full: bool = True
) -> bool:
    return say(store, source=source, people=people, now=now, full=full).people_changed


def who(store: Store, source: str, external_id: str) -> str:
    return next(i.person_id for i in store.identities() if (i.source, i.external_id) == (source, external_id))


# --------------------------------------------------------------------- ids
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Anna Snelling", "anna-snelling"),
        ("  ÅSE  Øvergård ", "ase-overgard"),
        ("Jürgen Weiß", "jurgen-weiss"),
        ("Łukasz O’Neil-Þór", "lukasz-o-neil-thor"),
        ("unassigned", "unassigned-2"),
        ("Company", "company-2"),
        ("<img src=x>", "img-src-x"),
    ],
)
def test_an_id_is_the_readable_name(name: str, expected: str) -> None:
    assert slug(name, ()) == expected


def test_names_without_latin_letters_keep_a_stable_id() -> None:
    assert slug("王芳", ()) == slug(" 王芳 ", ()) == "p-9ca81a41"
    assert slug("李 Anna", ()).startswith("anna-")
    assert slug("محمد", ()) != slug("王芳", ())
    assert slug("👍", ()).startswith("p-")


@given(st.lists(st.text(max_size=12), max_size=20))
def test_ids_are_unique_and_plain(names: list[str]) -> None:
    taken: set[str] = set()
    for name in names:
        made = slug(name, taken)
        assert made not in taken
        assert made.replace("-", "").isalnum()
        assert made.isascii()
        taken.add(made)


# --------------------------------------------------------------------- who is who
def test_without_any_roster_facts_make_people(store: Store) -> None:
    say(
        store,
        fact("1", who="Anna Snelling"),
        fact("2", who="Anna Snelling"),
        fact("3", who=" anna  snelling"),
    )
    (person,) = store.directory().people.values()
    assert (person.id, person.name, len(person.identities)) == ("anna-snelling", "Anna Snelling", 2)


def test_with_a_roster_unknown_people_are_unassigned_whichever_came_first(store: Store) -> None:
    say(store, fact("1", who="Anna Snelling"), fact("2", who="Nobody Known"))
    assert set(store.directory().people) == {"anna-snelling", "nobody-known"}
    roster(store, PersonRecord("7", "Anna Snelling"), PersonRecord("8", "Without Deals"))
    say(store, fact("3", who="Also Unknown"))
    directory = store.directory()
    assert set(directory.people) == {"anna-snelling", "without-deals"}
    assert len(directory.unassigned) == 2
    assert who(store, "crm", "Anna Snelling") == who(store, "hr", "7") == "anna-snelling"
    assert who(store, "crm", "Nobody Known") == ""


@pytest.mark.parametrize(("policy", "known"), [("create", True), ("unassigned", False)])
def test_a_source_can_say_what_becomes_of_unknown_people(store: Store, policy: str, known: bool) -> None:
    store.declare_source("crm", unknown_people=policy)
    say(store, fact("1", who="Kary"))
    assert (set(store.directory().people) == {"kary"}) is known
    roster(store, PersonRecord("1", "Anna"))
    assert ("kary" in store.directory().people) is known
    assert store.declare_source("crm", unknown_people=policy) is False
    assert store.declare_source("crm", unknown_people="create") is not known
    assert "kary" in store.directory().people
    with pytest.raises(ValueError, match="create"):
        store.declare_source("crm", unknown_people="guess")


def test_people_of_two_sources_are_matched_by_email_before_name(store: Store) -> None:
    roster(
        store,
        PersonRecord("1", "Anna Snelling", "anna@x.example"),
        PersonRecord("2", "Jo Doe", "jo@x.example"),
    )
    roster(
        store,
        PersonRecord("a", "A. Snelling", "ANNA@x.example"),
        PersonRecord("b", "jo  doe"),
        PersonRecord("c", "Jo Doe", "another.jo@x.example"),
        source="crm",
    )
    assert who(store, "crm", "a") == who(store, "hr", "1") == "anna-snelling"
    assert who(store, "crm", "b") == who(store, "hr", "2")
    assert who(store, "crm", "c") == "jo-doe-2"
    say(store, fact("1", who="jo@x.example"), source="web")
    assert who(store, "web", "jo@x.example") == who(store, "hr", "2")


def test_namesakes_in_one_roster_are_two_people_and_a_fact_of_that_name_is_nobodys(store: Store) -> None:
    roster(store, PersonRecord("1", "John Smith"), PersonRecord("2", "John Smith"))
    assert set(store.directory().people) == {"john-smith", "john-smith-2"}
    say(store, fact("1", who="John Smith"))
    assert who(store, "crm", "John Smith") == ""


def test_a_renamed_person_stays_the_same(store: Store) -> None:
    roster(store, PersonRecord("1", "Anna Snelling"))
    assert roster(store, PersonRecord("1", "Anna Meyer"))
    assert {p.id: p.name for p in store.directory().people.values()} == {"anna-snelling": "Anna Meyer"}
    assert not roster(store, PersonRecord("1", "Anna Meyer"))


def test_two_rosters_with_two_spellings_do_not_rename_a_person_to_and_fro(store: Store) -> None:
    hr = PersonRecord("1", "Anna Snelling", "anna@x.example", left_ms=50)
    crm = PersonRecord("a", "A. Snelling", "anna@x.example", picture="a.png")
    roster(store, hr)
    roster(store, crm, source="crm")
    for _ in range(2):
        assert not roster(store, hr)
        assert not roster(store, crm, source="crm")
    (anna,) = store.directory().people.values()
    assert (anna.name, anna.left_ms, anna.picture) == ("Anna Snelling", 50, "a.png")
    say(store, fact("1", who="a. snelling"), source="web")
    assert who(store, "web", "a. snelling") == "anna-snelling"


def test_a_nameless_record_is_no_person(store: Store) -> None:
    roster(store, PersonRecord("", " "), PersonRecord("1", ""))
    assert set(store.directory().people) == {"1"} == {p.id for p in store.directory().people.values()}


# --------------------------------------------------------------------- teams
def test_a_move_ends_the_old_membership_where_the_new_one_begins(store: Store) -> None:
    roster(store, PersonRecord("1", "Anna", team="West", region="North"), now=100)
    roster(store, PersonRecord("1", "Anna", team="West", region="North"), now=200)
    roster(store, PersonRecord("1", "Anna", team="East", region="South"), now=300)
    anna = store.directory().people["anna"]
    assert anna.memberships == (Membership("west", None, 300), Membership("east", 300, None))
    assert [anna.team_at(at) for at in (-1, 299, 300)] == ["west", "west", "east"]
    assert {t.id: t.region for t in store.directory().teams.values()} == {"west": "North", "east": "South"}
    roster(store, PersonRecord("1", "Anna"), now=400)
    assert store.directory().people["anna"].team_at(400) == ""
    roster(store, PersonRecord("1", "Anna", team="west"), now=500)
    assert store.directory().people["anna"].team_at(500) == "west"


def test_dated_memberships_are_taken_as_stated_and_replaced_by_the_next_full_roster(store: Store) -> None:
    west, east = (
        PersonRecord("1", "Anna", team="West", to_ms=50),
        PersonRecord("1", "Anna", team="East", from_ms=50),
    )
    roster(store, west, east)
    anna = store.directory().people["anna"]
    assert anna.memberships == (Membership("west", None, 50), Membership("east", 50, None))
    assert not roster(store, west, east)
    roster(store, PersonRecord("1", "Anna", team="East", from_ms=60), full=False)
    assert len(store.directory().people["anna"].memberships) == 3
    roster(store, west._replace(to_ms=40), east._replace(from_ms=40))
    assert store.directory().people["anna"].memberships == (
        Membership("west", None, 40),
        Membership("east", 40, None),
    )


def test_a_source_without_teams_leaves_those_of_another_alone(store: Store) -> None:
    roster(store, PersonRecord("1", "Anna", team="West"))
    roster(store, PersonRecord("a", "Anna"), source="crm")
    assert store.directory().people["anna"].team_at(0) == "west"


def test_leavers_are_stated_or_no_longer_listed_and_may_return(store: Store) -> None:
    anna, kary = PersonRecord("1", "Anna", left_ms=70), PersonRecord("2", "Kary")
    roster(store, anna, kary, now=100)
    assert store.directory().people["anna"].left_ms == 70
    assert store.directory().people["kary"].left_ms is None
    roster(store, anna._replace(left_ms=None), now=200)
    people = store.directory().people
    assert (people["anna"].left_ms, people["kary"].left_ms) == (None, 200)
    roster(store, anna, now=300)
    assert store.directory().people["kary"].left_ms == 200
    roster(store, kary, now=400, full=False)
    assert store.directory().people["kary"].left_ms is None


# --------------------------------------------------------------------- the manager's word
def test_the_managers_word_outweighs_sources_and_is_taken_back_whole(store: Store) -> None:
    roster(store, PersonRecord("1", "Anna Snelling", team="West", left_ms=9, picture="a.png"))
    stated = store.directory()
    word = PersonWord(
        "anna-snelling",
        name="Anna",
        alias="The Ace",
        left_ms=99,
        privacy="alias",
        memberships=(Membership("east", 5, None),),
    )
    assert store.set_people([word], [Team("east", "East Side", "South"), Team("west", "Wild West")])
    assert not store.set_people([word], [Team("west", "Wild West"), Team("east", "East Side", "South")])
    anna = store.directory().people["anna-snelling"]
    assert (anna.name, anna.alias, anna.left_ms, anna.privacy, anna.picture) == (
        "Anna",
        "The Ace",
        99,
        "alias",
        "a.png",
    )
    assert anna.memberships == (Membership("east", 5, None),)
    assert store.directory().teams["west"].name == "Wild West"
    store.set_people([])
    assert store.directory() == stated


def test_identities_the_manager_matches_merge_people_without_touching_a_fact(store: Store) -> None:
    say(store, fact("1", who="A. Snelling"), fact("2", who="asnell"), fact("3", who="Kary"))
    roster(store, PersonRecord("9", "Anna Snelling", team="West"))
    store.set_people(
        [PersonWord("anna", identities=(("crm", "A. Snelling"), ("crm", "asnell"), ("hr", "9"), ("x", "y")))]
    )
    directory = store.directory()
    assert set(directory.people) == {"anna"}
    anna = directory.people["anna"]
    assert (len(anna.identities), anna.name, anna.team_at(0)) == (3, "Anna Snelling", "west")
    assert len(directory.unassigned) == 1
    assert not anna.identities & directory.unassigned


def test_a_word_about_somebody_of_a_known_name_is_about_that_person(store: Store) -> None:
    roster(store, PersonRecord("1", "Anna Snelling", team="West"))
    store.set_people([PersonWord("ace", name="anna snelling", privacy="hidden")])
    (person,) = store.directory().people.values()
    assert (person.id, person.privacy, person.team_at(0), len(person.identities)) == (
        "ace",
        "hidden",
        "west",
        1,
    )


def test_a_person_only_the_manager_knows_is_there_too(store: Store) -> None:
    store.set_people([PersonWord("new-hire", name="New Hire")])
    assert store.directory().people["new-hire"].identities == frozenset()


def test_markup_in_a_name_stays_text(store: Store) -> None:
    name = "<img src=x>'; DROP TABLE fact_revision; --"
    say(store, fact("1", who=name))
    assert [p.name for p in store.directory().people.values()] == [name]


def test_thousands_of_people_are_no_matter(store: Store) -> None:
    people = tuple(PersonRecord(str(i), f"Person {i}", team=f"Team {i % 50}") for i in range(3_000))
    assert roster(store, *people)
    assert not roster(store, *people)
    mailed = tuple(
        PersonRecord(f"u{i}", f"Person {i}", f"{i}@x.example", shared_id=str(i)) for i in range(3_000)
    )
    assert roster(store, *mailed, source="crm")
    assert roster(store, *(one._replace(name="?") for one in mailed), source="ads")
    assert len(store.directory().people) == 3_000
