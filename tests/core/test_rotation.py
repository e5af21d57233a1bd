"""Rotation: what stands on the wall, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.definitions import Schedule
from salesboard_display.core.periods import Calendar
from salesboard_display.core.rotation import (
    LOOK_AGAIN_MS,
    PAUSE_MS,
    Rotation,
    RotationSlide,
    advance,
    back,
    forward,
    is_due,
    jump,
    next_change_ms,
    pause,
    resume,
)
from tests.core.builders import DAY, HOUR, NOW, UTC_CALENDAR, ms

S = 1000
MINUTE = 60 * S
A, B, C = (RotationSlide(id_) for id_ in "abc")
ALL = (A, B, C)
EVENING = Schedule(from_time=time(17), to_time=time(18))


def turn(state: Rotation, now: int, slides: tuple[RotationSlide, ...] = ALL) -> Rotation:
    return advance(state, slides, UTC_CALENDAR, now)


def begin(slides: tuple[RotationSlide, ...] = ALL) -> Rotation:
    return turn(Rotation(), NOW, slides)


def at(state: Rotation) -> tuple[str, int]:
    return state.slide, state.page


# ---------------------------------------------------------------------------- turning


def test_it_begins_with_the_first_slide() -> None:
    state = begin()
    assert (at(state), state.until_ms, state.turn_ms) == (("a", 0), NOW + 20 * S, NOW + 20 * S)


def test_each_slide_stands_for_its_dwell() -> None:
    state = begin((replace(A, dwell_s=5), B))
    assert at(turn(state, NOW + 5 * S - 1, (replace(A, dwell_s=5), B))) == ("a", 0)
    state = turn(state, NOW + 5 * S, (replace(A, dwell_s=5), B))
    assert (at(state), state.turn_ms) == (("b", 0), NOW + 25 * S)


def test_after_the_last_comes_the_first() -> None:
    state = begin()
    seen = []
    for _ in range(4):
        seen.append(state.slide)
        state = turn(state, state.turn_ms)
    assert seen == ["a", "b", "c", "a"]


def test_every_page_has_its_dwell() -> None:
    slides = (replace(A, pages=3), B)
    state = begin(slides)
    seen = []
    for _ in range(5):
        seen.append(at(state))
        state = turn(state, state.turn_ms, slides)
    assert seen == [("a", 0), ("a", 1), ("a", 2), ("b", 0), ("a", 0)]


def test_empty_slides_are_skipped() -> None:
    slides = (replace(A, empty=True), B, replace(C, pages=0))
    state = begin(slides)
    assert at(state) == ("b", 0)
    assert at(turn(state, state.turn_ms, slides)) == ("b", 0)


def test_a_single_slide_stays_and_its_dwell_begins_anew() -> None:
    state = begin((A,))
    after = turn(state, state.turn_ms, (A,))
    assert (at(after), after.turn_ms) == (("a", 0), state.turn_ms + 20 * S)


def test_where_no_slide_has_anything_to_say_the_first_that_is_due_stands() -> None:
    empty = tuple(replace(slide, empty=True) for slide in ALL)
    state = begin((replace(A, empty=True, schedule=EVENING), *empty[1:]))
    assert at(state) == ("b", 0)
    assert at(turn(begin(empty), NOW + 20 * S, empty)) == ("a", 0)
    assert at(turn(begin(empty), NOW + S, (*empty[:2], C))) == ("c", 0), "as soon as one speaks, it does"


def test_with_nothing_to_show_it_shows_nothing_and_looks_again() -> None:
    for slides in ((), (replace(A, pages=0),)):
        state = begin(slides)
        assert (at(state), state.until_ms) == (("", 0), NOW + LOOK_AGAIN_MS)
        assert at(turn(state, state.until_ms, ALL)) == ("a", 0)


def test_long_dwells_are_looked_at_every_half_minute() -> None:
    slides = (replace(A, dwell_s=3600),)
    state = begin(slides)
    assert (state.until_ms, state.turn_ms) == (NOW + LOOK_AGAIN_MS, NOW + HOUR)
    state = turn(state, NOW + LOOK_AGAIN_MS, slides)
    assert (state.until_ms, state.turn_ms) == (NOW + 2 * LOOK_AGAIN_MS, NOW + HOUR)


def test_a_dwell_of_nothing_still_ends_later() -> None:
    state = begin((replace(A, dwell_s=0), B))
    assert state.until_ms > NOW


# ---------------------------------------------------------------------------- slides that change meanwhile


def test_a_slide_that_falls_empty_gives_way_at_once() -> None:
    slides = (A, replace(B, empty=True), C)
    assert at(turn(begin(), NOW + S, (replace(A, empty=True), B, C))) == ("b", 0)
    state = turn(begin(slides), NOW + 20 * S, slides)
    assert at(state) == ("c", 0)


def test_a_slide_that_is_gone_gives_way_to_the_first() -> None:
    assert at(turn(begin(), NOW + S, (B, C))) == ("b", 0)
    assert at(back(begin(), (B, C), UTC_CALENDAR, NOW + S)) == ("c", 0)


def test_a_page_that_is_gone_gives_way_to_the_next_slide() -> None:
    slides = (replace(A, pages=3), B)
    state = turn(begin(slides), NOW + 20 * S, slides)
    assert at(state) == ("a", 1)
    assert at(turn(state, NOW + 21 * S, (replace(A, pages=2), B))) == ("a", 1)
    assert at(turn(state, NOW + 21 * S, (A, B))) == ("b", 0)


# ---------------------------------------------------------------------------- clocks that jump


def test_a_clock_put_back_starts_the_dwell_anew() -> None:
    state = turn(begin(), NOW + 20 * S)
    assert at(state) == ("b", 0)
    back_then = turn(state, NOW - DAY)
    assert (at(back_then), back_then.until_ms) == (("b", 0), NOW - DAY + 20 * S)
    paged = replace(state, slide="a", page=2)
    assert at(turn(paged, NOW - DAY)) == ("a", 0)  # and a page that is gone is the last there is


def test_a_clock_that_jumps_ahead_turns_one_page() -> None:
    state = turn(begin(), NOW + 9 * DAY)
    assert (at(state), state.turn_ms) == (("b", 0), NOW + 9 * DAY + 20 * S)


@given(st.lists(st.integers(-2 * DAY, 2 * DAY), max_size=30), st.data())
def test_whatever_happens_it_shows_what_is_due_and_asks_again_soon(
    jumps: list[int], data: st.DataObject
) -> None:
    state, now = Rotation(), NOW
    for step in jumps:
        now += step
        slides = tuple(
            replace(
                slide,
                pages=data.draw(st.integers(0, 3)),
                empty=data.draw(st.booleans()),
                schedule=data.draw(st.sampled_from([Schedule(), EVENING])),
            )
            for slide in ALL
        )
        act = data.draw(st.sampled_from([advance, forward, back, pause, resume]))
        state = act(state, slides, UTC_CALENDAR, now)
        there = [s for s in slides if s.pages and is_due(s.schedule, UTC_CALENDAR, now)]
        due = {s.id: s.pages for s in [s for s in there if not s.empty] or there[:1]}
        assert state.slide in due if due else state.slide == ""
        assert state.page < due.get(state.slide, 1)
        assert now < state.until_ms <= now + LOOK_AGAIN_MS


# ---------------------------------------------------------------------------- keys


def test_the_next_key_turns_at_once() -> None:
    state = forward(begin(), ALL, UTC_CALENDAR, NOW + S)
    assert (at(state), state.turn_ms) == (("b", 0), NOW + 21 * S)


def test_the_previous_key_goes_to_the_last_page_of_the_slide_before() -> None:
    slides = (A, B, replace(C, pages=3))
    state = back(begin(slides), slides, UTC_CALENDAR, NOW + S)
    assert at(state) == ("c", 2)
    assert at(back(state, slides, UTC_CALENDAR, NOW + 2 * S)) == ("c", 1)


def test_previous_at_the_beginning_shows_the_last() -> None:
    assert at(back(Rotation(), ALL, UTC_CALENDAR, NOW)) == ("c", 0)
    assert at(forward(Rotation(), ALL, UTC_CALENDAR, NOW)) == ("a", 0)


def test_a_pause_holds_the_slide_and_ends_after_fifteen_minutes() -> None:
    state = pause(begin(), ALL, UTC_CALENDAR, NOW + S)
    assert state.paused
    state = turn(state, NOW + 10 * MINUTE)
    assert (at(state), state.until_ms) == (("a", 0), NOW + 10 * MINUTE + LOOK_AGAIN_MS)
    assert turn(state, NOW + S + PAUSE_MS - 1).until_ms == NOW + S + PAUSE_MS
    state = turn(state, NOW + S + PAUSE_MS)
    assert (at(state), state.paused) == (("b", 0), False)


def test_resuming_goes_on_where_the_dwell_had_come_to() -> None:
    state = resume(pause(begin(), ALL, UTC_CALENDAR, NOW + S), ALL, UTC_CALENDAR, NOW + 2 * S)
    assert (at(state), state.paused, state.until_ms) == (("a", 0), False, NOW + 20 * S)
    late = resume(pause(begin(), ALL, UTC_CALENDAR, NOW + S), ALL, UTC_CALENDAR, NOW + MINUTE)
    assert at(late) == ("b", 0)


def test_a_pause_goes_on_over_keys() -> None:
    state = forward(pause(begin(), ALL, UTC_CALENDAR, NOW), ALL, UTC_CALENDAR, NOW + S)
    assert (at(state), state.paused) == (("b", 0), True)
    assert at(turn(state, NOW + 5 * MINUTE)) == ("b", 0)


def test_a_pause_never_outlasts_a_clock_that_was_put_back() -> None:
    state = turn(pause(begin(), ALL, UTC_CALENDAR, NOW), NOW - HOUR)
    assert not state.paused
    exactly = pause(begin(), ALL, UTC_CALENDAR, NOW)
    assert turn(exactly, NOW).paused
    assert not turn(exactly, NOW - 1).paused


def test_a_slide_can_be_asked_for_even_outside_its_hours() -> None:
    slides = (A, replace(B, schedule=EVENING), C)
    state = jump(begin(slides), slides, UTC_CALENDAR, NOW + S, "b")
    assert (at(state), state.until_ms) == (("b", 0), NOW + 21 * S)
    assert at(turn(state, NOW + 20 * S, slides)) == ("b", 0)
    after = turn(state, NOW + 21 * S, slides)
    assert (at(after), after.asked_for) == (("c", 0), False)


def test_an_empty_slide_asked_for_is_not_shown() -> None:
    for nothing in (replace(B, empty=True), replace(B, pages=0)):
        assert at(jump(begin(), (A, nothing), UTC_CALENDAR, NOW + S, "b")) == ("a", 0)


def test_a_slide_that_does_not_exist_names_those_that_do() -> None:
    with pytest.raises(KeyError, match="no slide 'x'; there are: a, b, c"):
        jump(begin(), ALL, UTC_CALENDAR, NOW, "x")


# ---------------------------------------------------------------------------- schedules


def due(schedule: Schedule, now: str, calendar: Calendar = UTC_CALENDAR) -> bool:
    return is_due(schedule, calendar, ms(now))


def test_hours_are_half_open_and_local() -> None:
    hours = Schedule(from_time=time(9), to_time=time(17, 30))
    assert [due(hours, f"2024-11-15 {at}") for at in ("08:59", "09:00", "17:29", "17:30")] == [
        False,
        True,
        True,
        False,
    ]
    assert due(hours, "2024-11-15 08:00", Calendar("Europe/Berlin"))
    assert due(Schedule(from_time=time(9)), "2024-11-15 23:59")
    assert due(Schedule(to_time=time(9)), "2024-11-15 00:00")
    assert not due(Schedule(to_time=time(9)), "2024-11-15 09:00")


def test_weekdays_and_dates() -> None:
    fridays = Schedule(weekdays=frozenset({5}))
    assert due(fridays, "2024-11-15 12:00")
    assert not due(fridays, "2024-11-16 12:00")
    dated = Schedule(first_date=date(2024, 11, 15), last_date=date(2024, 11, 16))
    days = ("14 23:59", "15 00:00", "16 23:59", "17 00:00")
    assert [due(dated, f"2024-11-{at}") for at in days] == [False, True, True, False]


def test_hours_over_midnight_belong_to_the_day_they_begin_on() -> None:
    night = Schedule(weekdays=frozenset({5}), from_time=time(22), to_time=time(6))
    instants = ("15 05:59", "15 21:59", "15 22:00", "16 05:59", "16 06:00", "16 22:00")
    assert [due(night, f"2024-11-{at}") for at in instants] == [False, False, True, True, False, False]
    always = Schedule(from_time=time(9), to_time=time(9))
    assert due(always, "2024-11-15 03:00")
    assert due(always, "2024-11-15 09:00")


def test_a_schedule_that_ends_during_the_dwell_ends_it() -> None:
    slides = (replace(A, schedule=Schedule(to_time=time(12, 0, 10))), B)
    state = begin(slides)
    assert state.until_ms == NOW + 10 * S
    assert at(turn(state, NOW + 10 * S - 1, slides)) == ("a", 0)
    assert at(turn(state, NOW + 10 * S, slides)) == ("b", 0)


def test_an_empty_wall_wakes_when_a_schedule_begins() -> None:
    slides = (replace(A, schedule=Schedule(from_time=time(12, 0, 7))),)
    state = begin(slides)
    assert (at(state), state.until_ms) == (("", 0), NOW + 7 * S)
    assert at(turn(state, NOW + 7 * S, slides)) == ("a", 0)


@given(
    st.builds(
        Schedule,
        st.frozensets(st.integers(1, 7), max_size=3),
        st.none() | st.times().map(lambda t: t.replace(microsecond=0)),
        st.none() | st.times().map(lambda t: t.replace(microsecond=0)),
        st.none() | st.dates(date(2024, 3, 25), date(2024, 4, 5)),
        st.none() | st.dates(date(2024, 3, 25), date(2024, 4, 5)),
    ),
    st.integers(ms("2024-03-28 00:00"), ms("2024-04-02 00:00")),
)
def test_nothing_changes_before_the_next_change(schedule: Schedule, now: int) -> None:
    berlin = Calendar("Europe/Berlin")  # the clock changes in these days
    change = next_change_ms(schedule, berlin, now)
    assert now < change <= now + 26 * HOUR
    is_now = is_due(schedule, berlin, now)
    between = {now + (change - 1 - now) * step // 20 for step in range(21)}
    gap = ms("2024-03-31 01:00")  # 02:00 to 03:00 are skipped: hours that begin there begin with the gap
    if not now < gap < change:
        assert all(is_due(schedule, berlin, at) is is_now for at in between)
