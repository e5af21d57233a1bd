"""The two offices that come with the project: the demo's and the real data's settings are right."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from salesboard_display.core.definitions import ChallengeFormat, Level
from salesboard_display.settings.compiling import compile_definitions
from salesboard_display.settings.demo import demo_path, demo_settings, load_demo
from salesboard_display.settings.loading import load
from salesboard_display.settings.sources import DEMO_KINDS, FileSource

NOW = int(datetime(2026, 11, 4, 12, tzinfo=UTC).timestamp() * 1000)


def test_the_demo_office_is_right_without_a_warning() -> None:
    assert load_demo().problems == ()
    assert load_demo().path == demo_path()


def test_the_demo_office_shows_every_view_and_two_running_challenges() -> None:
    office = compile_definitions(demo_settings(), NOW)
    shown = office.channels["main"].slides
    assert [office.slides[id_].view for id_ in shown] == ["leaderboard", "podium", "teams", "challenge"]
    running = [c.format for c in office.challenges.values() if c.start_ms <= NOW < c.end_ms]
    assert running == [ChallengeFormat.FIRST_TO, ChallengeFormat.MOST_BY_END]
    assert office.targets["company-month"].value == sum(
        target.value for id_, target in office.targets.items() if id_ != "company-month"
    )


def test_the_demo_office_measures_every_kind_it_makes() -> None:
    metrics = compile_definitions(demo_settings(), NOW).metrics.values()
    asked = {kind for m in metrics for kind in (*m.select.kinds, *(m.over.kinds if m.over else ()))}
    assert asked == set(DEMO_KINDS)


def test_the_real_datas_settings_are_right(repository: Path) -> None:
    loaded = load(
        repository / "tests" / "real" / "crm-sales-opportunities.toml", {"SALESBOARD_REAL_DATA": "/data"}
    )
    assert loaded.problems == ()
    office = compile_definitions(loaded.settings, NOW)
    assert {
        "revenue-year",
        "revenue-quarter",
        "revenue-month",
        "revenue-month-region",
        "deals-month",
        "win-rate-quarter",
        "average-deal-quarter",
    } <= office.boards.keys()
    assert office.boards["revenue-month-region"].level is Level.REGION
    assert office.boards["win-rate-quarter"].metric.minimum_sample == 10
    assert office.slides["leaderboard"].board == "revenue-month"
    assert office.channels["main"].slides == ("leaderboard", "podium", "teams")
    pipeline = loaded.settings.sources["pipeline"]
    assert isinstance(pipeline, FileSource)
    assert pipeline.path == "/data/sales_pipeline.csv"
    assert [fact.kind for fact in pipeline.facts] == ["deal_won", "deal_lost", "deal_opened"]
