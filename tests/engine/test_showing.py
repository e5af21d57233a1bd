"""What goes to the wall: slides, cards, ticker; and nothing that privacy keeps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from salesboard_display.core.privacy import PRESETS
from salesboard_display.store import Store
from tests.engine.desks import desk_of, published, slides, texts, worked
from tests.engine.offices import DAY, HOUR, NOW, call, deal, fill

MORE = """
[metrics.calls]
name = "Calls"
kinds = ["call"]
aggregate = "count"
unit = { kind = "number", word = "calls" }

[boards.teams]
title = "Team race"
metric = "revenue"
period = "this-month"
level = "team"

[slides.teams]
view = "teams"
board = "teams"
targets = ["west-month"]

[slides.race]
view = "challenge"
challenge = "race"

[challenges.race]
title = "Call race"
format = "first-to"
goal = 10
metric = "calls"
window = "this-month"
prize = "Cake"

[challenges.won]
title = "Deal sprint"
format = "first-to"
goal = 1
metric = "deals"
window = "this-month"

[slides.won]
view = "challenge"
challenge = "won"

[targets.month]
title = "Team month"
who = "company"
metric = "revenue"
period = "this-month"
value = 987654

[targets.west-month]
who = "west"
metric = "revenue"
period = "this-month"
value = 456321

[teams.west]
name = "Westwind"

[teams.east]
name = "Eastwood"
"""
PANELS = 'board = "revenue"\npanels = ["challenge:race", "target:month"]\ntargets = []'
PEOPLE = {
    "anna-arc": "Anna Arc",
    "ben-bow": "Ben Bow",
    "cleo-cey": "Cleo Cey",
    "dan-dell": "Dan Dell",
    "eve-ell": "Eve Ell",
}
SECRETS = {"anna-arc": 71_317, "ben-bow": 52_229, "cleo-cey": 33_443, "dan-dell": 17_119, "eve-ell": 11_003}
WISHES = {
    "dan-dell": 'privacy = "initials"',
    "eve-ell": 'privacy = "alias"\nalias = "Falcon"',
    "cleo-cey": 'privacy = "hidden"',
}


def office(
    folder: Path, store: Store, *, board: str = "open", wall: str = "open", wishes: bool = False
) -> str:
    """Everything published of an office with secrets, under a board's and a wall's preset."""
    more = MORE
    for index, (id_, name) in enumerate(PEOPLE.items()):
        team = "west" if index % 2 == 0 else "east"
        wish = WISHES.get(id_, "") if wishes else ""
        more += f'\n[people.{id_}]\nname = "{name}"\nteam = "{team}"\nidentities = ["crm:{name}"]\n{wish}\n'
    changes = {
        'board = "revenue"': PANELS,
        'metric = "revenue"\n': f'metric = "revenue"\nprivacy = "{board}"\n',
        'metric = "deals"\n': f'metric = "deals"\nprivacy = "{board}"\n',
        '[wall]\n': f'[wall]\nprivacy = "{wall}"\n',
        'slides = ["leaderboard", "deals"]': 'slides = ["leaderboard", "deals", "teams", "race", "won"]',
    }  # fmt: skip
    more = more.replace('level = "team"', f'level = "team"\nprivacy = "{board}"')
    facts = [
        deal(f"d{n}", PEOPLE[id_], amount, NOW - HOUR) for n, (id_, amount) in enumerate(SECRETS.items())
    ]
    facts += [call(f"c{index}", PEOPLE[id_], NOW - HOUR) for index, id_ in enumerate(PEOPLE)]
    desk = desk_of(folder, store, more, changes=changes)
    fill(store, *facts[1:])
    desk.meet(store.directory())
    worked(desk, NOW - DAY)
    worked(desk, NOW - 1)
    fill(store, facts[0])  # a change of ranks and a win are news
    desk._figures.forget_everything()
    worked(desk, NOW)
    return published(desk)


def told(text: str, name: str) -> bool:
    """Whether somebody's name or id stands in it."""
    id_ = name.lower().replace(" ", "-")
    return name in text or id_ in text or name.split()[0] in text or name.split()[1] in text


