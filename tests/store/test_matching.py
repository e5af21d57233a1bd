"""Who is who: people of several sources become one by a number, an e-mail or a name; merges keep history."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest

from salesboard_display.core.definitions import (
    Aggregate,
    Board,
    Level,
    Metric,
    Period,
    PeriodKind,
    Unit,
    UnitKind,
)
from salesboard_display.core.figures import Select
from salesboard_display.core.people import UNASSIGNED, PersonRecord
from salesboard_display.core.periods import Calendar
from salesboard_display.core.standings import work_out
from salesboard_display.store import PersonWord, Store
from tests.store.saying import DAY, fact, say
from tests.store.test_people import roster, who

UTC = Calendar("UTC")
REVENUE = Metric("revenue", "Revenue", Aggregate.SUM, Select(("deal",)), unit=Unit(UnitKind.MONEY, "EUR"))


def values(
    store: Store, at: int = DAY - 1, *, level: Level = Level.PERSON, known_at: int | None = None
) -> dict[str, Fraction | None]:
    """What everybody's deals of the day come to, by id; those with none left out."""
    of = Board("b", "B", REVENUE, Period(PeriodKind.TODAY), level)
    found = work_out(of, store.directory(), UTC, store.figures(known_at), at)
    return {place.id: place.value for place in found.places if place.value is not None}


# --------------------------------------------------------------------- a number that several sources carry
ANNA_HR = PersonRecord("1", "Anna Berg", "anna@x.example", team="West", shared_id="4711")
ANNA_CRM = PersonRecord("u-9", "Anna Meyer", "meyer@x.example", shared_id=" 4711 ")


def test_a_shared_number_makes_one_person_of_two_whatever_they_are_called(store: Store) -> None:
    roster(store, ANNA_HR, PersonRecord("2", "Anna Meyer", "meyer@x.example", shared_id="4712"))
    roster(store, ANNA_CRM, source="crm")
    assert who(store, "crm", "u-9") == who(store, "hr", "1") == "anna-berg"


def test_facts_of_a_source_that_calls_people_by_the_shared_number_find_them(store: Store) -> None:
    store.declare_source("erp", shared_ids=True)
    roster(store, ANNA_HR)
    say(store, fact("1", who="4711"), source="erp")
    say(store, fact("2", who="4711"), source="crm")  # another source's own number, by chance the same
    assert who(store, "erp", "4711") == "anna-berg"
    assert who(store, "crm", "4711") == ""
    assert values(store) == {"anna-berg": 1, UNASSIGNED: 1}


def test_saying_later_that_a_source_uses_shared_numbers_matches_its_people(store: Store) -> None:
    roster(store, ANNA_HR)
    say(store, fact("1", who="4711"), source="erp")
    assert who(store, "erp", "4711") == ""
    assert store.declare_source("erp", shared_ids=True)
    assert who(store, "erp", "4711") == "anna-berg"
    assert not store.declare_source("erp", shared_ids=True)


def test_a_person_made_of_a_fact_is_known_once_a_roster_names_the_number(store: Store) -> None:
    store.declare_source("erp", shared_ids=True)
    say(store, fact("1", who="4711"), source="erp")
    assert values(store) == {"4711": 1}
    roster(store, ANNA_HR)
    (person,) = store.directory().people.values()
    assert (person.name, len(person.identities)) == ("Anna Berg", 2)
    assert list(values(store).values()) == [1]


# --------------------------------------------------------------------- what is learned later
@pytest.mark.parametrize("late", ["hr", "crm"])
@pytest.mark.parametrize("by", [{"email": "anna@x.example"}, {"shared_id": "4711"}])
def test_people_who_turn_out_to_be_one_are_merged_with_all_their_history(
    store: Store, late: str, by: dict[str, str]
) -> None:
    hr, crm = PersonRecord("1", "Anna Berg", team="West"), PersonRecord("u-9", "A. Meyer")
    roster(store, hr)
    roster(store, crm, source="crm")
    say(store, fact("1", who="u-9"), fact("2", who="a. meyer"), now=2_000)
    say(store, fact("3", who="1"), source="hr", now=2_000)
    assert sorted(values(store).items()) == [("a-meyer", 2), ("anna-berg", 1)]
    for source, record in (("crm", crm), ("hr", hr)) if late == "hr" else (("hr", hr), ("crm", crm)):
        roster(store, record._replace(**by), source=source, now=3_000, full=False)
    (anna,) = store.directory().people.values()
    assert anna.team_at(0) == "west"
    assert list(values(store).values()) == [3]
    assert list(values(store, known_at=2_500).values()) == [3]  # facts as known then, people as known now
    assert values(store, level=Level.TEAM) == {"west": 3}
    assert not roster(store, hr._replace(**by), now=4_000, full=False)
    assert not roster(store, crm._replace(**by), source="crm", now=4_000, full=False)


def test_two_of_one_roster_are_never_merged_by_what_is_corrected_there(store: Store) -> None:
    anna, ben = PersonRecord("1", "Anna", "a@x.example"), PersonRecord("2", "Ben", "b@x.example")
    roster(store, anna, ben)
    roster(store, anna._replace(email="b@x.example"), ben._replace(email="a@x.example"))
    assert (who(store, "hr", "1"), who(store, "hr", "2")) == ("anna", "ben")


def test_a_mailbox_that_two_of_one_roster_share_stands_for_neither(
    store: Store,
) -> None:
    roster(store, PersonRecord("1", "Anna", "sales@x.example"), PersonRecord("2", "Ben", "sales@x.example"))
    assert (who(store, "hr", "1"), who(store, "hr", "2")) == ("anna", "ben")
    roster(store, PersonRecord("x", "Cleo", "sales@x.example"), source="crm")
    say(store, fact("d", who="sales@x.example"), source="web")
    assert (who(store, "crm", "x"), who(store, "web", "sales@x.example")) == ("cleo", "")


