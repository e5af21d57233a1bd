"""Every text of every view: large enough, where it belongs, over no other, cut only where it may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem

from salesboard_display.core.snapshot import Show, SlideState
from salesboard_display.themes.loader import theme_names
from salesboard_display.views.stage.window import Stage
from tests.views import snapshots as make
from tests.views.conftest import StageMaker, ask, kind_of, texts

SIZES = [(1280, 720), (1920, 1080), (3840, 2160)]
SMALLEST, READABLE, SAFE = 2.1, 3.0, 4.0  # u
GLYPH_CACHE_PX = 64
BASELINE = "mapToItem(parent, 0, baselineOffset - (height - contentHeight) / 2).y - y"
NOTHING = SlideState("nothing", "leaderboard", "Revenue won", age=make.LATE, empty=True)
CASES: dict[str, SlideState] = {
    "eight rows": make.leaderboard(),
    "ten rows": make.leaderboard(make.rows(10)),
    "one row": make.leaderboard(make.rows(1)),
    "no panels": make.leaderboard(panels=()),
    "odd names and figures": make.leaderboard(make.odd_rows()),
    "unknown values": make.leaderboard(make.unknown_rows(), age=make.LATE),
    "nothing": NOTHING,
    "stale": make.leaderboard(age=make.STALE),
    "final": make.leaderboard(final="Final · October"),
    "demo": make.leaderboard(age=make.DEMO),
    "a long title": make.leaderboard(
        title="Revenue won by everybody who sells anything anywhere, new business only", age=make.REPLAY
    ),
    "everybody else": make.leaderboard(
        pages=(make.rows(), make.alphabetical()), page_labels=("", "Everyone else")
    ),
    "podium": make.podium(),
    "podium of two": make.podium(make.rows(2)),
    "podium of one": make.podium(make.rows(1)),
    "podium with odd names": make.podium(make.odd_rows()),
    "podium and panels": replace(make.podium(make.rows(3)), panels=(make.CHALLENGE, make.GOAL)),
    "podium, stale": make.podium(age=make.STALE),
    "two teams": make.teams(2),
    "three teams": make.teams(3),
    "six teams": make.teams(6),
    "eight teams": make.teams(8),
    "teams with odd names": replace(make.teams(3), pages=(make.odd_rows()[:3],)),
    "challenge": make.challenge(),
    "challenge of eight": make.challenge(8),
    "challenge of one": make.challenge(1),
    "challenge without a prize": make.challenge(prize="", ends_text=""),
    "challenge with odd names": replace(
        make.challenge(),
        pages=(make.odd_rows(),),
        prize="A weekend in Saint-Rémy-en-Bouzemont-Saint-Genest-et-Isson for two, all in, and one more day",
    ),
}


@pytest.mark.parametrize("theme", theme_names())
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_text_is_large_enough_and_in_its_place(
    make_stage: StageMaker, qapp: QGuiApplication, size: tuple[int, int], theme: str
) -> None:
    stage = make_stage(size, still=True, theme=theme)
    complaints = []
    for case, slide in CASES.items():
        present(stage, slide, page=len(slide.pages) - 1)
        qapp.processEvents()
        complaints += [f"{case}: {complaint}" for complaint in look_at(stage, size[1] / 100)]
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("case", ["ten rows", "odd names and figures", "podium", "three teams", "challenge"])
def test_at_4k_without_a_gpu_text_that_moves_stays_where_glyphs_are_cached(
    make_stage: StageMaker, qapp: QGuiApplication, case: str
) -> None:
    stage = make_stage((3840, 2160))
    present(stage, CASES[case])
    qapp.processEvents()
    moving = [text for text in texts(stage) if text.property("moving")]
    assert len(moving) > 20 or "podium" in case or "teams" in case
    too_large = [(text.property("text"), pixels(text)) for text in moving if pixels(text) >= GLYPH_CACHE_PX]
    assert not too_large
    assert max(pixels(text) for text in moving) == 62, "and is as large as it may be"


def test_a_row_of_ten_has_no_second_line(make_stage: StageMaker, qapp: QGuiApplication) -> None:
    stage = make_stage(still=True)
    present(stage, CASES["ten rows"])
    qapp.processEvents()
    read = {text.property("text") for text in texts(stage)}
    assert "James Ascencio" in read
    assert not any("to 1st" in text for text in read)


def present(stage: Stage, slide: SlideState, page: int = 0) -> None:
    """Let one slide stand."""
    named = replace(slide, id=f"{slide.id} {present.__dict__.setdefault('count', 0)}")
    present.__dict__["count"] += 1
    stage.show(Show(named.id, max(0, page)))
    stage.apply(make.snapshot(named))


def test_a_name_in_any_script_stands_on_the_line_of_the_others(
    make_stage: StageMaker, qapp: QGuiApplication
) -> None:
    stage = make_stage((1920, 1080), still=True)
    ticker = (replace(make.TICKER[0], text="محمد بن عبد العزيز wins 4.142 €"),)
    stage.apply(replace(make.snapshot(CASES["odd names and figures"]), ticker=ticker))
    stage.show(Show("leaderboard"))
    qapp.processEvents()
    off = {
        item.property("text"): round(stands - pixels(item) * 1.066, 1)
        for item in texts(stage)
        if abs((stands := ask(item, BASELINE)) - pixels(item) * 1.066) > 0.75
        and not ask(item, "fontSizeMode")
    }
    assert any("محمد" in item.property("text") for item in texts(stage))
    assert not off


@pytest.mark.parametrize("made", [make.leaderboard, make.podium], ids=["leaderboard", "podium"])
def test_a_long_team_is_cut_and_never_the_gap(
    make_stage: StageMaker, qapp: QGuiApplication, made: Callable[..., SlideState]
) -> None:
    stage = make_stage(still=True)
    second = "A team with a name that is much too long for any row · € 2.680 to 1st"
    present(stage, made(tuple(replace(row, second=second) for row in make.rows(3))))
    qapp.processEvents()
    lines = [item for item in texts(stage) if kind_of(item) == "Supporting"]
    assert len(lines) == 3
    for item in lines:
        assert not item.property("truncated")
        assert item.property("text").startswith("A team")
        assert item.property("text").endswith("… · € 2.680 to 1st")


def look_at(stage: Stage, u: float) -> Iterator[str]:
    """What is wrong with the texts that can be read now."""
    wall = QRectF(0, 0, stage.view.width(), stage.view.height())
    inner = wall.adjusted(SAFE * u, SAFE * u, -SAFE * u, -SAFE * u).adjusted(-1, -1, 1, 1)
    boxes: list[tuple[str, QRectF]] = []
    for item in texts(stage):
        words, box = item.property("text"), painted(item)
        in_ticker = kind_of(item.parentItem()) == "TickerEntry"
        if pixels(item) < SMALLEST * u - 0.01:
            yield f"{words!r} is {pixels(item) / u:.2f} u"
        if is_figure(item) and pixels(item) < READABLE * u - 0.01:
            yield f"the figure {words!r} is {pixels(item) / u:.2f} u"
        if is_figure(item) and item.property("truncated"):
            yield f"the figure {words!r} is cut"
        if in_ticker:
            continue
        if not inner.contains(box):
            yield f"{words!r} at {box.getRect()} leaves the safe area {inner.getRect()}"
        if not surface(item).adjusted(-1, -1, 1, 1).contains(box):
            yield f"{words!r} at {box.getRect()} leaves its surface {surface(item).getRect()}"
        for other, taken in boxes:
            both = box.intersected(taken)
            if both.width() > 1.5 and both.height() > 0.35 * u:
                yield f"{words!r} at {box.getRect()} lies over {other!r} at {taken.getRect()}"
        boxes.append((words, box))


def is_figure(item: QQuickItem) -> bool:
    """Whether it is a name's value rather than supporting text."""
    return kind_of(item) == "Value"


