"""Snapshots for tests, pictures and benchmarks: an ordinary office, and every case that bends a layout."""

from __future__ import annotations

from dataclasses import replace

from salesboard_display.core.snapshot import (
    Age,
    ClockState,
    Panel,
    Row,
    SlideState,
    Snapshot,
    TickerItem,
    UnitFormat,
)

NOW_MS = 1_793_885_520_000  # Thu 5 Nov 2026, 14:32 in Berlin
OFFSET_S = 3600
EURO = UnitFormat(prefix="€\u00a0", decimals=0)
PLAIN = UnitFormat(suffix=" of 15")
LIVE = Age(
    kind="live",
    as_of_ms=NOW_MS - 12_000,
    late_after_s=120,
    stale_after_s=360,
    late_text="Updated 14:32",
    stale_text="No data since Thu 14:32",
)
SLOWER = replace(LIVE, as_of_ms=NOW_MS - 8_000)
STALE = Age(
    kind="stale",
    as_of_ms=NOW_MS - 90_000_000,
    text="Updated Tue 14:02",
    banner="No data since Tue 14:02: the CRM refuses the key",
)
LATE = Age(kind="late", as_of_ms=NOW_MS - 1_800_000, stale_after_s=36_000, text="Updated 14:02")
DEMO = Age(kind="demo", as_of_ms=NOW_MS, text="Demo data")
REPLAY = Age(kind="replay", as_of_ms=NOW_MS, text="Replay · 14 Mar 2017")
PEOPLE = (
    ("Anna Snelling", "Central", 84_220),
    ("Darcel Schlecht", "Central", 79_410),
    ("Vicki Laflamme", "West", 71_950),
    ("Kary Hendrixson", "West", 66_300),
    ("Cassey Cress", "East", 61_040),
    ("Donn Cantrell", "East", 58_870),
    ("Reed Clapper", "East", 52_115),
    ("Zane Levy", "West", 49_900),
    ("Corliss Cosme", "West", 46_210),
    ("James Ascencio", "West", 44_180),
)
ORDINALS = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "10th")


def euro(amount: int) -> str:
    """An amount as the German office writes it."""
    sign = "−" if amount < 0 else ""
    return f"{sign}€\u00a0{abs(amount):,}".replace(",", ".")


def initials(name: str) -> str:
    """The first letters of first and last name."""
    words = name.split()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def rows(count: int = 8, people: tuple[tuple[str, str, int], ...] = PEOPLE) -> tuple[Row, ...]:
    """A page of so many ranked rows; gaps add up."""
    chosen = sorted(people, key=lambda person: -person[2])[:count]
    made = []
    for place, (name, team, amount) in enumerate(chosen):
        if place == 0:
            gap = f"{euro(amount - chosen[1][2])} ahead" if len(chosen) > 1 else ""
        else:
            gap = f"{euro(chosen[place - 1][2] - amount)} to {ORDINALS[place - 1]}"
        movement = (2, -1, -1, 3, -1, -1, -1, 0, 0, 0)[place]
        made.append(
            Row(
                id=name.lower().replace(" ", "-"),
                place=place,
                name=name,
                display=euro(amount),
                rank=str(place + 1),
                second=" · ".join(part for part in (team, gap) if part),
                value=float(amount),
                bar=max(0.0, amount / chosen[0][2]) if chosen[0][2] else 0.0,
                movement=movement,
                movement_kind="up" if movement > 0 else "down" if movement < 0 else "same",
                colour=[name for name, _, _ in people].index(name) % 12,
                initials=initials(name),
                leader=place == 0,
            )
        )
    return tuple(made)


def challenge_rows(
    *amounts: int, goal: int = 15, names: tuple[str, ...] = ("Kary", "Anna", "Reed", "Zane")
) -> tuple[Row, ...]:
    """A card's rows."""
    colours = (3, 0, 6, 7)
    return tuple(
        Row(
            id=name,
            place=place,
            name=name,
            display=f"{amount} of {goal}",
            value=float(amount),
            bar=amount / goal,
            colour=colours[place],
            initials=name[0],
            leader=place == 0,
        )
        for place, (name, amount) in enumerate(zip(names, amounts, strict=False))
    )


CHALLENGE = Panel(
    id="demo-week",
    kind="challenge",
    label="Challenge",
    title="Demo dry-run week",
    line="First to 15 demos · ends Fri 17:00",
    unit=PLAIN,
    rows=challenge_rows(12, 11, 9),
    age=SLOWER,
)
GOAL = Panel(
    id="company-month",
    kind="goal",
    label="Team goal",
    title="Revenue in November",
    display=euro(702_640),
    value=702_640.0,
    unit=EURO,
    line="of € 900.000 by 30 Nov · 78 %",
    fraction=0.7807,
    pace=0.62,
    age=LIVE,
)
TICKER = (
    TickerItem("t1", "star", "Anna closed Cancity · € 4.514", True, "gold"),
    TickerItem("t2", "up", "Kary up 3 to 4th", True, "up"),
    TickerItem("t3", "timer", "Demo dry-run week: Kary 12 of 15, Anna 1 behind, ends Fri 17:00"),
    TickerItem("t4", "flag", "Team goal: € 702.640 of € 900.000"),
    TickerItem("t5", "info", "Vicki opened Zathunicon · € 12.000"),
)


