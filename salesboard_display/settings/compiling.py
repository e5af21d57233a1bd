"""Settings become what core works with: definitions, calendar, and the manager's word on people and teams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import NamedTuple

from salesboard_display.core.definitions import (
    FIRST_TO_GET_THERE,
    Aggregate,
    Board,
    Challenge,
    ChallengeFormat,
    Channel,
    Definitions,
    Level,
    Metric,
    Of,
    Period,
    PeriodKind,
    RankStyle,
    Schedule,
    Since,
    Slide,
    Target,
    Unit,
    UnitKind,
)
from salesboard_display.core.figures import Condition, Select
from salesboard_display.core.people import Membership, Team
from salesboard_display.core.periods import Calendar, instant_of, resolve
from salesboard_display.settings.boards import (
    BoardSettings,
    ChallengeSettings,
    PeriodSettings,
    ScheduleSettings,
    SlideSettings,
)
from salesboard_display.settings.mapping import Match
from salesboard_display.settings.metrics import MetricSettings, Selection, UnitSettings
from salesboard_display.settings.model import Settings
from salesboard_display.settings.office import PersonSettings
from salesboard_display.settings.places import office_zone

DEFAULT_CHANNEL = "main"
_ISO_WEEKDAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}
_ONE_DAY = timedelta(days=1)


class ManagedPerson(NamedTuple):
    """The manager's word on one person; what is empty or None is left to the sources.

    ``identities`` are (source, identity there). ``picture`` is as written in the settings (relative to their
    file). Same fields, in the same order, as store.directory.PersonWord.
    """

    id: str
    name: str = ""
    alias: str = ""
    picture: str = ""
    left_ms: int | None = None
    privacy: str = "open"
    memberships: tuple[Membership, ...] | None = None
    identities: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody the manager lists, for store.set_people."""

    people: tuple[ManagedPerson, ...] = ()
    teams: tuple[Team, ...] = ()


def calendar(settings: Settings) -> Calendar:
    """The office's calendar."""
    office = settings.office
    week_start = _ISO_WEEKDAYS[office.week_start[:3]]
    return Calendar(office_zone(settings), week_start, office.fiscal_year_start, office.calendar)


def compile_definitions(settings: Settings, now_ms: int) -> Definitions:
    """Everything a manager defined, by id, in the order of the settings.

    ``now_ms`` (ms UTC) places challenges that have a `window`: compile again when the office day changes.
    """
    days = calendar(settings)
    metrics = {id_: _metric(id_, metric, settings) for id_, metric in settings.metrics.items()}
    channels = {id_: Channel(id_, tuple(channel.slides)) for id_, channel in settings.channels.items()}
    return Definitions(
        metrics=metrics,
        boards={id_: _board(id_, board, metrics) for id_, board in settings.boards.items()},
        targets={
            id_: Target(id_, t.who, metrics[t.metric], _period(t.period), Fraction(t.value), t.title)
            for id_, t in settings.targets.items()
        },
        challenges={id_: _challenge(id_, c, metrics, days, now_ms) for id_, c in settings.challenges.items()},
        slides={id_: _slide(id_, slide) for id_, slide in settings.slides.items()},
        channels=channels or {DEFAULT_CHANNEL: Channel(DEFAULT_CHANNEL, tuple(settings.slides))},
    )


def moving_challenges(settings: Settings) -> frozenset[str]:
    """Ids of challenges that begin anew with each period: their rule is frozen at each start."""
    return frozenset(id_ for id_, challenge in settings.challenges.items() if challenge.window is not None)


def roster(settings: Settings) -> Roster:
    """The manager's word on people and teams; dates are days of the office."""
    zone = office_zone(settings)
    people = tuple(_person(id_, person, zone) for id_, person in settings.people.items())
    return Roster(people, tuple(Team(id_, team.name, team.region) for id_, team in settings.teams.items()))


def _person(id_: str, person: PersonSettings, zone: str) -> ManagedPerson:
    memberships = [Membership(m.team, _start(m.from_, zone), _end(m.to, zone)) for m in person.memberships]
    if person.team is not None:
        memberships = [Membership(person.team)]
    identities = [(source, there) for source, _, there in (text.partition(":") for text in person.identities)]
    return ManagedPerson(
        id=id_,
        name=person.name,
        alias=person.alias,
        identities=tuple(identities),
        memberships=tuple(memberships) or None,
        left_ms=_start(person.left, zone),
        picture=person.picture,
        privacy=person.privacy,
    )


def _start(day: date | None, zone: str) -> int | None:
    return None if day is None else instant_of(zone, day)


def _end(day: date | None, zone: str) -> int | None:
    """A last day, inclusive, as the instant after it."""
    return None if day is None else instant_of(zone, day + _ONE_DAY)


