"""A first reading says how far it has come: in words, and no oftener than a second hand moves."""

from __future__ import annotations

import time

import pytest

from salesboard_display.engine.firstrun import FirstRun, Reading
from salesboard_display.engine.numbers import Style
from salesboard_display.engine.words import Words

ENGLISH, GERMAN = Words(Style("en_IE", "UTC")), Words(Style("de_DE", "UTC"))


@pytest.mark.parametrize(
    ("reading", "english", "german"),
    [
        (Reading(), "Reading HubSpot for the first time", "HubSpot wird zum ersten Mal gelesen"),
        (
            Reading(12_400),
            "Reading HubSpot for the first time: 12,400 records so far",
            "HubSpot wird zum ersten Mal gelesen: bisher 12.400 Datensätze",
        ),
        (
            Reading(6_000, 9_001),
            "Reading HubSpot for the first time: 66% so far",
            "HubSpot wird zum ersten Mal gelesen: bisher 66 %",
        ),
        (
            Reading(99_999, 100_000),
            "Reading HubSpot for the first time: 99% so far",
            "HubSpot wird zum ersten Mal gelesen: bisher 99 %",
        ),
        (
            Reading(12, 10),  # it said less than there was
            "Reading HubSpot for the first time: 12 records so far",
            "HubSpot wird zum ersten Mal gelesen: bisher 12 Datensätze",
        ),
    ],
)
def test_it_is_said_how_far_it_has_come(reading: Reading, english: str, german: str) -> None:
    assert ENGLISH.say(reading.said_of("HubSpot")) == english
    assert GERMAN.say(reading.said_of("HubSpot")).replace("\u00a0", " ") == german


def test_it_is_told_once_a_second_at_most_and_not_in_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    told: list[Reading] = []
    first = FirstRun(told.append)
    for tenth in range(1, 36):
        now = 100.0 + tenth / 10
        first.note(tenth, None)
    assert told == [Reading(10), Reading(20), Reading(30)]


def test_what_has_come_never_becomes_less(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Reading] = []
    first = FirstRun(told.append)
    first.note(500, None)
    first.note(0, None)
    assert first.reading == Reading(500)
