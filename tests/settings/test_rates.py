"""Exchange rates in the settings: what they mean, and what is said of those that cannot be."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from salesboard_display.core.rates import Rate
from salesboard_display.settings.loading import load_text
from salesboard_display.settings.model import Settings
from salesboard_display.settings.problems import SettingsError
from salesboard_display.settings.rates import base_currency, typed_rates

OCTOBER = date(2026, 10, 1)


def loaded(entries: str, more: str = "") -> Settings:
    return load_text(f"version = 1\n[rates]\n{more}\nentries = [{entries}]\n", "s.toml", {}).settings


def test_a_rate_is_what_one_unit_is_worth_in_the_offices_money() -> None:
    settings = loaded('{ from = "USD", day = 2026-10-01, rate = 0.92 }')
    assert typed_rates(settings) == [Rate(OCTOBER, "USD", "EUR", Fraction("0.92"))]


def test_rates_of_other_pairs_and_another_base() -> None:
    settings = loaded(
        '{ from = "GBP", day = 2026-10-01, rate = 1.3 }, '
        '{ from = "GBP", to = "CHF", day = 2026-10-01, rate = 1 }, '
        '{ from = "USD", day = 2026-10-01, rate = 1 }',
        'base = "USD"',
    )
    assert base_currency(settings) == "USD"
    assert [(one.currency, one.to) for one in typed_rates(settings)] == [("GBP", "USD"), ("GBP", "CHF")]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('{ from = "USD", day = 2026-10-01, rate = 0 }', "more than 0"),
        ('{ from = "USD", day = 2026-10-01, rate = -1 }', "more than 0"),
        ('{ from = "dollar", day = 2026-10-01, rate = 1 }', "ISO 4217"),
        ('{ from = "USD", to = "USD", day = 2026-10-01, rate = 1 }', "another currency than USD"),
        ('{ from = "USD", rate = 1 }', "date such as"),
        ('{ from = "USD", day = "Oct 1", rate = 1 }', "a date such as"),
    ],
)
def test_what_cannot_be_a_rate_is_named_with_its_line(entry: str, words: str) -> None:
    with pytest.raises(SettingsError) as failed:
        loaded(entry)
    assert "line 4" in str(failed.value)
    assert words in str(failed.value)


def test_two_rates_of_a_day_are_a_warning() -> None:
    text = """version = 1

[[rates.entries]]
from = "USD"
day = 2026-10-01
rate = 0.92

[[rates.entries]]
from = "USD"
day = 2026-10-01
rate = 0.93
"""
    (warning,) = load_text(text, "s.toml", {}).problems
    assert (warning.line, warning.key) == (11, "rates.entries[1].rate")
    assert "another rate for USD in EUR on 2026-10-01 than entry 1 has" in str(warning)
    assert "this one counts, not 0.92" in str(warning)
    assert load_text(text.replace("0.93", "0.92"), "s.toml", {}).problems == ()