def leaderboard(page: tuple[Row, ...] | None = None, **changes: object) -> SlideState:
    """The revenue board."""
    state = SlideState(
        id="leaderboard",
        view="leaderboard",
        title="Revenue won",
        line="Won deals closed in November · top 8 of 16 · ties share a rank",
        movement_label="since this morning",
        unit=EURO,
        pages=(rows() if page is None else page,),
        panels=(CHALLENGE, GOAL),
        age=LIVE,
    )
    return replace(state, **changes)  # type: ignore[arg-type]


def podium(page: tuple[Row, ...] | None = None, **changes: object) -> SlideState:
    """The same as a podium."""
    return leaderboard(page, id="podium", view="podium", title="Top three of November", panels=(), **changes)


def teams(count: int = 3, **changes: object) -> SlideState:
    """Teams with goals."""
    known = (
        ("West", 232_360, 280_000),
        ("Central", 222_230, 300_000),
        ("East", 172_025, 250_000),
        ("North", 140_500, 200_000),
        ("South", 120_000, 240_000),
        ("Partners", 90_100, 100_000),
        ("Online", 70_000, 90_000),
        ("Events", 50_000, 50_000),
    )
    made = []
    for row, (_, amount, goal) in zip(
        rows(count, tuple((name, "", amount) for name, amount, _ in known)), known, strict=False
    ):
        fraction = amount / goal
        made.append(
            replace(
                row,
                goal_fraction=fraction,
                pace=0.62,
                goal_text=f"of {euro(goal)} · {round(fraction * 100)} %",
            )
        )
    state = SlideState(
        id="teams",
        view="teams",
        title="Team against team",
        line="Won deals closed in November · each team's own goal",
        movement_label="since this morning",
        unit=EURO,
        pages=(tuple(made),),
        age=LIVE,
    )
    return replace(state, **changes)  # type: ignore[arg-type]


def challenge(count: int = 6, **changes: object) -> SlideState:
    """A challenge full-screen."""
    amounts = (12, 11, 9, 7, 6, 4, 3, 1)[:count]
    page = tuple(
        replace(
            row,
            display=f"{amount} of 15",
            value=float(amount),
            bar=amount / 15,
            movement_kind="",
            second=f"{row.second.split(' · ')[0]} · "
            + ("1 ahead" if not at else f"{amounts[at - 1] - amount} behind {ORDINALS[at - 1]}"),
        )
        for at, (row, amount) in enumerate(zip(rows(count), amounts, strict=True))
    )
    state = SlideState(
        id="challenge",
        view="challenge",
        title="Demo dry-run week",
        line="First to 15 trial demos · a tie goes to whoever got there first",
        unit=PLAIN,
        pages=(page,),
        prize="Dinner for two at the Ratskeller",
        ends_text="1 day 2 h left · ends Fri 17:00",
        age=SLOWER,
    )
    return replace(state, **changes)  # type: ignore[arg-type]


def snapshot(*slides: SlideState, **changes: object) -> Snapshot:
    """A snapshot of these slides, or of all four."""
    state = Snapshot(
        seq=1,
        clock=ClockState(office_ms=NOW_MS, real_ms=NOW_MS, utc_offset_s=OFFSET_S),
        locale="en_GB",
        slides=slides or (leaderboard(), podium(), teams(), challenge()),
        ticker=TICKER,
    )
    return replace(state, **changes)  # type: ignore[arg-type]


_LONG = "Wolfeschlegelsteinhausenbergerdorff-Montgomery"
ODD_PEOPLE = (
    (_LONG, "Central", 84_220),
    ("Zoë 🚀🔥 Müller-Łuczak", "West", 79_410),
    ("محمد عبد الرحمن", "شرق", 71_950),
    ("王小明 (Wáng Xiǎomíng)", "東京", 66_300),
    ("김민준", "서울", 61_040),
    ("<b>Bobby</b> & Co", "East", 58_870),
    ("Ng", "", 52_115),
    ("Ana", "West", -4_200),
)


def odd_rows() -> tuple[Row, ...]:
    """Names that bend a layout, and figures that do: huge, negative and unknown."""
    made = list(rows(8, ODD_PEOPLE))
    made[0] = replace(made[0], display="€\u00a0123.456.789,00", value=123_456_789.0)
    made[6] = replace(made[6], display="–", known=False, bar=0.0, second="no deal yet", movement_kind="new")
    return tuple(made)


def alphabetical() -> tuple[Row, ...]:
    """A page of everybody else: no ranks, own values."""
    return tuple(
        replace(row, rank="", movement_kind="", leader=False, second=row.second.split(" · ")[0], place=place)
        for place, row in enumerate(sorted(rows(8), key=lambda row: row.name))
    )


def unknown_rows() -> tuple[Row, ...]:
    """Nobody's value is known."""
    return tuple(
        replace(row, display="–", known=False, bar=0.0, rank="", leader=False, second="", movement_kind="")
        for row in rows(4)
    )
