"""Makes the rows of a board: names, values and gaps in words, in pages as the look asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from salesboard_display.core.colours import colour_of, distinct_colours
from salesboard_display.core.definitions import Board, Level, Slide
from salesboard_display.core.messages import Figure, Message, message
from salesboard_display.core.people import UNASSIGNED, Directory
from salesboard_display.core.privacy import hides_figures
from salesboard_display.core.snapshot import Row
from salesboard_display.core.standings import Place, Standings
from salesboard_display.engine.numbers import UNKNOWN
from salesboard_display.engine.words import Words

ROWS_WITH_SECOND_LINE = 8
SEPARATOR = " · "


class Palette:
    """Everybody's colour: it rests on who there is in the office and on nothing that is shown, so that every
    slide, picture and wall has the same one."""

    def __init__(self, directory: Directory) -> None:
        """Those who are still there come first, so that an office of twenty-four differs whoever has left."""
        people = sorted(directory.people.values(), key=lambda person: (person.left_ms is not None, person.id))
        self._colours = {
            Level.PERSON: distinct_colours(person.id for person in people),
            Level.TEAM: distinct_colours(sorted(directory.teams)),
            Level.REGION: distinct_colours(sorted({team.region for team in directory.teams.values()} - {""})),
        }

    def colour(self, level: Level, id_: str) -> int:
        """The colour, 0..23, of a person, team or region; whoever is not known has the id's own."""
        return self._colours[level].get(id_, colour_of(id_))


@dataclass(frozen=True)
class Rows:
    """Makes rows for one board as it stands; names and teams come from the directory, texts from the words.

    ``at_ms`` decides which team stands behind a name.
    """

    board: Board
    standings: Standings
    directory: Directory
    words: Words
    at_ms: int
    palette: Palette

    @property
    def values_hidden(self) -> bool:
        """Whether privacy keeps figures off the wall."""
        return hides_figures(self.standings.preset, self.board.metric.unit)

    def pages(self, slide: Slide) -> tuple[tuple[Row, ...], ...]:
        """Page 0: the first ranked; then, as the board says, everybody else by name without a rank, or all
        ranked."""
        places, size = self.standings.places, slide.rows
        if len(places) <= size:
            return (self.page(places, size),) if places else ()
        ranked = self.standings.ranked
        if self.board.others == "all-ranked":
            return tuple(self.page(part, size) for part in _parts(places, size))
        first = self.page(ranked[:size], size)
        if self.board.others == "top-only":
            return (first,) if first else ()
        shown = {row.id for row in first}
        rest = sorted(
            (p for p in places if p.id not in shown), key=lambda p: (p.id == UNASSIGNED, p.name.casefold())
        )
        unranked = [place._replace(rank=None, gap=None, movement=None, entered=False) for place in rest]
        others = (self.page(part, size) for part in _parts(unranked, size))
        return tuple(page for page in (first, *others) if page)

    def page(self, places: Sequence[Place], size: int = ROWS_WITH_SECOND_LINE) -> tuple[Row, ...]:
        """The rows of some places, one below the other; without second lines where more than eight may
        stand."""
        rows = (self.row(place, index) for index, place in enumerate(places))
        return tuple(row if size <= ROWS_WITH_SECOND_LINE else replace(row, second="") for row in rows)

    def row(self, place: Place, index: int) -> Row:
        """One row."""
        person = self.directory.people.get(place.id) if self.board.level is Level.PERSON else None
        name = self.words.say(message("unassigned-name")) if place.id == UNASSIGNED else place.name
        known = place.value is not None or self.values_hidden
        return Row(
            id=place.id,
            place=index,
            name=name,
            display="" if self.values_hidden else self.words.style.value(place.value, self.board.metric.unit),
            rank=str(place.rank) if place.rank is not None else "",
            second=self.second(place),
            value=float(place.value) if place.value is not None else 0.0,
            known=known,
            bar=place.bar,
            movement=place.movement or 0,
            movement_kind=_movement_kind(place),
            colour=self.palette.colour(self.board.level, place.id),
            initials=initials(name),
            picture=person.picture if person is not None else "",
            leader=place.rank == 1,
        )

    def with_display(self, row: Row, display: str, bar: float) -> Row:
        """The row with another text for its value and another length of its bar; hidden values stay
        hidden."""
        return replace(row, bar=bar) if self.values_hidden else replace(row, display=display, bar=bar)

    def with_name(self, row: Row, name: str) -> Row:
        """The row under another name for the same person."""
        return replace(row, name=name)

    def second(self, place: Place) -> str:
        """The supporting line: the team, and the gap in words."""
        parts = [self.team(place.id), self.words.say(self.gap(place))]
        if place.value is None and not self.values_hidden and place.reason is not None:
            parts[1] = self.words.say(place.reason)
        return SEPARATOR.join(part for part in parts if part)

    def team(self, id_: str) -> str:
        """The name of the person's team at the time, "" for teams and regions."""
        person = self.directory.people.get(id_) if self.board.level is Level.PERSON else None
        if person is None or self.standings.preset == "visitor-safe":
            return ""
        team = self.directory.teams.get(person.team_at(self.at_ms))
        return team.name if team is not None else ""

    def gap(self, place: Place) -> Message | None:
        """The gap in words: ahead for the leader, else to the next better rank."""
        if place.rank is None or place.gap is None or self.values_hidden:
            return None
        figure = Figure(place.gap, self.board.metric.unit)
        shared = sum(other.rank == place.rank for other in self.standings.places) > 1
        if place.rank == 1:
            return message("row-first") if shared or not place.gap else message("row-ahead", figure=figure)
        better = max(
            (p.rank for p in self.standings.places if p.rank is not None and p.rank < place.rank), default=1
        )
        return (
            message("row-behind", figure=figure, rank=better)
            if place.gap
            else message("row-level", rank=better)
        )


def initials(name: str) -> str:
    """One or two letters that stand for a name in its circle."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return name[:1] or UNKNOWN
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def _movement_kind(place: Place) -> str:
    if place.rank is None:
        return ""
    if place.entered:
        return "new"
    if place.movement is None:
        return ""
    return "up" if place.movement > 0 else "down" if place.movement < 0 else "same"


def _parts(places: Sequence[Place], size: int) -> list[Sequence[Place]]:
    """The places in pages of at most ``size``, evenly filled."""
    pages = -(-len(places) // size)
    if not pages:
        return []
    each = -(-len(places) // pages)
    return [places[start : start + each] for start in range(0, len(places), each)]