def test_who_gets_another_number_in_the_same_roster_is_known_by_the_address(store: Store) -> None:
    roster(store, PersonRecord("1", "Anna", "anna@x.example"), PersonRecord("2", "Ben", "ben@x.example"))
    say(store, fact("d", who="1"), source="hr")
    roster(store, PersonRecord("91", "Anna M", "anna@x.example"), PersonRecord("2", "Ben"), full=True)
    assert who(store, "hr", "91") == who(store, "hr", "1") == "anna"
    assert store.directory().people["anna"].left_ms is None


def test_a_record_that_links_three_makes_them_one(store: Store) -> None:
    roster(store, PersonRecord("1", "Anna"))
    roster(store, PersonRecord("a", "Anna"), source="crm")
    roster(store, PersonRecord("x", "Ann", "ann@x.example"), source="ads")
    assert (who(store, "hr", "1"), who(store, "crm", "a"), who(store, "ads", "x")) == ("anna", "anna", "ann")
    roster(store, PersonRecord("a", "Anna", "ann@x.example"), source="crm")
    assert who(store, "hr", "1") == who(store, "crm", "a") == who(store, "ads", "x") == "anna"


@pytest.mark.parametrize("order", list(permutations(["hr", "crm", "ads"])))
def test_the_order_in_which_sources_are_read_does_not_matter(store: Store, order: tuple[str, ...]) -> None:
    people = {
        "hr": [PersonRecord("1", "Anna Berg", "anna@x.example", shared_id="7"), PersonRecord("2", "Ben Bow")],
        "crm": [PersonRecord("a", "Berg, A.", "anna@x.example"), PersonRecord("b", "ben  bow")],
        "ads": [PersonRecord("x", "anna.b", shared_id="7"), PersonRecord("y", "Cleo")],
    }
    for source in order:
        roster(store, *people[source], source=source)
    found = {(one.source, one.external_id): one.person_id for one in store.identities()}
    assert found["hr", "1"] == found["crm", "a"] == found["ads", "x"]
    assert found["hr", "2"] == found["crm", "b"]
    assert len(set(found.values())) == 3


# --------------------------------------------------------------------- names
def test_a_name_that_two_people_have_matches_neither(store: Store) -> None:
    roster(store, PersonRecord("1", "John Smith"), PersonRecord("2", "John Smith"))
    roster(store, PersonRecord("a", "John Smith"), source="crm")
    assert who(store, "crm", "a") not in ("john-smith", "john-smith-2")


def test_a_person_merged_away_is_no_namesake(store: Store) -> None:
    roster(store, PersonRecord("1", "Anna Berg", "anna@x.example"))
    roster(store, PersonRecord("a", "Annie"), source="crm")
    roster(store, PersonRecord("a", "Annie", "anna@x.example"), source="crm")
    roster(store, PersonRecord("y", "annie"), source="ads")
    assert {p.id for p in store.directory().people.values()} == {"anna-berg"}


# --------------------------------------------------------------------- the manager's word is last
def test_a_merge_by_the_manager_counts_for_all_time_and_can_be_undone(store: Store) -> None:
    roster(store, PersonRecord("1", "Anna Berg", team="West"), PersonRecord("2", "A. Berg", team="East"))
    say(store, fact("a", 100, who="1"), fact("b", 200, who="2"), source="hr", now=2_000)
    apart = values(store), values(store, level=Level.TEAM)
    assert apart == ({"anna-berg": 1, "a-berg": 2}, {"west": 1, "east": 2})
    store.set_people([PersonWord("anna-berg", identities=(("hr", "1"), ("hr", "2")))])
    say(store, fact("b", 300, who="2"), source="hr", now=3_000)
    assert values(store) == {"anna-berg": 4}
    assert values(store, known_at=2_500) == {"anna-berg": 3}
    assert values(store, known_at=1_500) == {}
    store.set_people([])
    assert values(store) == {"anna-berg": 1, "a-berg": 3}
    assert values(store, level=Level.TEAM) == {"west": 1, "east": 3}


def test_the_manager_takes_apart_what_was_matched(store: Store) -> None:
    roster(store, PersonRecord("1", "John Smith", "john@x.example"))
    roster(store, PersonRecord("a", "John Smith", "john@x.example"), source="crm")
    say(store, fact("d", who="a"))
    store.set_people([PersonWord("john-the-younger", name="John Smith jr", identities=(("crm", "a"),))])
    assert values(store) == {"john-the-younger": 1}
    assert who(store, "hr", "1") == "john-smith"


def test_a_leaver_is_hidden_from_the_day_and_the_team_keeps_the_deals(store: Store) -> None:
    roster(
        store,
        PersonRecord("1", "Anna", team="West", left_ms=DAY // 2),
        PersonRecord("2", "Ben", team="West"),
    )
    say(store, fact("a", 100, who="1"), fact("b", 100, who="2"), source="hr")
    assert values(store, DAY // 2 - 1) == {"anna": 1, "ben": 1}
    assert values(store, DAY // 2) == {"ben": 1}
    assert values(store, level=Level.TEAM) == {"west": 2}


def test_a_new_name_keeps_id_and_deals(store: Store) -> None:
    roster(store, PersonRecord("1", "Anna Berg"))
    say(store, fact("a", who="Anna Berg"), now=2_000)
    roster(store, PersonRecord("1", "Anna Meyer"), now=3_000)
    say(store, fact("b", who="Anna Meyer"), fact("c", who="Anna Berg"), now=4_000)
    assert values(store) == {"anna-berg": 3}
    assert values(store, known_at=2_500) == {"anna-berg": 1}
