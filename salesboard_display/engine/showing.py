"""Makes what the wall shows of what the desk has worked out: slides, cards, and the ticker's standing
items."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from salesboard_display.core import privacy
from salesboard_display.core.definitions import Board, Slide, Target
from salesboard_display.core.messages import Figure, message
from salesboard_display.core.snapshot import Age, Panel, Row, SlideState, TickerItem
from salesboard_display.core.targets import Attainment
from salesboard_display.core.ticker import Announcement
from salesboard_display.engine.ages import Ages
from salesboard_display.engine.contests import Contests
from salesboard_display.engine.coordinator import Coordinator
from salesboard_display.engine.desk import Desk
from salesboard_display.engine.lines import board_line, final_label, movement_label
from salesboard_display.engine.office import Office
from salesboard_display.engine.rows import Rows
from salesboard_display.engine.scoring import Scored, kinds_of
from salesboard_display.engine.words import Words

PAGES = {"podium": 1}
"""View → how many pages it has at most: nobody stands on a step for coming first in the alphabet."""


def slides(desk: Desk, at_ms: int, now_ms: int, ages: Ages) -> tuple[SlideState, ...]:
    """Every slide that is shown as of an instant, in its order."""
    showing = _Showing(desk, at_ms, now_ms, ages)
    return tuple(showing.slide(desk.definitions.slides[id_]) for id_ in desk.slides())


def ticker(desk: Desk, at_ms: int, now_ms: int) -> tuple[TickerItem, ...]:
    """The ticker: what just happened, then how challenges, goals and boards stand."""
    if not desk.office.settings.wall.ticker:
        return ()
    goals = [_goal_item(desk, id_, found) for id_, found in desk.goals.items()]
    leaders = [_leader_item(desk, id_) for id_ in desk.scorer.boards]
    standing = [item for item in (*desk.challenge_items.values(), *goals, *leaders) if item is not None]
    return desk.news.items(standing, replace(desk.office.words, now_ms=at_ms), now_ms)


def _goal_item(desk: Desk, id_: str, found: Attainment) -> Announcement | None:
    target = desk.definitions.targets.get(id_)
    if target is None or found.value is None or target.who != "company":
        return None
    unit = target.metric.unit
    if privacy.hides_figures(desk.wall_preset, unit):
        return None
    title = target.title or target.metric.name
    said = message("ticker-goal", title=title, value=Figure(found.value, unit), goal=Figure(found.goal, unit))
    return Announcement(f"goal:{id_}", said, "flag")


def _leader_item(desk: Desk, board_id: str) -> Announcement | None:
    """Who leads a board, unless several do or privacy keeps the name or the figure."""
    board, standings = desk.scorer.boards.get(board_id), desk.published.get(board_id)
    first = [place for place in standings.ranked if place.rank == 1] if standings else []
    if board is None or len(first) != 1 or first[0].value is None or not first[0].name:
        return None
    figure = Figure(first[0].value, board.metric.unit)
    said = message("ticker-leader", board=board.title, name=first[0].name, figure=figure)
    return Announcement(f"leader:{board_id}", said, "info")


def readings(office: Office, coordinators: Iterable[Coordinator], *, stands: bool = True) -> tuple[str, ...]:
    """Which sources are being read for the first time, and how far that has come; where no board ``stands``,
    why: sources that never came through, or that nothing has been counted."""
    say, healths = (
        office.words.say,
        [(office.source_title(one.source.name), one.health) for one in coordinators],
    )
    lines = [say(health.reading.said_of(title)) for title, health in healths if health.reading is not None]
    if stands:
        return tuple(lines)
    lines += [
        say(message("source-nothing-yet", source=title, why=health.message))
        for title, health in healths
        if health.complete_at_ms is None and health.message is not None
    ]
    if not lines and all(health.complete_at_ms is not None for _, health in healths):
        lines = [say(message("nothing-yet"))]
    return tuple(lines)


@dataclass(frozen=True)
class _Showing:
    """One showing: every slide as of one instant."""

    desk: Desk
    at_ms: int
    now_ms: int
    ages: Ages

    @property
    def _words(self) -> Words:
        return replace(self.desk.office.words, now_ms=self.at_ms)

    def slide(self, slide: Slide) -> SlideState:
        if slide.view == "challenge":
            return self._challenge(slide)
        scored = self.desk.scorer.scored.get(slide.board)
        if scored is None:
            return SlideState(slide.id, slide.view, slide.title or slide.board, empty=True)
        return self._board(slide, scored)

    def _board(self, slide: Slide, scored: Scored) -> SlideState:
        board, words = scored.board, self._words
        standings = self.desk.published[board.id]
        rows = Rows(board, standings, self.desk.directory, words, self.at_ms, self.desk.palette)
        pages = self._with_goals(slide, board, rows.pages(slide)[: PAGES.get(slide.view)])
        panels = tuple(panel for panel in map(self._panel, slide.panels) if panel is not None)
        calendar = self.desk.scorer.calendar
        final = final_label(board, calendar, self.at_ms, words) if scored.final else ""
        others = words.say(message("page-others")) if board.others == "alphabetical" else ""
        return SlideState(
            id=slide.id,
            view=slide.view,
            title=slide.title or board.title,
            line=board_line(
                board,
                standings,
                calendar,
                words,
                title=slide.title or board.title,
                rows=slide.rows,
                back=int(scored.final),
            ),
            purpose=board.purpose,
            final=final,
            movement_label=movement_label(board, words),
            unit=words.style.unit_format(board.metric.unit),
            pages=pages,
            page_labels=("", *(others for _ in pages[1:])),
            panels=panels,
            age=self._age(kinds_of(board), board.sources),
            dwell_s=slide.dwell_s,
            empty=not pages or not standings.has_facts,
        )

    def _with_goals(
        self, slide: Slide, board: Board, pages: tuple[tuple[Row, ...], ...]
    ) -> tuple[tuple[Row, ...], ...]:
        """Rows of those who have a target among the slide's, with how far they are."""
        targets = {t.who: t for t in map(self.desk.definitions.targets.get, slide.targets) if t is not None}
        return tuple(tuple(self._with_goal(row, targets.get(row.id)) for row in page) for page in pages)

    def _with_goal(self, row: Row, target: Target | None) -> Row:
        found = self.desk.goals.get(target.id) if target is not None else None
        if target is None or found is None or found.fraction is None:
            return row
        pace = float(found.pace) if 0 < found.pace < 1 else -1.0
        text = self._contests.goal_text(target, found)
        return replace(row, goal_text=text, goal_fraction=float(found.fraction), pace=pace)

    def _challenge(self, slide: Slide) -> SlideState:
        state = self.desk.states.get(slide.challenge)
        if state is None:
            return SlideState(slide.id, slide.view, slide.title or slide.challenge, empty=True)
        state = replace(state, at_ms=self.at_ms)
        age = self._age(state.challenge.metric.select.kinds, ())
        return self._contests.challenge_slide(state, slide.id, slide.title, slide.dwell_s, age)

    def _panel(self, reference: str) -> Panel | None:
        kind, _, id_ = reference.partition(":")
        if kind == "challenge" and (state := self.desk.states.get(id_)) is not None:
            age = self._age(state.challenge.metric.select.kinds, (), short=True)
            return self._contests.challenge_panel(replace(state, at_ms=self.at_ms), age)
        target, found = self.desk.definitions.targets.get(id_), self.desk.goals.get(id_)
        if kind == "target" and target is not None and found is not None:
            return self._contests.goal_panel(
                target, found, self._age(target.metric.select.kinds, (), short=True)
            )
        return None

    @property
    def _contests(self) -> Contests:
        return Contests(self.desk.directory, self.desk.office.words, self.desk.palette, self.desk.wall_preset)

    def _age(self, kinds: Collection[str], only: Collection[str], *, short: bool = False) -> Age:
        replayed = self.at_ms if self.desk.running_replay or self.desk.of_the_past else None
        return self.ages.age(kinds, only, self.now_ms, replayed, short=short)
