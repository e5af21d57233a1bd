"""How old data is, and in which words the wall says it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.messages import Message
from salesboard_display.core.snapshot import Age
from salesboard_display.engine.ages import Ages, SourceAge
from salesboard_display.engine.numbers import Style
from salesboard_display.engine.words import Words
from tests.engine.offices import HOUR, NOW

WORDS = Words(Style("en_IE", "UTC"))
DEALS = frozenset({"deal_won"})


def crm(
    age_ms: int | None, *, name: str = "crm", why: Message | None = None, demo: bool = False
) -> SourceAge:
    """A source expected every hour."""
    return SourceAge(name, DEALS, None if age_ms is None else NOW - age_ms, 3600.0, demo, why)


def age(
    *sources: SourceAge, only: tuple[str, ...] = (), replay_ms: int | None = None, short: bool = False
) -> Age:
    return Ages(WORDS, sources).age(["deal_won"], only, NOW, replay_ms, short=short)


def test_fresh_data_is_live_and_says_until_when() -> None:
    found = age(crm(HOUR))
    assert (found.kind, found.text, found.banner) == ("live", "", "")
    assert found.as_of_ms == NOW - HOUR
    assert (found.late_after_s, found.stale_after_s) == (7200, 21_600)


def test_a_wall_whose_engine_falls_silent_has_the_words_already() -> None:
    found = age(crm(HOUR))
    assert found.late_text == "Updated 11:00"
    assert found.stale_text == "No data since 11:00"


def test_after_twice_the_expected_time_it_is_late() -> None:
    found = age(crm(2 * HOUR + 1000))
    assert (found.kind, found.text, found.banner) == (
        "late",
        "Updated 9:59",
        "",
    ) or found.text == "Updated 09:59"
    assert found.kind == "late"


def test_after_six_times_it_is_stale_and_the_banner_says_why() -> None:
    found = age(crm(7 * HOUR, why=Message("The file {path} is missing.", (("path", "deals.csv"),))))
    assert found.kind == "stale"
    assert found.banner == "No data since 05:00: The file deals.csv is missing."


def test_stale_without_a_reason_says_since_when() -> None:
    assert age(crm(72 * HOUR)).banner == "No data since Sun 12:00"


def test_never_read_is_unknown_and_says_why() -> None:
    found = age(crm(None, why=Message("no internet (sign-in page?)")))
    assert (found.kind, found.text, found.banner) == ("unknown", "No data yet", "no internet (sign-in page?)")


def test_nobody_who_gives_such_facts_is_unknown() -> None:
    assert Ages(WORDS, (crm(0),)).age(["call"], (), NOW, None).kind == "unknown"


def test_a_board_is_as_old_as_its_oldest_source() -> None:
    assert age(crm(0), crm(7 * HOUR, name="old")).kind == "stale"
    assert age(crm(0), crm(7 * HOUR, name="old"), only=("crm",)).kind == "live"
    assert age(crm(0), crm(None, name="never")).kind == "unknown"


def test_made_up_data_says_so() -> None:
    assert (age(crm(9 * HOUR, demo=True)).kind, age(crm(0, demo=True)).text) == ("demo", "Demo data")
    assert age(crm(0, demo=True), crm(0, name="real")).kind == "live"


def test_a_replay_says_which_day_it_has_come_to() -> None:
    found = age(crm(9 * HOUR), replay_ms=NOW)
    assert (found.kind, found.text) == ("replay", "Replay · 18 Mar 2026")
    assert age(crm(0), replay_ms=NOW, short=True).text == "Replay"


def test_factors_are_the_managers() -> None:
    patient = Ages(WORDS, (crm(7 * HOUR),), late_factor=10, stale_factor=20)
    assert patient.age(["deal_won"], (), NOW, None).kind == "live"


@given(st.integers(0, 10**12), st.integers(1, 10**7), st.integers(0, 10**9))
def test_late_comes_before_stale_whatever_the_clock_says(complete: int, expected_s: int, later: int) -> None:
    source = SourceAge("crm", DEALS, complete, float(expected_s))
    order = ["live", "late", "stale"]
    kinds = [
        Ages(WORDS, (source,)).age(["deal_won"], (), complete + step, None).kind
        for step in (-later, 0, later, 3 * later)
    ]
    assert kinds == sorted(kinds, key=order.index)