def pixels(item: QQuickItem) -> int:
    """The size a text is drawn in (after fitting, where it fits itself)."""
    asked = int(item.property("font").pixelSize())
    return min(asked, int(ask(item, "fontInfo.pixelSize"))) if is_figure(item) else asked


def painted(item: QQuickItem) -> QRectF:
    """Where a text's letters stand on the wall: on the typeface's own line, whatever font they are of."""
    wide = min(item.property("contentWidth"), item.width())
    align = int(ask(item, "effectiveHorizontalAlignment"))
    left = {1: 0.0, 2: item.width() - wide, 4: (item.width() - wide) / 2}.get(align, 0.0)
    tall = item.property("contentHeight")
    box = QRectF(item.x() + left, item.y() + (item.height() - tall) / 2, wide, tall)
    return item.parentItem().mapRectToScene(box)


def surface(item: QQuickItem) -> QRectF:
    """The nearest card, row or slide a text stands on."""
    above = item.parentItem()
    while above is not None and not kind_of(above).endswith(("Rectangle", "Row", "Face", "Card", "Step")):
        above = above.parentItem()
    if above is None:
        window = item.window()
        return QRectF(0, 0, window.width(), window.height())
    return above.mapRectToScene(QRectF(0, 0, above.width(), above.height()))
