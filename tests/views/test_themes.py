"""Themes: every text can be read, people can be told apart, and stale looks as light as live."""

from __future__ import annotations

from itertools import combinations

import pytest

from salesboard_display.themes.colour import best_ink, contrast, difference, grey_of, luminance
from salesboard_display.themes.loader import (
    PEOPLE,
    Theme,
    ThemeError,
    load_theme,
    read_theme,
    theme_names,
)

SURFACES = ("background", "background_low", "card", "raised", "ticker")
INKS = ("text", "muted", "gold", "up", "down")
TEXT, VALUE = 4.5, 7.0
EVERY = [load_theme(name) for name in theme_names()]
EVERY_LOOK = [look for theme in EVERY for look in (theme, theme.stale())]
LOOK_NAMES = [f"{theme.name}, {look}" for theme in EVERY for look in ("live", "stale")]


@pytest.mark.parametrize("theme", EVERY_LOOK, ids=LOOK_NAMES)
def test_every_text_can_be_read_on_every_surface(theme: Theme) -> None:
    colours = theme.colours
    for surface in SURFACES:
        for ink in INKS:
            ratio = contrast(getattr(colours, ink), getattr(colours, surface))
            assert ratio >= TEXT, f"{ink} on {surface}: {ratio:.2f}"


@pytest.mark.parametrize("theme", EVERY_LOOK, ids=LOOK_NAMES)
def test_values_stand_out_on_every_surface(theme: Theme) -> None:
    colours = theme.colours
    assert all(contrast(colours.text, getattr(colours, surface)) >= VALUE for surface in SURFACES)


@pytest.mark.parametrize("theme", EVERY_LOOK, ids=LOOK_NAMES)
def test_words_on_gold_on_the_banner_and_on_notices_can_be_read(theme: Theme) -> None:
    colours = theme.colours
    assert contrast(colours.on_medal, colours.gold_fill) >= TEXT
    assert contrast(colours.background, colours.text) >= VALUE
    assert contrast(colours.ticker, colours.alarm) >= TEXT


@pytest.mark.parametrize("theme", EVERY_LOOK, ids=LOOK_NAMES)
def test_initials_can_be_read_on_everybodys_colour(theme: Theme) -> None:
    pairs = zip(theme.colours.people, theme.colours.on_people, strict=True)
    assert all(contrast(person, ink) >= TEXT for person, ink in pairs)


@pytest.mark.parametrize("theme", EVERY, ids=theme_names())
def test_twenty_four_people_can_be_told_apart(theme: Theme) -> None:
    people = theme.colours.people
    assert len(people) == PEOPLE
    closest = min(combinations(people, 2), key=lambda pair: difference(*pair))
    assert difference(*closest) >= 20, closest


@pytest.mark.parametrize("theme", EVERY, ids=theme_names())
def test_a_bar_can_be_seen_in_its_track(theme: Theme) -> None:
    assert all(contrast(person, theme.colours.track) >= 3 for person in theme.colours.people)


@pytest.mark.parametrize("theme", EVERY, ids=theme_names())
def test_stale_is_grey_and_as_light_as_live(theme: Theme) -> None:
    stale = theme.stale().colours
    assert stale.text[1:3] == stale.text[3:5] == stale.text[5:7]
    for live, grey in zip(theme.colours.people, stale.people, strict=True):
        assert luminance(grey) == pytest.approx(luminance(live), abs=0.006)


def test_contrast_is_the_web_s() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


def test_the_best_ink_is_the_one_that_reads_best() -> None:
    assert best_ink("#FFFF00", ("#000000", "#FFFFFF")) == "#000000"
    assert best_ink("#000080", ("#000000", "#FFFFFF")) == "#FFFFFF"


def test_the_two_ends_of_grey_stay_what_they_are() -> None:
    assert grey_of("#000000") == "#000000"
    assert grey_of("#FFFFFF") == "#FFFFFF"


def test_an_unknown_theme_names_those_there_are() -> None:
    with pytest.raises(ThemeError, match="dark, light"):
        load_theme("drak")


@pytest.mark.parametrize("colour", ["red", "#12345", "#12345G"])
def test_what_is_no_colour_is_said(colour: str) -> None:
    with pytest.raises(ThemeError, match="broken"):
        read_theme(theme_text().replace('"#010203"', f'"{colour}"', 1))


def test_a_missing_and_an_unknown_key_are_named() -> None:
    with pytest.raises(ThemeError, match=r"missing: gap.*unknown: gaap"):
        read_theme(theme_text().replace("gap =", "gaap ="))


def test_people_are_twenty_four() -> None:
    with pytest.raises(ThemeError, match="24 colours for people, this one 12"):
        read_theme(theme_text(people=12))


def test_a_theme_without_people_says_so() -> None:
    with pytest.raises(ThemeError, match="people"):
        read_theme('name = "broken"\n[colours]\n')


def theme_text(people: int = PEOPLE) -> str:
    """A complete theme, all of one colour."""
    theme = load_theme("dark")
    names = [name for name in theme.colours.__slots__ if name not in ("people", "on_people")]
    colours = "\n".join(f'{name} = "#010203"' for name in names)
    listed = ", ".join(['"#010203"'] * people)
    tables = "\n".join(
        f"[{table}]\n" + "\n".join(f"{name} = 1" for name in getattr(theme, table).__slots__)
        for table in ("type", "spacing", "motion")
    )
    return f'name = "broken"\n[colours]\n{colours}\npeople = [{listed}]\nink = ["#000000"]\n{tables}\n'
