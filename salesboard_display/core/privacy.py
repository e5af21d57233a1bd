"""Privacy: what may enter a published snapshot, decided before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

from salesboard_display.core.definitions import Level, Unit, UnitKind
from salesboard_display.core.messages import message
from salesboard_display.core.people import UNASSIGNED, Person
from salesboard_display.core.standings import Place, Standings

OPEN = "open"
TOP_N = "top-n"
VALUES_HIDDEN = "values-hidden"
TEAM_ONLY = "team-only"
VISITOR_SAFE = "visitor-safe"

PRESETS: dict[str, str] = {
    OPEN: "everything",
    TOP_N: "the first N only, the rest nowhere",
    VALUES_HIDDEN: "order and bars, no figures",
    TEAM_ONLY: "totals, no person",
    VISITOR_SAFE: "no names, no money, no customers",
}
"""Every preset of a board or screen, and what it lets through."""

PERSON_PRESETS: dict[str, str] = {
    "open": "by name",
    "name": "by name",
    "initials": "by initials",
    "alias": "by alias (initials without one)",
    "none": "not at all",
}
"""How a person is shown."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How somebody is shown: an id that gives nothing away, a name, a picture (each "" when hidden)."""

    id: str
    name: str
    picture: str = ""


def initials(name: str) -> str:
    """The first letters of the first and last word, in capitals; of a single word just one. "" without
    letters."""
    words = ["".join(ch for ch in word if ch.isalnum()) for word in name.split()]
    words = [word for word in words if word]
    ends = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0].upper()[0] for word in ends)


def opaque_id(id_: str) -> str:
    """A stable id that the real one cannot be read from."""
    return "p" + blake2b(id_.encode(), digest_size=6).hexdigest()


def check_preset(preset: str) -> None:
    """Raises ValueError, naming the known ones, for a preset that does not exist."""
    if preset not in PRESETS:
        raise ValueError(f"no privacy preset {preset!r}; there are: {', '.join(PRESETS)}")


def person_shown(person: Person, preset: str = OPEN) -> Shown | None:
    """How the person is shown under the preset, None when not at all (top-N is a matter of ranks, not of
    persons)."""
    check_preset(preset)
    if person.privacy not in PERSON_PRESETS:
        raise ValueError(f"no privacy {person.privacy!r}; there are: {', '.join(PERSON_PRESETS)}")
    if person.privacy == "none" or preset == TEAM_ONLY:
        return None
    if preset == VISITOR_SAFE:
        return Shown(opaque_id(person.id), "")
    if person.privacy == "initials" or (person.privacy == "alias" and not person.alias):
        return Shown(opaque_id(person.id), initials(person.name))
    if person.privacy == "alias":
        return Shown(opaque_id(person.id), person.alias)
    return Shown(person.id, person.name, person.picture)


def hides_figures(preset: str, unit: Unit | None) -> bool:
    """Whether figures of this unit stay unsaid (None: a unit that might be money)."""
    check_preset(preset)
    if preset == VISITOR_SAFE:
        return unit is None or unit.kind is UnitKind.MONEY
    return preset == VALUES_HIDDEN


def apply(
    standings: Standings,
    preset: str,
    people: Mapping[str, Person],
    *,
    unit: Unit | None = None,
    top: int = 3,
) -> Standings:
    """The standings as they may be published. Raises ValueError for an unknown preset.

    Presets can be applied one after the other (the board's, then the screen's): each only takes away.
    ``hidden`` is emptied: who is not shown is named nowhere.
    """
    places = apply_to_places(standings.places, preset, people, standings.level, unit=unit, top=top)
    total = None if hides_figures(preset, unit) else standings.total
    name = standings.preset if preset == OPEN else preset
    return replace(standings, places=places, total=total, hidden=(), preset=name)


def apply_to_places(
    places: Iterable[Place],
    preset: str,
    people: Mapping[str, Person],
    level: Level,
    *,
    unit: Unit | None = None,
    top: int = 3,
) -> tuple[Place, ...]:
    """The places as they may be published; see apply."""
    check_preset(preset)
    if preset == TOP_N:
        places = [place for place in places if place.rank is not None and place.rank <= top]
    named = [shown for place in places if (shown := _named(place, preset, people, level)) is not None]
    if hides_figures(preset, unit):
        named = [_without_figures(place, preset) for place in named]
    ranked = [place for place in named if place.rank is not None]
    others = [place for place in named if place.rank is None]
    return (*ranked, *sorted(others, key=lambda place: (place.id == UNASSIGNED, place.name.casefold())))


def _named(place: Place, preset: str, people: Mapping[str, Person], level: Level) -> Place | None:
    if preset == VISITOR_SAFE and place.rank is None:
        return None
    if preset == TEAM_ONLY and level is Level.PERSON:
        return None
    person = people.get(place.id) if level is Level.PERSON else None
    if person is not None:
        shown = person_shown(person, preset)
        return place._replace(id=shown.id, name=shown.name) if shown else None
    return place._replace(id=opaque_id(place.id), name="") if preset == VISITOR_SAFE else place


def _without_figures(place: Place, preset: str) -> Place:
    return place._replace(
        value=None,
        gap=None,
        sample=0,
        last_at=None,
        reason=message("hidden-by-privacy", preset=preset),
        bar=round(place.bar, 2),
    )


def hides(place: Place, preset: str, person: Person | None, level: Level, top: int) -> bool:
    """Whether somebody in the standings is kept off the wall by the board's preset or the person's own
    wish."""
    if preset == TOP_N and (place.rank is None or place.rank > top):
        return True
    if level is not Level.PERSON:
        return False
    if person is None:
        return preset == TEAM_ONLY
    return person_shown(person, preset) is None
