"""Privacy: no hidden string enters what is published."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.definitions import Level, Unit, UnitKind
from salesboard_display.core.messages import message
from salesboard_display.core.people import UNASSIGNED, Person
from salesboard_display.core.privacy import (
    PERSON_PRESETS,
    PRESETS,
    apply,
    hides,
    hides_figures,
    initials,
    opaque_id,
    person_shown,
)
from salesboard_display.core.standings import Place, Standings, work_out
from tests.core.builders import EUR, NOW, UTC_CALENDAR, board, fact, facts, metric, office, person

NAMES = ["Anna Snelling", "Bob Builder", "Cleo Patra", "Dan Dare"]


def directory(*privacy: str, alias: str = "") -> dict[str, Person]:
    wishes = [*privacy, *["open"] * 4]
    ids = ["anna-snelling", "bob-builder", "cleo-patra", "dan-dare"]
    people = [
        person(id_, index, name=name, team=f"team-{index}", privacy=wishes[index], alias=alias)
        for index, (id_, name) in enumerate(zip(ids, NAMES, strict=True))
    ]
    return {p.id: p for p in people}


def standings(people: dict[str, Person], level: Level = Level.PERSON, **more: object) -> Standings:
    rows = [fact(0, 91234), fact(1, 51234), fact(2, 31234), fact(9, 77)]
    found = office(*people.values(), unassigned=[9])
    return work_out(board(level=level, **more), found, UTC_CALENDAR, facts(*rows), NOW)


def texts_of(found: Standings) -> str:
    return repr(found)


def names(found: Standings) -> list[str]:
    return [place.name for place in found.places]


def test_open_shows_all_and_names_nobody_hidden() -> None:
    people = directory()
    before = standings(people, without_data="hide")
    found = apply(before, "open", people)
    assert found == replace(before, hidden=())
    assert "dan" not in texts_of(found)


def test_top_n_keeps_the_first_n_and_the_rest_nowhere() -> None:
    people = directory()
    found = apply(standings(people), "top-n", people, unit=EUR, top=2)
    assert names(found) == NAMES[:2]
    for hidden in ("Cleo", "cleo", "Dan", "dan", "31234", UNASSIGNED):
        assert hidden not in texts_of(found)
    assert found.preset == "top-n"


def test_hidden_values_leave_order_and_bars() -> None:
    people = directory()
    found = apply(standings(people, without_data="dash"), "values-hidden", people, unit=EUR)
    assert [(place.rank, place.name) for place in found.ranked] == list(zip((1, 2, 3), NAMES, strict=False))
    assert [place.bar for place in found.ranked] == [1.0, 0.56, 0.34]
    for place in found.places:
        assert (place.value, place.gap, place.sample, place.last_at) == (None, None, 0, None)
    assert found.total is None
    for hidden in ("91234", "51234", "40000", "77", str(NOW)):
        assert hidden not in texts_of(replace(found, at_ms=0, interval=found.interval._replace(end_ms=0)))


def test_a_reason_gives_no_figure_away() -> None:
    people = directory()
    few = standings(people, metric=metric("average", minimum_sample=4321))
    assert "4321" in texts_of(few)
    assert "4321" not in texts_of(apply(few, "values-hidden", people))


def test_team_only_shows_no_person() -> None:
    people = directory()
    found = apply(standings(people), "team-only", people, unit=EUR)
    assert (found.places, found.total) == ((), 173779)
    teams = standings(people, Level.TEAM)
    assert apply(teams, "team-only", people, unit=EUR).places == teams.places


def test_visitors_see_neither_names_nor_money() -> None:
    people = directory(alias="The Ace")
    for level in Level:
        found = apply(standings(people, level), "visitor-safe", people, unit=EUR)
        hidden = ["Anna", "anna", "Snelling", "Ace", "AS", "team-", "Team-", "91234", "51234", UNASSIGNED]
        text = texts_of(replace(found, board_id=""))
        assert [each for each in hidden if each in text] == []
        assert [place.rank for place in found.places] == ([1, 2, 3] if level is not Level.REGION else [])
        assert [place.name for place in found.places] == [""] * len(found.places)


def test_visitors_may_see_what_is_no_money() -> None:
    people = directory()
    found = apply(standings(people, metric=metric("count")), "visitor-safe", people, unit=Unit())
    assert [place.value for place in found.places] == [1, 1, 1]
    assert found.total == 4


def test_ids_that_give_nothing_away_are_stable_and_differ() -> None:
    assert opaque_id("anna") == opaque_id("anna") != opaque_id("bob")
    assert "anna" not in opaque_id("anna")


@pytest.mark.parametrize(
    ("wish", "alias", "shown"),
    [
        ("open", "Ace", "Anna Snelling"),
        ("name", "", "Anna Snelling"),
        ("initials", "Ace", "AS"),
        ("alias", "Ace", "Ace"),
        ("alias", "", "AS"),
        ("none", "Ace", None),
    ],
)
def test_a_person_is_shown_by_name_initials_alias_or_not_at_all(
    wish: str, alias: str, shown: str | None
) -> None:
    people = directory(wish, alias=alias)
    found = apply(standings(people), "open", people, unit=EUR)
    assert (found.places[0].name if shown else None) == (shown if shown else None)
    text = texts_of(found)
    if shown != "Anna Snelling":
        assert "Anna" not in text
        assert "anna" not in text
    if shown is None:
        assert found.places[0].name == "Bob Builder"
        assert found.total == 173779


def test_aliases_do_not_give_the_order_of_names_away() -> None:
    people = directory("open", "open", "alias", "alias")
    people["cleo-patra"] = replace(people["cleo-patra"], alias="Zorro")
    people["dan-dare"] = replace(people["dan-dare"], alias="Batman")
    unranked = [
        Place(None, "cleo-patra", "Cleo Patra", None),
        Place(None, "dan-dare", "Dan Dare", None),
        Place(None, UNASSIGNED, UNASSIGNED, Fraction(1)),
    ]
    found = apply(replace(standings(people), places=tuple(unranked)), "open", people)
    assert names(found) == ["Batman", "Zorro", UNASSIGNED]


@given(
    st.lists(st.sampled_from([*PRESETS]), min_size=1, max_size=3),
    st.lists(st.sampled_from([*PERSON_PRESETS]), min_size=4, max_size=4),
    st.sampled_from(Level),
    st.sampled_from([EUR, Unit(), None]),
)
def test_presets_one_after_the_other_only_take_away(
    presets: list[str], wishes: list[str], level: Level, unit: Unit | None
) -> None:
    people = directory(*wishes, alias="Ace")
    found = standings(people, level)
    for preset in presets:
        found = apply(found, preset, people, unit=unit)
    text = texts_of(replace(found, board_id=""))
    if level is Level.PERSON:
        for index, (someone, wish) in enumerate(zip(people.values(), wishes, strict=True)):
            kept = wish in ("open", "name") and not {"visitor-safe", "team-only"} & set(presets)
            kept = kept and ("top-n" not in presets or index < 3)
            assert (someone.name in text) is kept or (index == 3 and "top-n" in presets)
    if any(hides_figures(preset, unit) for preset in presets):
        assert "91234" not in text


def test_hidden_figures_depend_on_the_unit_only_for_visitors() -> None:
    points = Unit(UnitKind.POINTS)
    assert [hides_figures(preset, EUR) for preset in PRESETS] == [False, False, True, False, True]
    assert [hides_figures(preset, points) for preset in PRESETS] == [False, False, True, False, False]
    assert hides_figures("visitor-safe", None)


def test_who_is_kept_off_the_wall() -> None:
    place, anna = Place(2, "anna", "Anna", Fraction(1)), person("anna", 1)
    assert not hides(place, "open", anna, Level.PERSON, 1)
    assert hides(place, "top-n", anna, Level.PERSON, 1)
    assert not hides(place, "top-n", anna, Level.PERSON, 2)
    assert hides(place._replace(rank=None), "top-n", anna, Level.PERSON, 9)
    assert hides(place, "team-only", anna, Level.PERSON, 9)
    assert not hides(place, "team-only", None, Level.TEAM, 9)
    assert hides(place, "team-only", None, Level.PERSON, 9)
    assert not hides(place, "open", None, Level.PERSON, 9)
    assert hides(place, "open", replace(anna, privacy="none"), Level.PERSON, 9)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Anna Snelling", "AS"),
        ("anna maria von snelling", "AS"),
        ("Madonna", "M"),
        ("  ", ""),
        ("", ""),
        ("“Ace” Ventura", "AV"),
        ("Анна Каренина", "АК"),
        ("🚀 Rocket", "R"),
        ("ßaron Münch", "SM"),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert initials(name) == expected


def test_unknown_presets_name_the_known_ones() -> None:
    people = directory()
    with pytest.raises(ValueError, match="no privacy preset 'secret'; there are: open, top-n"):
        apply(standings(people), "secret", people)
    with pytest.raises(ValueError, match="no privacy 'shy'; there are: open, name"):
        person_shown(person("anna", 1, privacy="shy"))


def test_pictures_go_with_names() -> None:
    anna = person("anna", 1, picture="/p.png")
    assert person_shown(anna).picture == "/p.png"  # type: ignore[union-attr]
    assert person_shown(replace(anna, privacy="initials")).picture == ""  # type: ignore[union-attr]
    assert person_shown(anna, "visitor-safe").picture == ""  # type: ignore[union-attr]


def test_hidden_values_say_so() -> None:
    people = directory()
    found = apply(standings(people), "values-hidden", people)
    assert found.places[0].reason == message("hidden-by-privacy", preset="values-hidden")
