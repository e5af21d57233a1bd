"""Rotation: which slide and page stand on the wall, until when, and what the keys do to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from salesboard_display.core.definitions import Schedule
from salesboard_display.core.periods import Calendar, day_of, instant_of, local_time

PAUSE_MS = 15 * 60_000
"""A pause ends by itself after this long: nobody's wall stays stuck."""

LOOK_AGAIN_MS = 30_000
"""How long at most until the clock and the schedules are looked at again (clocks jump, computers sleep)."""

_DAY = timedelta(days=1)
_ALWAYS = Schedule()


@dataclass(frozen=True, slots=True)
class RotationSlide:
    """What the rotation has to know of a slide; each page is shown for ``dwell_s`` seconds."""

    id: str
    pages: int = 1
    dwell_s: float = 20.0
    schedule: Schedule = _ALWAYS
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Rotation:
    """The state of one screen. ``slide`` "" shows nothing; ``until_ms`` is when to ``advance`` again.

    ``turn_ms`` is when the page's dwell is over; ``paused_until_ms`` is None when not paused.
    ``asked_for``: somebody wanted this slide now, so that its schedule does not matter for this dwell.
    """

    slide: str = ""
    page: int = 0
    since_ms: int = 0
    turn_ms: int = 0
    until_ms: int = 0
    paused_until_ms: int | None = None
    asked_for: bool = False

    @property
    def paused(self) -> bool:
        """Whether somebody stopped the rotation."""
        return self.paused_until_ms is not None


Slides = Sequence[RotationSlide]


# ---------------------------------------------------------------------------- schedules


def is_due(schedule: Schedule, calendar: Calendar, now_ms: int) -> bool:
    """Whether the schedule lets a slide be shown now.

    Hours from later to earlier ("22:00" to "06:00") run past midnight and belong to the day they begin on.
    """
    now = local_time(calendar, now_ms)
    today, clock = now.date(), now.time()
    start, end = schedule.from_time, schedule.to_time
    if start is not None and end is not None and end <= start:
        if clock >= start:
            return _on_day(schedule, today)
        return clock < end and _on_day(schedule, today - _DAY)
    inside = (start is None or clock >= start) and (end is None or clock < end)
    return inside and _on_day(schedule, today)


def _on_day(schedule: Schedule, day: date) -> bool:
    return (
        (not schedule.weekdays or day.isoweekday() in schedule.weekdays)
        and (schedule.first_date is None or schedule.first_date <= day)
        and (schedule.last_date is None or day <= schedule.last_date)
    )


def next_change_ms(schedule: Schedule, calendar: Calendar, now_ms: int) -> int:
    """The next instant at which the schedule may let go or take up: an hour of its own or the next
    midnight."""
    today = day_of(calendar, now_ms)
    instants = [instant_of(calendar.zone, today + _DAY)]
    for clock in (schedule.from_time, schedule.to_time):
        if clock is not None:
            instants += [instant_of(calendar.zone, day, clock) for day in (today, today + _DAY)]
    return min(instant for instant in instants if instant > now_ms)


# ---------------------------------------------------------------------------- turning


def advance(state: Rotation, slides: Slides, calendar: Calendar, now_ms: int) -> Rotation:
    """The state that holds at ``now_ms``: the same page until its dwell is over, then the next that has to
    say.

    Call it when ``until_ms`` is reached and whenever slides change. A clock that was put back starts the
    dwell anew; one that jumped ahead turns one page only.
    """
    state = _without_old_pause(state, now_ms)
    asked_for = state.asked_for and state.since_ms <= now_ms < state.turn_ms
    current = _showable(slides, calendar, now_ms, state.slide, even_if_not_due=asked_for)
    if current is None:
        return _turned(state, slides, calendar, now_ms, +1)
    if now_ms < state.since_ms:
        return _at(state, slides, calendar, now_ms, current, min(state.page, current.pages - 1))
    if state.page >= current.pages:
        return _turned(state, slides, calendar, now_ms, +1)
    if state.paused or now_ms < state.turn_ms:
        return replace(state, until_ms=_deadline(state, slides, calendar, now_ms))
    return _turned(state, slides, calendar, now_ms, +1)


def forward(state: Rotation, slides: Slides, calendar: Calendar, now_ms: int) -> Rotation:
    """The next page or slide at once; a pause goes on there."""
    return _turned(_without_old_pause(state, now_ms), slides, calendar, now_ms, +1)


def back(state: Rotation, slides: Slides, calendar: Calendar, now_ms: int) -> Rotation:
    """The page or slide before at once; a pause goes on there."""
    return _turned(_without_old_pause(state, now_ms), slides, calendar, now_ms, -1)


