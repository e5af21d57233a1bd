"""How challenges and goals look on the wall: as cards beside a board, and full-screen."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from salesboard_display.core.challenges import SHARED, ChallengeState
from salesboard_display.core.definitions import (
    Board,
    Challenge,
    ChallengeFormat,
    Level,
    Period,
    PeriodKind,
    Target,
)
from salesboard_display.core.messages import Figure, Instant, Message, message
from salesboard_display.core.people import Directory
from salesboard_display.core.periods import Interval
from salesboard_display.core.privacy import OPEN, VALUES_HIDDEN, hides_figures
from salesboard_display.core.snapshot import Age, Panel, Row, SlideState
from salesboard_display.core.standings import Standings
from salesboard_display.core.targets import Attainment
from salesboard_display.engine.lines import SEPARATOR
from salesboard_display.engine.rows import Palette, Rows
from salesboard_display.engine.words import Words

CARD_ROWS = 4
SLIDE_ROWS = 8
_ANY = Period(PeriodKind.TODAY)


def challenge_board(challenge: Challenge) -> Board:
    """A challenge's places are rows like a board's."""
    return Board(
        challenge.id, challenge.title, challenge.metric, _ANY, challenge.level, challenge.participants
    )


@dataclass(frozen=True)
class Contests:
    """Makes cards and slides of challenges and goals."""

    directory: Directory
    words: Words
    palette: Palette
    preset: str = OPEN
    """The privacy of the wall; a challenge's places come with it applied."""

    def challenge_panel(self, state: ChallengeState, age: Age) -> Panel:
        """A challenge as a card: its rule and end, and who is in front."""
        challenge = state.challenge
        return Panel(
            id=challenge.id,
            kind="challenge",
            label=self.words.say(message("label-challenge")),
            title=challenge.title,
            line=self._join(self.rule(challenge, short=True), self.ends(state)),
            unit=self.words.style.unit_format(challenge.metric.unit),
            rows=self._rows(state, CARD_ROWS, short=True),
            age=age,
        )

    def challenge_slide(
        self, state: ChallengeState, slide_id: str, title: str, dwell_s: float, age: Age
    ) -> SlideState:
        """A challenge full-screen. An upcoming one has nothing to rank yet, but says what it will be
        about."""
        challenge = state.challenge
        rows = self._rows(state, SLIDE_ROWS, short=False)
        tie = "challenge-tie-shared" if challenge.tie_break == SHARED else "challenge-tie-first"
        return SlideState(
            id=slide_id,
            view="challenge",
            title=title or challenge.title,
            line=self._join(self.rule(challenge), message(tie)),
            final=self.won_by(state),
            unit=self.words.style.unit_format(challenge.metric.unit),
            pages=(rows,) if rows else (),
            prize=challenge.prize,
            ends_text=self._ends_text(state),
            age=age,
            dwell_s=dwell_s,
            empty=not rows,
        )

    def rule(self, challenge: Challenge, *, short: bool = False) -> Message:
        """How it is won, in a few words; the ``short`` ones leave out what is counted."""
        if challenge.format is ChallengeFormat.FIRST_TO:
            return message("challenge-first-to", goal=Figure(challenge.goal, challenge.metric.unit))
        return message("challenge-most" if short else "challenge-most-of", metric=challenge.metric.name)

    def ends(self, state: ChallengeState) -> Message:
        """When it starts, ends or ended."""
        if state.phase == "upcoming":
            return message("challenge-starts", starts=Instant(state.challenge.start_ms))
        if state.phase == "finished":
            return message("challenge-ended", ends=Instant(state.decided_ms or state.ends_ms))
        return message("challenge-ends", ends=Instant(state.ends_ms))

    def won_by(self, state: ChallengeState) -> str:
        """Who won, "" before."""
        if not state.winners:
            return ""
        names = ", ".join(place.name for place in state.winners)
        return self.words.say(message("challenge-won-by", winners=names))

    def goal_panel(self, target: Target, found: Attainment, age: Age) -> Panel:
        """A goal as a card: how much is there, of how much, by when; without figures where privacy wants
        none."""
        unit, hidden = target.metric.unit, hides_figures(self.preset, target.metric.unit)
        day = self.words.style.day(found.interval.end_ms - 1)
        goal = message("goal-by" if hidden else "goal-of", goal=Figure(found.goal, unit), day=day)
        return Panel(
            id=target.id,
            kind="goal",
            label=self.words.say(message("label-goal" if target.who == "company" else "label-target")),
            title=target.title or target.metric.name,
            line=self._join(goal, self._share(found)),
            display="" if hidden else self.words.style.value(found.value, unit),
            value=0.0 if hidden else float(found.value or 0),
            unit=self.words.style.unit_format(unit),
            fraction=float(found.fraction or 0),
            pace=float(found.pace) if 0 < found.pace < 1 else -1.0,
            age=age,
        )

    def goal_text(self, target: Target, found: Attainment) -> str:
        """A goal in a row's few words: "of € 190.000 · 78 %"."""
        if hides_figures(self.preset, target.metric.unit):
            return self._join(self._share(found))
        goal = message("goal-row-of", goal=Figure(found.goal, target.metric.unit))
        return self._join(goal, self._share(found))

    def _share(self, found: Attainment) -> Message | None:
        if found.fraction is None or self.preset == VALUES_HIDDEN:
            return None
        return message("goal-share", share=self.words.style.percent(found.fraction * 100))

    def _ends_text(self, state: ChallengeState) -> str:
        left = state.ends_ms - state.at_ms
        if state.phase != "running":
            return self.words.say(self.ends(state))
        return self._join(message("challenge-left", span=self.words.style.span(left)), self.ends(state))

    def _rows(self, state: ChallengeState, count: int, *, short: bool) -> tuple[Row, ...]:
        board = challenge_board(state.challenge)
        shown = (
            tuple(place for place in state.places if place.value or not short)[:count] or state.places[:count]
        )
        standings = Standings(
            board.id, state.at_ms, Interval(0, 0), state.challenge.level, shown, preset=self.preset
        )
        maker = Rows(board, standings, self.directory, self.words, state.at_ms, self.palette)
        goal = state.challenge.goal
        rows = []
        for index, place in enumerate(shown):
            row = maker.row(place, index)
            value = place.value or Fraction(0)
            if goal:
                bar = float(min(Fraction(1), value / goal))
                row = maker.with_display(row, self._of(value, state.challenge), bar)
            if short:
                row = maker.with_name(row, self.short_name(place.id, place.name, state.challenge.level))
            rows.append(row)
        return tuple(rows)

    def _of(self, value: Fraction, challenge: Challenge) -> str:
        style, unit = self.words.style, challenge.metric.unit
        return self.words.say(
            message("challenge-of", value=style.value(value, unit), goal=style.value(challenge.goal, unit))
        )

    def short_name(self, id_: str, name: str, level: Level) -> str:
        """A person's first name where nobody else has it, else the whole name."""
        if level is not Level.PERSON or id_ not in self.directory.people:
            return name
        first = name.split(" ")[0]
        alike = sum(person.name.split(" ")[0] == first for person in self.directory.people.values())
        return first if alike == 1 else name

    def _join(self, *parts: Message | None) -> str:
        return SEPARATOR.join(self.words.say(part) for part in parts if part is not None)