def figures(text: str) -> set[str]:
    """Every number of three digits or more in a text, without separators."""
    return {re.sub(r"\D", "", found) for found in re.findall(r"\d[\d,.\u00a0]{2,}", text)}


def test_a_podium_is_for_the_first_alone(tmp_path: Path, store: Store) -> None:
    """Everybody else comes by name, and a second page would put them on steps."""
    fill(store, *(deal(f"d{n}", f"Person {n:02}", 100 * n) for n in range(1, 13)))
    podium = '[slides.podium]\nview = "podium"\nboard = "revenue"\n'
    shown = slides(
        worked(
            desk_of(tmp_path, store, podium, changes={'"leaderboard", "deals"': '"leaderboard", "podium"'})
        )
    )
    assert len(shown["leaderboard"].pages) == 2
    (page,) = shown["podium"].pages
    assert [row.rank for row in page] == [str(n) for n in range(1, 9)]
    assert shown["podium"].page_labels == ("",)


def test_an_open_board_shows_everybody(tmp_path: Path, store: Store) -> None:
    text = office(tmp_path, store)
    assert all(told(text, name) for name in PEOPLE.values())
    assert {"71317", "987654"} <= figures(text)
    assert "wins" in text


@pytest.mark.parametrize("where", ["board", "wall"])
def test_beyond_the_first_three_nobody_is_named_anywhere(tmp_path: Path, store: Store, where: str) -> None:
    changes = {
        'slides = ["leaderboard", "deals"]': 'slides = ["leaderboard"]',
        **(
            {'metric = "revenue"\n': 'metric = "revenue"\nprivacy = "top-n"\n'}
            if where == "board"
            else {"[wall]\n": '[wall]\nprivacy = "top-n"\n'}
        ),
    }
    desk = desk_of(tmp_path, store, changes=changes)
    fill(store, *(deal(f"d{n}", PEOPLE[id_], amount) for n, (id_, amount) in enumerate(SECRETS.items())))
    desk.meet(store.directory())
    text = published(worked(desk))
    assert [name for name in PEOPLE.values() if told(text, name)] == ["Anna Arc", "Ben Bow", "Cleo Cey"]
    assert not {"17119", "11003"} & figures(text)
    assert "Cleo Cey wins" in text


@pytest.mark.parametrize("where", ["board", "wall"])
def test_hidden_values_are_in_no_text_and_no_number(tmp_path: Path, store: Store, where: str) -> None:
    text = office(tmp_path, store, **{where: "values-hidden"})
    assert told(text, "Anna Arc")
    for amount in SECRETS.values():
        assert str(amount) not in figures(text)
        assert f"{amount}.0" not in text
    if where == "wall":
        assert not {"987654", "456321", str(sum(SECRETS.values()))} & figures(text)


def test_a_wall_of_teams_names_no_person(tmp_path: Path, store: Store) -> None:
    text = office(tmp_path, store, wall="team-only")
    assert [name for name in PEOPLE.values() if told(text, name)] == []
    assert "Westwind" in text


def test_a_wall_safe_for_visitors_has_no_names_and_no_money(tmp_path: Path, store: Store) -> None:
    text = office(tmp_path, store, wall="visitor-safe")
    assert [name for name in PEOPLE.values() if told(text, name)] == []
    assert "Westwind" not in text
    money = {str(amount) for amount in SECRETS.values()} | {"987654", "456321"}
    assert not money & figures(text)
    assert "€" not in re.sub(r'"prefix": "€"', "", text)


@pytest.mark.parametrize("preset", ["team-only", "visitor-safe"])
def test_a_board_that_names_nobody_lets_the_ticker_name_nobody_for_it(
    tmp_path: Path, store: Store, preset: str
) -> None:
    text = office(tmp_path, store, board=preset)
    assert "wins" not in text.replace("Deal sprint", "")
    for said in ("takes the lead", "leads with", "climbs to"):
        assert not [name for name in PEOPLE.values() if f"{name} {said}" in text]
    assert not {str(amount) for amount in SECRETS.values()} & figures(text) or preset == "team-only"