# -------------------------------------------------------------------------------------------------- metrics
def _metric(id_: str, metric: MetricSettings, settings: Settings) -> Metric:
    kinds = metric.kinds or list(metric.weights)
    return Metric(
        id=id_,
        name=metric.name,
        aggregate=Aggregate(metric.aggregate),
        select=_select(metric, kinds),
        of=Of(metric.of),
        over=_select(metric.over, metric.over.kinds) if metric.over is not None else None,
        attribute=metric.attribute or "",
        weights=tuple((kind, Fraction(metric.weights[kind])) for kind in kinds if kind in metric.weights),
        unit=_unit(metric, settings.office.currency),
        higher_is_better=metric.direction == "higher",
        minimum_sample=metric.minimum_sample,
    )


def _select(selection: Selection, kinds: Iterable[str]) -> Select:
    return Select(
        kinds=tuple(kinds),
        conditions=_conditions(selection.where),
        sources=tuple(selection.sources),
        quantity_from=_milli(selection.quantity_from),
        quantity_below=_milli(selection.quantity_below),
    )


def _conditions(where: Mapping[str, Match]) -> tuple[Condition, ...]:
    return tuple(Condition(name, frozenset(match.values), match.negated) for name, match in where.items())


def _milli(quantity: Decimal | None) -> int | None:
    """Thousandths, rounded up: both bounds mean "from here on"."""
    return None if quantity is None else int((quantity * 1000).to_integral_value(ROUND_CEILING))


def _unit(metric: MetricSettings, office_currency: str) -> Unit:
    unit = metric.unit or UnitSettings.model_validate({"kind": _usual_kind(metric)})
    money = unit.kind == "money"
    return Unit(
        UnitKind(unit.kind), (unit.currency or office_currency) if money else "", unit.word, unit.decimals
    )


def _usual_kind(metric: MetricSettings) -> str:
    fixed = {
        "ratio": "percent",
        "weighted": "points",
        "nps": "points",
        "count": "number",
        "distinct": "number",
    }
    return fixed.get(metric.aggregate) or ("money" if metric.of == "amount" else "number")


# ------------------------------------------------------------------------------- boards, challenges, slides
def _period(period: PeriodSettings) -> Period:
    if period.name is not None:
        return Period(PeriodKind(period.name))
    if period.rolling_days is not None:
        return Period(PeriodKind.ROLLING, days=period.rolling_days)
    return Period(PeriodKind.CUSTOM, first=period.from_, last=period.to)


def _board(id_: str, board: BoardSettings, metrics: Mapping[str, Metric]) -> Board:
    breakers = [name if name == FIRST_TO_GET_THERE else metrics[name] for name in board.tie_breakers]
    return Board(
        id=id_,
        title=board.title,
        metric=metrics[board.metric],
        period=_period(board.period),
        level=Level(board.level),
        participants=frozenset(board.participants),
        rank_style=RankStyle(board.rank_style),
        tie_breakers=tuple(breakers),
        top=board.top,
        without_data=board.without_data,
        others=board.others,
        movement=Since(board.movement),
        privacy=board.privacy,
        privacy_top=board.privacy_top,
        purpose=board.purpose,
        sources=tuple(board.sources),
    )


def _challenge(
    id_: str, challenge: ChallengeSettings, metrics: Mapping[str, Metric], days: Calendar, now_ms: int
) -> Challenge:
    start_ms, end_ms = _window(challenge, days, now_ms)
    return Challenge(
        id=id_,
        title=challenge.title,
        format=ChallengeFormat(challenge.format),
        metric=metrics[challenge.metric],
        start_ms=start_ms,
        end_ms=end_ms,
        goal=Fraction(challenge.goal or 0),
        level=Level(challenge.level),
        participants=frozenset(challenge.participants),
        prize=challenge.prize,
        tie_break=challenge.tie_break,
    )


def _window(challenge: ChallengeSettings, days: Calendar, now_ms: int) -> tuple[int, int]:
    if challenge.start is not None and challenge.end is not None:
        return instant_ms(challenge.start, days.zone), instant_ms(challenge.end, days.zone)
    interval = resolve(Period(PeriodKind(challenge.window or PeriodKind.THIS_WEEK)), days, now_ms)
    return interval.start_ms, interval.end_ms


def instant_ms(moment: datetime, zone: str) -> int:
    """A date-time from the settings as ms UTC; office time (``zone``) unless it has an offset."""
    if moment.tzinfo is None:
        return instant_of(zone, moment.date(), moment.time())
    return int(moment.timestamp() * 1000)


def _slide(id_: str, slide: SlideSettings) -> Slide:
    return Slide(
        id=id_,
        view=slide.view,
        board=slide.board or "",
        challenge=slide.challenge or "",
        title=slide.title,
        rows=slide.rows,
        targets=tuple(slide.targets),
        panels=tuple(slide.panels),
        dwell_s=slide.dwell,
        schedule=_schedule(slide.schedule),
    )


def _schedule(schedule: ScheduleSettings) -> Schedule:
    return Schedule(
        weekdays=frozenset(_ISO_WEEKDAYS[day] for day in schedule.weekdays),
        from_time=schedule.from_,
        to_time=schedule.to,
        first_date=schedule.first,
        last_date=schedule.last,
    )
