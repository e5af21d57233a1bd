"""Messages become sentences; what comes from outside stays what it is."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.definitions import Unit, UnitKind
from salesboard_display.core.messages import TEXTS as CORE_TEXTS
from salesboard_display.core.messages import Arg, Figure, Instant, Message, message
from salesboard_display.engine.numbers import Style
from salesboard_display.engine.texts import TEXTS as ENGINE_TEXTS
from salesboard_display.engine.words import TEXTS, Words, rounded_float
from tests.engine.offices import NOW, ms

ENGLISH, GERMAN = Words(Style("en_IE", "UTC")), Words(Style("de_DE", "UTC"))
EUR = Unit(UnitKind.MONEY, "EUR")
SPECIAL: dict[str, Arg] = {
    "rank": 2,
    "month": 3,
    "year": 2026,
    "day": date(2026, 3, 18),
    "first": date(2026, 3, 16),
    "last": date(2026, 3, 22),
    "days": 30,
    "number": 1,
    "ends": Instant(NOW),
    "starts": Instant(NOW),
    "figure": Figure(Fraction(1234), EUR),
    "gap": Figure(Fraction(34), EUR),
    "goal": Figure(Fraction(15), Unit(word="demos")),
    "value": Figure(Fraction(12), Unit(word="demos")),
}


def sample(id_: str, text: str) -> Message:
    """A message of this id with a fitting argument for every gap."""
    names = re.findall(r"{(\w+)}", text)
    return Message(id_, tuple((name, SPECIAL.get(name, f"<{name}>")) for name in names))


@pytest.mark.parametrize("words", [ENGLISH, GERMAN], ids=["English", "German"])
@pytest.mark.parametrize("id_", sorted({**CORE_TEXTS, **ENGINE_TEXTS, **TEXTS}))
def test_every_text_can_be_said(words: Words, id_: str) -> None:
    said = words.say(sample(id_, TEXTS[id_]))
    assert said
    assert said != id_
    assert not re.search(r"[{}]", said)
    for name in re.findall(r"{(\w+)}", TEXTS[id_]):
        if name not in SPECIAL:
            assert f"<{name}>" in said, f"{id_} leaves {name} out"


def test_a_text_nobody_knows_is_its_own_english() -> None:
    said = ENGLISH.say(Message("The file {path} is missing.", (("path", "deals.csv"),)))
    assert said == "The file deals.csv is missing."


@pytest.mark.parametrize(
    "text", ["{", "}", "{}", "{0}", "{missing}", "{a.b}", "{a[0]}", "{a!x}", "{a:zz}", "100 % {", "%s {{"]
)
def test_a_text_of_the_outside_world_with_braces_does_no_harm(text: str) -> None:
    assert ENGLISH.say(Message(text, (("a", "x"),)))


@given(st.text(min_size=1), st.text())
def test_any_text_and_any_argument_can_be_said(text: str, argument: str) -> None:
    assert isinstance(ENGLISH.say(Message(text, (("a", argument),))), str)
    said = ENGLISH.say(message("left-on", day="{day} {0} {x.y}"))
    assert said == "left on {day} {0} {x.y}"


def test_nothing_to_say_is_nothing() -> None:
    assert ENGLISH.say(None) == ""


def test_a_message_may_hold_a_message() -> None:
    inner = message("period-month", month=3, year=2017)
    assert ENGLISH.say(message("final", period=inner)) == "Final · March 2017"
    assert GERMAN.say(inner) == "März 2017"


@pytest.mark.parametrize(
    ("rank", "said"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (112, "112th"),
    ],
)
def test_ranks_are_said_as_english_does(rank: int, said: str) -> None:
    assert ENGLISH.say(message("row-level", rank=rank)) == f"level with {said}"


def test_the_arguments_type_decides_how_it_is_written() -> None:
    assert ENGLISH.say(Message("{n}", (("n", 1234567),))) == "1,234,567"
    assert GERMAN.say(Message("{n}", (("n", 1234567),))) == "1.234.567"
    assert ENGLISH.say(Message("{x}", (("x", 2.50),))) == "2.5"
    assert ENGLISH.say(Message("{d}", (("d", date(2026, 3, 8)),))) == "8 Mar 2026"
    assert ENGLISH.say(Message("{year}", (("year", 2026),))) == "2026"
    assert ENGLISH.say(Message("{name}", (("name", "<b>Bo</b> {x}"),))) == "<b>Bo</b> {x}"


def test_a_goal_is_said_with_its_word_and_a_value_without() -> None:
    demos = Unit(word="demos")
    said = ENGLISH.say(
        message(
            "ticker-goal", title="Team", value=Figure(Fraction(12), demos), goal=Figure(Fraction(15), demos)
        )
    )
    assert said == "Team: 12 of 15 demos"


def test_a_kind_is_said_without_its_underscore() -> None:
    assert ENGLISH.say(message("ticker-win-count", name="Bo", kind="deal_won")) == "Bo scores: deal won"


def test_the_end_of_a_day_is_that_day() -> None:
    said = ENGLISH.say(message("challenge-ends", ends=Instant(ms("2026-03-23 00:00"))))
    assert said == "ends Sun"


@pytest.mark.parametrize(
    ("number", "said"), [(2.5, "2.5"), (1 / 3, "0.333"), (0.0, "0"), (-1.0005, "-1.001")]
)
def test_a_float_is_short_and_right_to_three_digits(number: float, said: str) -> None:
    assert rounded_float(number) == said
