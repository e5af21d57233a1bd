"""Helpers of the settings' tests: a small good file, and loading that gives problems instead of raising."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from salesboard_display.settings.loading import load_text
from salesboard_display.settings.problems import Problem, SettingsError

GOOD = """\
# The office's own file.
version = 1            # keep this line first

[office]
name = "Before"        # what the door says
currency = "EUR"

[sources.demo]
type = "demo"

[metrics.revenue]
name = "Revenue won"
kinds = ["deal_won"]
aggregate = "sum"

[boards.revenue-month]
title = "Revenue"
metric = "revenue"
period = "this-month"

[slides.leaderboard]
view = "leaderboard"
board = "revenue-month"
"""


def problems_of(text: str, environ: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
    """What is wrong with a file of this text; () when nothing is."""
    try:
        load_text(text, Path("settings.toml"), environ or {})
    except SettingsError as error:
        return error.problems
    return ()


def only_problem(text: str, environ: Mapping[str, str] | None = None) -> Problem:
    """The one thing wrong with it."""
    problems = problems_of(text, environ)
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


def good_with(more: str) -> str:
    """The good file and more."""
    return GOOD + "\n" + more


def line_of(text: str, part: str) -> int:
    """The line (from 1) that has ``part`` first."""
    return text[: text.index(part)].count("\n") + 1


WITH_PRESET = """\
version = 1
[sources.api]
type = "http"
preset = "my-crm"
"""
"""Settings with a source whose preset is the office's own."""


def preset_called(name: str) -> str:
    """A preset's text, with one line to misspell."""
    return f"""\
version = 1
name = "{name}"
tried = "server"
hosts = ["127.0.0.1"]
base_url = "http://127.0.0.1:9"

[streams.deals]
path = "/deals"
records = "data"

[[streams.deals.facts]]
kind = "deal_won"
key = "id"
person = "who"
happened = {{ from = "at", as = "datetime" }}
"""