def pause(state: Rotation, slides: Slides, calendar: Calendar, now_ms: int) -> Rotation:
    """Stay where it is for 15 minutes at most."""
    return advance(replace(state, paused_until_ms=now_ms + PAUSE_MS), slides, calendar, now_ms)


def resume(state: Rotation, slides: Slides, calendar: Calendar, now_ms: int) -> Rotation:
    """Go on; a page whose dwell ran out meanwhile gives way to the next."""
    return advance(replace(state, paused_until_ms=None), slides, calendar, now_ms)


def jump(state: Rotation, slides: Slides, calendar: Calendar, now_ms: int, slide_id: str) -> Rotation:
    """Show a slide's first page at once, even outside its schedule, for one dwell. Raises KeyError without
    such a slide."""
    slide = next((slide for slide in slides if slide.id == slide_id), None)
    if slide is None:
        known = ", ".join(sorted(slide.id for slide in slides))
        raise KeyError(f"no slide {slide_id!r}; there are: {known}")
    state = _without_old_pause(state, now_ms)
    if slide.empty or slide.pages < 1:
        return advance(state, slides, calendar, now_ms)
    return replace(_at(state, slides, calendar, now_ms, slide, 0), asked_for=True)


def _without_old_pause(state: Rotation, now_ms: int) -> Rotation:
    until = state.paused_until_ms
    if until is None or now_ms < until <= now_ms + PAUSE_MS:
        return state
    return replace(state, paused_until_ms=None)


def _showable(
    slides: Slides, calendar: Calendar, now_ms: int, slide_id: str, even_if_not_due: bool = False
) -> RotationSlide | None:
    due = _due(slides, calendar, now_ms, even_if_not_due)
    return next((slide for slide in due if slide.id == slide_id), None)


def _due(
    slides: Slides, calendar: Calendar, now_ms: int, even_if_not_due: bool = False
) -> list[RotationSlide]:
    """Those with something to say; where none has, the first: a wall without anything looks broken."""
    there = [
        slide
        for slide in slides
        if slide.pages > 0 and (even_if_not_due or is_due(slide.schedule, calendar, now_ms))
    ]
    return [slide for slide in there if not slide.empty] or there[:1]


def _turned(state: Rotation, slides: Slides, calendar: Calendar, now_ms: int, step: int) -> Rotation:
    """One page on (or back), over the end of a slide to its neighbour; nothing when no slide is due."""
    due = _due(slides, calendar, now_ms)
    if not due:
        empty = replace(state, slide="", page=0, since_ms=now_ms, turn_ms=now_ms)
        return replace(empty, until_ms=_deadline(empty, slides, calendar, now_ms))
    current = _showable(due, calendar, now_ms, state.slide)
    if current is not None and 0 <= state.page + step < current.pages:
        return _at(state, slides, calendar, now_ms, current, state.page + step)
    slide = _neighbour(state.slide, slides, due, step)
    return _at(state, slides, calendar, now_ms, slide, 0 if step > 0 else slide.pages - 1)


def _neighbour(slide_id: str, slides: Slides, due: list[RotationSlide], step: int) -> RotationSlide:
    """The next due slide in the channel's order, counted from where the current one stands (even if it is not
    due)."""
    order = [slide.id for slide in slides]
    here = order.index(slide_id) if slide_id in order else (-1 if step > 0 else 0)
    showable = {slide.id: slide for slide in due}
    ahead = (order[(here + step * distance) % len(order)] for distance in range(1, len(order) + 1))
    return next(showable[id_] for id_ in ahead if id_ in showable)


def _at(
    state: Rotation, slides: Slides, calendar: Calendar, now_ms: int, slide: RotationSlide, page: int
) -> Rotation:
    turn_ms = now_ms + max(1, round(slide.dwell_s * 1000))
    there = replace(state, slide=slide.id, page=page, since_ms=now_ms, turn_ms=turn_ms, asked_for=False)
    return replace(there, until_ms=_deadline(there, slides, calendar, now_ms))


def _deadline(state: Rotation, slides: Slides, calendar: Calendar, now_ms: int) -> int:
    """When to look again: the end of the dwell or pause, a change of a schedule that matters, 30 s at the
    latest."""
    instants = [now_ms + LOOK_AGAIN_MS]
    if state.paused_until_ms is not None:
        instants.append(state.paused_until_ms)
    elif state.slide:
        instants.append(state.turn_ms)
    for slide in slides:
        if (slide.id == state.slide and not state.asked_for) or not state.slide:
            instants.append(next_change_ms(slide.schedule, calendar, now_ms))
    return max(min(instants), now_ms + 1)
