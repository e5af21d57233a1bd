"""What the engine publishes and the wall shows: frozen, plain values, texts ready made."""

from __future__ import annotations

from dataclasses import dataclass

TICKER_ICONS = ("star", "up", "timer", "info", "flag")


@dataclass(frozen=True, slots=True)
class UnitFormat:
    """How the wall writes a number while it counts; the engine's ready string stands at the end."""

    prefix: str = ""
    suffix: str = ""
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Age:
    """Freshness of one panel's data.

    ``kind``: "live" (age counts up from ``as_of_ms`` until ``late_after_s``), "late", "stale", "unknown",
    "demo" or "replay". ``text`` is what stands on the chip unless live: "Updated 14:02", "Demo data", "Replay
    · 14 Mar 2017". ``banner`` says why in words when stale. Instants are real time, ms UTC.
    ``late_text``/``stale_text`` are ready for a wall whose engine fell silent and which has to age the data
    itself.
    """

    kind: str = "unknown"
    as_of_ms: int = 0
    late_after_s: float = 0.0
    stale_after_s: float = 0.0
    text: str = ""
    banner: str = ""
    late_text: str = ""
    stale_text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``place`` is the index on the page (0 first); ``rank`` is "" where nobody is ranked.

    ``bar`` and ``goal_fraction`` are 0..1 (``goal_fraction`` < 0: no goal; ``pace`` < 0: no pace mark);
    ``movement`` counts places (positive: up), ``movement_kind`` is "up", "down", "same", "new" or "" (not
    shown). ``colour`` is 0..23, the person's own, everywhere. ``known`` False: the value is unknown and
    ``display`` is "–".
    """

    id: str
    place: int
    name: str
    display: str
    rank: str = ""
    second: str = ""
    value: float = 0.0
    known: bool = True
    bar: float = 0.0
    movement: int = 0
    movement_kind: str = ""
    colour: int = 0
    initials: str = ""
    picture: str = ""
    leader: bool = False
    goal_text: str = ""
    goal_fraction: float = -1.0
    pace: float = -1.0
    prize: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A card beside a board: a challenge with its first rows, or a goal with its attainment.

    ``kind`` is "challenge" or "goal"; ``label`` the small caps line ("TEAM GOAL"); ``line`` the supporting
    line; ``fraction`` 0..1 (may exceed 1) and ``pace`` (where one should be by now, < 0: none) belong to
    goals.
    """

    id: str
    kind: str
    label: str
    title: str
    line: str = ""
    display: str = ""
    value: float = 0.0
    unit: UnitFormat = UnitFormat()
    fraction: float = 0.0
    pace: float = -1.0
    rows: tuple[Row, ...] = ()
    age: Age = Age()


@dataclass(frozen=True, slots=True)
class SlideState:
    """A slide worked out: everything its view draws. ``pages`` are the rotation's steps, each a tuple of
    rows.

    Page 0 holds the ranked rows; further pages everybody else. ``line`` is made from the board's definition,
    ``final`` ("Final · October") marks a finished period shown in place of an empty one. An ``empty`` slide
    has nothing to say and is skipped by the rotation.
    """

    id: str
    view: str
    title: str
    line: str = ""
    purpose: str = ""
    final: str = ""
    movement_label: str = ""
    unit: UnitFormat = UnitFormat()
    pages: tuple[tuple[Row, ...], ...] = ()
    page_labels: tuple[str, ...] = ()
    panels: tuple[Panel, ...] = ()
    prize: str = ""
    ends_text: str = ""
    age: Age = Age()
    dwell_s: float = 20.0
    empty: bool = False


@dataclass(frozen=True, slots=True)
class TickerItem:
    """One item of the ticker. ``urgent`` items are the next to enter, before repeats; icons are drawn
    shapes."""

    id: str
    icon: str
    text: str
    urgent: bool = False
    colour: str = "text"
    """"text", "gold" (wins, celebrations), "up" (rises, lead changes)."""


@dataclass(frozen=True, slots=True)
class ClockState:
    """The office's clock: at real instant ``real_ms`` it showed ``office_ms``, running ``speed`` times real
    time.

    ``utc_offset_s`` turns an instant into office wall time; ``mode`` is "live" or "replay".
    """

    office_ms: int
    real_ms: int
    utc_offset_s: int = 0
    speed: float = 1.0
    mode: str = "live"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything the wall shows at one moment. ``seq`` grows by one per publication of one engine run.

    ``newest_fact_ms``: real time (ms UTC) at which the newest fact in it reached the engine, for the latency
    figure; 0 when the snapshot brings no new fact. ``rank_changes``: how many rows changed place against the
    one before. ``reading`` says which sources are being read for the first time and how far that has come;
    where no board can stand, also why.
    """

    seq: int
    clock: ClockState
    locale: str = "en_US"
    theme: str = "dark"
    reduced_motion: bool = False
    screen: int = 0
    slides: tuple[SlideState, ...] = ()
    ticker: tuple[TickerItem, ...] = ()
    notice: str = ""
    reading: tuple[str, ...] = ()
    newest_fact_ms: int = 0


@dataclass(frozen=True, slots=True)
class Show:
    """Which slide and page stand on the wall; ``until_ms`` (real ms UTC) is the next deadline, 0 for none."""

    slide: str
    page: int = 0
    until_ms: int = 0
    paused: bool = False
