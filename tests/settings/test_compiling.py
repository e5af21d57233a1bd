"""What core gets from the settings: definitions, calendar, people and teams."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from fractions import Fraction

import pytest

from salesboard_display.core.definitions import (
    Aggregate,
    ChallengeFormat,
    Channel,
    Level,
    Of,
    Period,
    PeriodKind,
    RankStyle,
    Schedule,
    Since,
    Unit,
    UnitKind,
)
from salesboard_display.core.figures import Condition
from salesboard_display.core.people import Membership, Team
from salesboard_display.core.periods import Calendar
from salesboard_display.settings.compiling import (
    ManagedPerson,
    calendar,
    compile_definitions,
    moving_challenges,
    roster,
)
from salesboard_display.settings.loading import load_text
from salesboard_display.settings.model import Settings
from tests.settings.writing import GOOD, good_with

NOW = int(datetime(2026, 11, 4, 12, tzinfo=UTC).timestamp() * 1000)


def _settings(more: str = "", office: str = 'zone = "Europe/Berlin"') -> Settings:
    text = good_with(more).replace("[office]", f"[office]\n{office}")
    return load_text(text, "settings.toml", {}).settings


def _ms(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc,arg-type]


def _metric(lines: str, office: str = 'zone = "UTC"'):  # type: ignore[no-untyped-def]
    return compile_definitions(_settings(f'[metrics.m]\nname = "M"\n{lines}', office), NOW).metrics["m"]


def test_the_office_has_a_calendar() -> None:
    office = 'zone = "Asia/Kolkata"\nweek_start = "sunday"\nfiscal_year_start = 4\ncalendar = "4-4-5"'
    assert calendar(_settings(office=office)) == Calendar("Asia/Kolkata", 7, 4, "4-4-5")


# ---------------------------------------------------------------------------- metrics
def test_a_sum_of_amounts_is_money_in_the_offices_currency() -> None:
    metric = compile_definitions(_settings(), NOW).metrics["revenue"]
    assert (metric.aggregate, metric.of, metric.select.kinds) == (Aggregate.SUM, Of.AMOUNT, ("deal_won",))
    assert metric.unit == Unit(UnitKind.MONEY, "EUR")
    assert metric.higher_is_better


@pytest.mark.parametrize(
    ("lines", "unit"),
    [
        ('kinds = ["call"]\naggregate = "count"', Unit(UnitKind.NUMBER)),
        ('kinds = ["call"]\naggregate = "sum"\nof = "quantity"', Unit(UnitKind.NUMBER)),
        ('kinds = ["call"]\naggregate = "ratio"\nover = { kinds = ["demo"] }', Unit(UnitKind.PERCENT)),
        ('aggregate = "weighted"\nweights = { call = 1 }', Unit(UnitKind.POINTS)),
        ('kinds = ["nps"]\naggregate = "nps"', Unit(UnitKind.POINTS)),
        (
            'kinds = ["call"]\naggregate = "min"\nunit = { kind = "money", currency = "USD", decimals = 2 }',
            Unit(UnitKind.MONEY, "USD", "", 2),
        ),
        (
            'kinds = ["demo"]\naggregate = "count"\nunit = { kind = "number", word = "demos" }',
            Unit(UnitKind.NUMBER, "", "demos"),
        ),
    ],
)
def test_a_metric_without_a_unit_has_the_usual_one(lines: str, unit: Unit) -> None:
    assert _metric(lines).unit == unit


def test_filters_become_conditions() -> None:
    where = 'where = { type = ["new", "upsell"], product = { not = "Trial" }, level = 3 }'
    conditions = _metric(f'kinds = ["deal_won"]\naggregate = "count"\n{where}').select.conditions
    assert conditions == (
        Condition("type", frozenset({"new", "upsell"})),
        Condition("product", frozenset({"Trial"}), negated=True),
        Condition("level", frozenset({"3"})),
    )


def test_bounds_on_quantities_are_thousandths_rounded_up() -> None:
    select = _metric(
        'kinds = ["nps"]\naggregate = "count"\nquantity_from = 8.50001\nquantity_below = -0.0005'
    ).select
    assert (select.quantity_from, select.quantity_below) == (8501, 0)


def test_a_weighted_score_counts_the_kinds_it_weighs() -> None:
    metric = _metric('aggregate = "weighted"\nweights = { call = 1, demo = 2.5 }')
    assert metric.select.kinds == ("call", "demo")
    assert metric.weights == (("call", Fraction(1)), ("demo", Fraction(5, 2)))


def test_a_ratio_has_what_it_is_divided_by() -> None:
    metric = _metric(
        'kinds = ["deal_won"]\naggregate = "ratio"\nsources = ["demo"]\n'
        'minimum_sample = 10\ndirection = "lower"\n'
        'over = { kinds = ["deal_won", "deal_lost"], where = { type = "new" } }'
    )
    assert metric.over is not None
    assert metric.over.kinds == ("deal_won", "deal_lost")
    assert metric.over.conditions == (Condition("type", frozenset({"new"})),)
    assert (metric.minimum_sample, metric.higher_is_better, metric.select.sources) == (10, False, ("demo",))


# ---------------------------------------------------------------------------- boards and targets
def test_a_board_has_what_it_leaves_out_by_default() -> None:
    board = compile_definitions(_settings(), NOW).boards["revenue-month"]
    assert board.metric.id == "revenue"
    assert board.period == Period(PeriodKind.THIS_MONTH)
    assert (board.level, board.rank_style, board.movement) == (Level.PERSON, RankStyle.COMPETITION, Since.DAY)
    assert (board.top, board.tie_breakers, board.participants) == (0, (), frozenset())


def test_a_board_has_what_it_says() -> None:
    board = compile_definitions(
        _settings(
            '[boards.b]\ntitle = "B"\nmetric = "revenue"\nperiod = { rolling_days = 30 }\nlevel = "team"\n'
            'participants = ["west", "East"]\nrank_style = "1-2-3-4"\ntop = 5\nwithout_data = "hide"\n'
            'tie_breakers = ["first-to-get-there", "revenue"]\nmovement = "last-change"\nprivacy = "top-n"\n'
            'privacy_top = 2\nothers = "top-only"\nsources = ["demo"]\npurpose = "Why"'
        ),
        NOW,
    ).boards["b"]
    assert board.period == Period(PeriodKind.ROLLING, days=30)
    assert (board.level, board.rank_style, board.top) == (Level.TEAM, RankStyle.ORDINAL, 5)
    assert board.participants == {"west", "East"}
    assert board.tie_breakers == ("first-to-get-there", board.metric)
    assert (board.without_data, board.others, board.movement) == ("hide", "top-only", Since.LAST_CHANGE)
    assert (board.privacy, board.privacy_top, board.sources, board.purpose) == ("top-n", 2, ("demo",), "Why")


def test_a_period_of_its_own_has_its_days() -> None:
    target = compile_definitions(
        _settings(
            '[targets.t]\nwho = "company"\nmetric = "revenue"\nvalue = 0.1\n'
            "period = { from = 2026-09-15, to = 2026-10-31 }"
        ),
        NOW,
    ).targets["t"]
    assert target.period == Period(PeriodKind.CUSTOM, first=date(2026, 9, 15), last=date(2026, 10, 31))
    assert target.value == Fraction(1, 10)


# ---------------------------------------------------------------------------- challenges
CHALLENGE = '[challenges.c]\ntitle = "C"\nformat = "first-to"\ngoal = 15\nmetric = "revenue"\n'


def test_a_challenge_without_an_offset_is_in_office_time() -> None:
    settings = _settings(CHALLENGE + "start = 2026-11-02T09:00:00\nend = '2026-11-06T17:00:00-05:00'")
    challenge = compile_definitions(settings, NOW).challenges["c"]
    assert challenge.start_ms == _ms(2026, 11, 2, 8)
    assert challenge.end_ms == _ms(2026, 11, 6, 22)
    assert (challenge.format, challenge.goal) == (ChallengeFormat.FIRST_TO, Fraction(15))
    assert moving_challenges(settings) == frozenset()


def test_a_challenge_with_a_window_moves_with_time() -> None:
    settings = _settings(CHALLENGE + 'window = "this-week"')
    challenge = compile_definitions(settings, NOW).challenges["c"]
    assert (challenge.start_ms, challenge.end_ms) == (_ms(2026, 11, 1, 23), _ms(2026, 11, 8, 23))
    next_week = compile_definitions(settings, NOW + 7 * 86_400_000).challenges["c"]
    assert next_week.start_ms == challenge.end_ms
    assert moving_challenges(settings) == {"c"}


@pytest.mark.parametrize(
    "lines",
    ["", "start = 2026-11-02T09:00:00", 'window = "today"\nend = 2026-11-02T09:00:00',
     "start = 2026-11-02T09:00:00\nend = 2026-11-02T09:00:00"],
)  # fmt: skip
def test_a_challenge_needs_a_beginning_and_an_end_in_this_order(lines: str) -> None:
    with pytest.raises(Exception, match=r"challenges\.c"):
        _settings(CHALLENGE + lines)


# ---------------------------------------------------------------------------- slides and channels
def test_a_slide_has_its_schedule_and_its_dwell() -> None:
    slide = compile_definitions(
        _settings(
            '[slides.s]\nview = "podium"\nboard = "revenue-month"\ndwell = "1m30s"\nrows = 3\n'
            'schedule = { weekdays = ["mon", "sun"], from = "09:00", to = 17:30:00, first = 2026-11-01 }'
        ),
        NOW,
    ).slides["s"]
    assert (slide.view, slide.board, slide.dwell_s, slide.rows) == ("podium", "revenue-month", 90.0, 3)
    assert slide.schedule == Schedule(frozenset({1, 7}), time(9), time(17, 30), date(2026, 11, 1))


def test_without_channels_the_main_one_has_all_slides() -> None:
    more = "".join(f'[slides.{id_}]\nview = "podium"\nboard = "revenue-month"\n' for id_ in "za")
    channels = compile_definitions(_settings(more), NOW).channels
    assert channels == {"main": Channel("main", ("leaderboard", "z", "a"))}


def test_channels_have_the_order_they_say() -> None:
    settings = load_text(good_with('[channels.main]\nslides = ["leaderboard"]'), "s.toml", {}).settings
    assert compile_definitions(settings, NOW).channels == {"main": Channel("main", ("leaderboard",))}


# ---------------------------------------------------------------------------- people
def test_the_managers_word_on_people_and_teams() -> None:
    settings = _settings(
        '[teams.west]\nname = "West"\nregion = "America"\n[people.anna]\nname = "Anna"\n'
        'identities = ["demo:Anna: S", "demo:7"]\nleft = 2026-07-01\npicture = "anna.png"\n'
        'memberships = [{ team = "west", to = 2026-03-28 }, { team = "east", from = 2026-03-29 }]\n'
        '[people.bo]\nteam = "west"\nprivacy = "alias"\nalias = "Comet"\n[people.cy]\n'
    )
    people = roster(settings)
    assert people.teams == (Team("west", "West", "America"),)
    assert people.people == (
        ManagedPerson(
            id="anna",
            name="Anna",
            picture="anna.png",
            left_ms=_ms(2026, 6, 30, 22),
            memberships=(
                Membership("west", None, _ms(2026, 3, 28, 23)),
                Membership("east", _ms(2026, 3, 28, 23), None),
            ),
            identities=(("demo", "Anna: S"), ("demo", "7")),
        ),
        ManagedPerson("bo", alias="Comet", privacy="alias", memberships=(Membership("west"),)),
        ManagedPerson("cy"),
    )


def test_the_good_file_is_good() -> None:
    assert compile_definitions(load_text(GOOD, "s.toml", {}).settings, NOW).slides["leaderboard"].rows == 8
