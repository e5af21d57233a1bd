"""Works out everything an office has defined: boards, challenges, goals and news, when something they rest
on changed."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from salesboard_display.core import privacy
from salesboard_display.core.challenges import ChallengeState, challenge_state, freeze, rule_in_force
from salesboard_display.core.definitions import Board, Challenge, Definitions, Metric, Target, UnitKind
from salesboard_display.core.figures import Figures, Select
from salesboard_display.core.metrics import kinds_of as kinds_asked
from salesboard_display.core.people import Directory
from salesboard_display.core.periods import month_starts
from salesboard_display.core.replay import Revealed
from salesboard_display.core.standings import Standings
from salesboard_display.core.sync import Applied
from salesboard_display.core.targets import Attainment, attainment
from salesboard_display.core.ticker import Announcement, challenge_news, rank_news
from salesboard_display.engine.cached import CachedFigures
from salesboard_display.engine.news import RECENT_MS, News
from salesboard_display.engine.office import Office
from salesboard_display.engine.rows import Palette
from salesboard_display.engine.scoring import Scored, Scorer, kinds_of
from salesboard_display.store import Store, StoreUnavailable

log = logging.getLogger(__name__)
_STRICTER = tuple(privacy.PRESETS)


@dataclass(slots=True)
class Desk:
    """Everything worked out for one office; showing.py makes slides of it. Lives in the thread that has the
    store.

    ``running_replay``: the clock runs over history, so that a day's date-only facts come one by one.
    ``of_the_past``:
    one look at an earlier instant. ``writes``: the store may be written (challenge rules are frozen).
    ``slide``: only this slide is shown, whatever the channel says.
    """

    office: Office
    store: Store
    running_replay: bool = False
    of_the_past: bool = False
    writes: bool = True
    known_at_ms: int | None = None
    slide: str = ""
    news: News = field(default_factory=News)
    definitions: Definitions = field(init=False)
    directory: Directory = field(init=False)
    palette: Palette = field(init=False)
    scorer: Scorer = field(init=False)
    states: dict[str, ChallengeState] = field(default_factory=dict)
    challenge_items: dict[str, Announcement | None] = field(default_factory=dict)
    goals: dict[str, Attainment] = field(default_factory=dict)
    _figures: CachedFigures = field(init=False)
    published: dict[str, Standings] = field(default_factory=dict)
    _windows: dict[str, tuple[int, int]] = field(default_factory=dict)
    _broken: set[str] = field(default_factory=set)
    _definitions_day: int = -1
    _anybody_private: bool = False

    def __post_init__(self) -> None:
        calendar = self.office.calendar
        stored = self.office.converting(self.store.figures(self.known_at_ms))
        self._figures = CachedFigures(
            stored, lambda start, end: month_starts(calendar, start, end), converts=bool(self.office.rates)
        )
        self.scorer = Scorer((), calendar)
        self.meet(self.store.directory())
        self.definitions = Definitions()

    def meet(self, directory: Directory) -> None:
        """Other people are known from now on."""
        self.directory, self.palette = directory, Palette(directory)
        self._anybody_private = any(person.privacy != privacy.OPEN for person in directory.people.values())

    def take(self, applied: Applied) -> None:
        """A sync changed facts or people: forget what may be different."""
        self._figures.forget(applied.touched)
        self.scorer.forget(applied)
        if applied.people_changed:
            self.meet(self.store.directory())

    def figures(self, at_ms: int) -> Figures:
        """The figures that count at an instant."""
        if self.running_replay:
            return Revealed(self._figures, at_ms, self.office.source_zone)
        return self._figures

    def work(self, at_ms: int, now_ms: int, touched: Collection[str] | None) -> None:
        """Work out everything that is due; see ``steps``."""
        for _ in self.steps(at_ms, now_ms, touched):
            pass

    def steps(
        self, at_ms: int, now_ms: int, touched: Collection[str] | None, standing: str = ""
    ) -> Iterator[None]:
        """Work out what is due: what rests on facts of the ``touched`` kinds (None: everything), and what
        the clock
        changed. Yields when there is something to publish: the board of the ``standing`` slide comes first.
        """
        self.define(at_ms)
        figures = self.figures(at_ms)
        if self.running_replay:
            touched = None
        slide = self.definitions.slides.get(standing)
        first = slide.board if slide is not None else ""
        due = sorted(self.scorer.due(at_ms, touched), key=lambda board: board.id != first)
        for board in due:
            self._score(board, figures, at_ms, now_ms)
            if board.id == first:
                yield
        if due:
            self._announce_wins(figures, at_ms, now_ms)
        self._work_contests(figures, at_ms, now_ms, touched)
        yield

    # ---------------------------------------------------------------- working out
    def define(self, at_ms: int) -> None:
        """Definitions follow the office day: a challenge with a window begins anew with its period."""
        day = at_ms // 3_600_000
        if day != self._definitions_day:
            self._definitions_day = day
            self.definitions = self.office.definitions(at_ms)
            shown = {self.definitions.slides[id_].board for id_ in self.slides()}
            self.scorer.keep(board for id_, board in self.definitions.boards.items() if id_ in shown)

    def _score(self, board: Board, figures: Figures, at_ms: int, now_ms: int) -> None:
        try:
            scored = self.scorer.work_out(board, self.directory, figures, at_ms)
        except ValueError as error:
            self._report(f"board {board.id}", error)
            return
        shown = self.public(scored)
        if not scored.final:
            self.news.take(rank_news(self.published.get(board.id), shown, board.title), now_ms)
        self.published[board.id] = shown

    def _work_contests(
        self, figures: Figures, at_ms: int, now_ms: int, touched: Collection[str] | None
    ) -> None:
        for id_, challenge in self.definitions.challenges.items():
            known = id_ in self.states and not self._turned(challenge, at_ms)
            if not known or _concerned(challenge.metric, touched):
                self._contest(id_, challenge, figures, at_ms, now_ms)
        for id_, target in self.definitions.targets.items():
            known = id_ in self.goals and self.goals[id_].interval.holds(at_ms)
            if not known or _concerned(target.metric, touched):
                self._goal(id_, target, figures, at_ms)

    def _turned(self, challenge: Challenge, at_ms: int) -> bool:
        """Whether a challenge starts or ends by the clock, or has begun anew with the next window."""
        state = self.states[challenge.id]
        if (challenge.start_ms, challenge.end_ms) != self._windows[challenge.id] or at_ms < state.at_ms:
            return True
        if state.phase == "upcoming":
            return at_ms >= state.challenge.start_ms
        return state.phase == "running" and at_ms >= state.ends_ms

    def _contest(self, id_: str, challenge: Challenge, figures: Figures, at_ms: int, now_ms: int) -> None:
        try:
            state = challenge_state(self._in_force(challenge, at_ms), self.directory, figures, at_ms)
        except ValueError as error:
            self._report(f"challenge {id_}", error)
            return
        before, self.states[id_] = self.states.get(id_), self._public_state(state)
        self._windows[id_] = (challenge.start_ms, challenge.end_ms)
        news = challenge_news(before, state, self.directory, preset=self.wall_preset)
        if news is not None and news.urgent:
            self.news.take([replace(news, id=f"{news.id}:won")], now_ms)
        self.challenge_items[id_] = replace(news, urgent=False) if news is not None else None

    def _public_state(self, state: ChallengeState) -> ChallengeState:
        """A challenge's places and winners as they may be seen."""
        level, unit, people = state.challenge.level, state.challenge.metric.unit, self.directory.people
        places = privacy.apply_to_places(state.places, self.wall_preset, people, level, unit=unit)
        winners = privacy.apply_to_places(state.winners, self.wall_preset, people, level, unit=unit)
        return replace(state, places=places, winners=tuple(place for place in winners if place.name))

    def _in_force(self, challenge: Challenge, at_ms: int) -> Challenge:
        """The rule as frozen at the challenge's start; one with a window is another challenge each time."""
        if self.running_replay or not self.writes:
            return challenge
        key = f"{challenge.id}@{challenge.start_ms}"
        in_force, to_freeze = rule_in_force(challenge, self.store.frozen_rule(key), at_ms)
        if to_freeze is not None:
            with contextlib.suppress(StoreUnavailable):  # a full disk: it is frozen when there is room
                self.store.freeze_rule(key, at_ms, freeze(in_force))
        return in_force

    def _goal(self, id_: str, target: Target, figures: Figures, at_ms: int) -> None:
        try:
            self.goals[id_] = attainment(target, self.directory, self.scorer.calendar, figures, at_ms)
        except ValueError as error:
            self._report(f"target {id_}", error)

    def slides(self) -> tuple[str, ...]:
        """The ids of the slides that are shown, in their order: the wall's channel, or one that was asked
        for."""
        if self.slide:
            return (self.slide,) if self.slide in self.definitions.slides else ()
        channel = self.definitions.channels.get(self.office.settings.wall.channel)
        order = channel.slides if channel is not None else tuple(self.definitions.slides)
        return tuple(dict.fromkeys(id_ for id_ in order if id_ in self.definitions.slides))

    def _announce_wins(self, figures: Figures, at_ms: int, now_ms: int) -> None:
        kinds = tuple(sorted(self._won_kinds()))
        if not kinds:
            return
        rows = figures.facts(Select(kinds), at_ms - RECENT_MS, at_ms + 1)
        boards = [board for board in self.scorer.boards.values() if not kinds_of(board).isdisjoint(kinds)]
        preset = max([self.wall_preset, *(board.privacy for board in boards)], key=_STRICTER.index)
        among = None
        if privacy.TOP_N in {self.wall_preset, *(board.privacy for board in boards)}:
            shown = [self.published[board.id] for board in boards if board.id in self.published]
            among = frozenset(place.id for standings in shown for place in standings.places)
        self.news.take_wins(rows, self.directory, at_ms, now_ms, preset=preset, among=among)

    def _won_kinds(self) -> set[str]:
        """Kinds of fact that bring in money: a new one is a win."""
        boards = self.scorer.boards.values()
        return {
            kind for b in boards if b.metric.unit.kind is UnitKind.MONEY for kind in b.metric.select.kinds
        }

    def public(self, scored: Scored) -> Standings:
        """A board's standings as they may be seen."""
        board = scored.board
        if {board.privacy, self.wall_preset} == {privacy.OPEN} and not self._anybody_private:
            return scored.standings
        shown = scored.standings
        for preset in (board.privacy, self.wall_preset):
            shown = privacy.apply(
                shown, preset, self.directory.people, unit=board.metric.unit, top=board.privacy_top
            )
        return shown

    @property
    def wall_preset(self) -> str:
        """The privacy of everything on this wall."""
        return self.office.settings.wall.privacy

    def _report(self, what: str, error: ValueError) -> None:
        """A definition that cannot be worked out is said once, and left out."""
        if what not in self._broken and self.directory.people:
            self._broken.add(what)
            log.warning("%s cannot be worked out: %s", what, error)


def _concerned(metric: Metric, touched: Collection[str] | None) -> bool:
    """Whether a metric rests on facts of the touched kinds."""
    return touched is None or not kinds_asked(metric).isdisjoint(touched)