@pytest.mark.parametrize("preset", PRESETS)
def test_who_wants_to_be_hidden_is_hidden_under_every_preset(
    tmp_path: Path, store: Store, preset: str
) -> None:
    text = office(tmp_path, store, board=preset, wishes=True)
    assert not told(text, "Cleo Cey")
    assert not told(text, "Dan Dell")
    assert not told(text, "Eve Ell")


def test_initials_and_an_alias_stand_for_who_wants_them(tmp_path: Path, store: Store) -> None:
    text = office(tmp_path, store, wishes=True)
    assert "Falcon" in text
    assert '"DD"' in text


# ---------------------------------------------------------------------------------------- slides


def test_a_slide_has_its_board_its_line_and_its_age(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store)
    fill(store, deal("1", "Anna Arc", 300), deal("2", "Ben Bow", 200))
    desk.meet(store.directory())
    found = slides(worked(desk))["leaderboard"]
    assert [(row.name, row.display, row.rank) for row in found.pages[0]] == [
        ("Anna Arc", "€300", "1"),
        ("Ben Bow", "€200", "2"),
    ]
    assert found.title == "Revenue won"
    assert "March 2026" in found.line
    assert (found.age.kind, found.empty, found.final) == ("live", False, "")
    assert found.movement_label == "since this morning"


def test_a_board_without_a_fact_is_empty_and_skipped(tmp_path: Path, store: Store) -> None:
    found = slides(worked(desk_of(tmp_path, store)))
    assert [slide.empty for slide in found.values()] == [True, True]


def test_on_the_first_day_the_last_period_stands_as_final(tmp_path: Path, store: Store) -> None:
    from tests.engine.offices import ms

    desk = desk_of(tmp_path, store)
    fill(store, deal("1", "Anna Arc", 300, ms("2026-03-18 12:00")))
    desk.meet(store.directory())
    found = slides(worked(desk, ms("2026-04-01 08:00")), ms("2026-04-01 08:00"))["leaderboard"]
    assert found.final == "Final · March 2026"
    assert found.pages[0][0].display == "€300"


def test_only_the_channels_slides_are_shown_in_its_order(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store, changes={'slides = ["leaderboard", "deals"]': 'slides = ["deals"]'})
    assert list(slides(worked(desk))) == ["deals"]
    assert set(desk.scorer.boards) == {"deals"}


def test_cards_stand_beside_a_board_and_goals_in_its_rows(tmp_path: Path, store: Store) -> None:
    text = office(tmp_path, store)
    assert '"kind": "goal"' in text
    assert '"kind": "challenge"' in text
    assert '"goal_text": "of €456,321' in text


def test_the_ticker_says_how_everything_stands(tmp_path: Path, store: Store) -> None:
    changes = {'slides = ["leaderboard", "deals"]': 'slides = ["leaderboard"]'}
    desk = desk_of(tmp_path, store, MORE, changes=changes)
    fill(
        store,
        deal("1", "Anna Arc", 300, NOW - 3 * DAY),
        call("2", "Ben Bow", NOW - 2 * DAY),
        call("3", "Anna Arc"),
    )
    desk.meet(store.directory())
    worked(desk)
    said = texts(desk)
    assert "Team month: €300 of €987,654" in said
    assert "Revenue won: Anna Arc leads with €300" in said
    assert any(text.startswith("Call race:") for text in said)


def test_a_wall_without_a_ticker_has_none(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store, changes={"[wall]\n": "[wall]\nticker = false\n"})
    fill(store, deal("1", "Anna Arc", 300))
    desk.meet(store.directory())
    assert texts(worked(desk)) == []


def test_names_are_shown_literally(tmp_path: Path, store: Store) -> None:
    name = "<img src=http://x> {0} %s 'DROP"
    desk = desk_of(tmp_path, store)
    fill(store, deal("1", name, 300))
    desk.meet(store.directory())
    row = slides(worked(desk))["leaderboard"].pages[0][0]
    assert row.name == name
    assert any(name in text for text in texts(desk))
