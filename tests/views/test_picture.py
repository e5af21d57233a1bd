"""Pictures: settled, of the size asked for, with everything lit that should be, without a display."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from salesboard_display.themes.loader import load_theme, theme_names
from salesboard_display.views.picture import render
from tests.views import snapshots as make

SIZES = [(1280, 720), (1920, 1080), (3840, 2160)]
pytestmark = pytest.mark.usefixtures("qapp")


def lit(image: QImage, left: float, top: float, right: float, bottom: float, colour: str) -> int:
    """How many of some thousand probes in a part (shares of width and height) are of a colour, or nearly."""
    wanted = QColor(colour)
    count = 0
    for across in range(120):
        for down in range(40):
            x = int((left + (right - left) * across / 120) * image.width())
            y = int((top + (bottom - top) * down / 40) * image.height())
            seen = image.pixelColor(x, y)
            apart = (seen.red() - wanted.red(), seen.green() - wanted.green(), seen.blue() - wanted.blue())
            count += sum(abs(part) for part in apart) < 24
    return count


@pytest.mark.parametrize("theme", theme_names())
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_names_values_bars_and_the_ticker_are_lit(tmp_path: Path, size: tuple[int, int], theme: str) -> None:
    out = tmp_path / "wall.png"
    render(make.snapshot(), "leaderboard", 0, size, theme, out)
    image, colours = QImage(str(out)), load_theme(theme).colours
    assert (image.width(), image.height()) == size
    assert lit(image, 0.12, 0.16, 0.30, 0.89, colours.text) > 60, "names"
    assert lit(image, 0.54, 0.16, 0.64, 0.89, colours.text) > 150, "values"
    assert lit(image, 0.36, 0.16, 0.53, 0.30, colours.people[0]) > 100, "the leader's bar"
    assert lit(image, 0.05, 0.90, 0.30, 0.96, colours.gold) > 60, "the ticker's win"
    assert lit(image, 0.0, 0.0, 1.0, 0.02, colours.background) == 4800, "nothing at the edge"


@pytest.mark.parametrize("slide", ["podium", "teams", "challenge"])
def test_every_view_can_be_drawn(tmp_path: Path, slide: str) -> None:
    out = tmp_path / "wall.png"
    render(make.snapshot(), slide, 0, (960, 540), "", out)
    image, colours = QImage(str(out)), load_theme("dark").colours
    assert lit(image, 0, 0.15, 1, 0.9, colours.people[0]) > 20
    assert lit(image, 0, 0.15, 1, 0.9, colours.text) > 20


def test_a_stale_picture_is_grey_and_says_why(tmp_path: Path) -> None:
    out = tmp_path / "wall.png"
    render(make.snapshot(make.leaderboard(age=make.STALE, panels=())), "leaderboard", 0, (960, 540), "", out)
    image = QImage(str(out))
    assert lit(image, 0.02, 0.15, 0.98, 0.88, load_theme("dark").colours.people[0]) == 0
    stale = load_theme("dark").stale().colours
    assert lit(image, 0.02, 0.15, 0.98, 0.88, stale.people[0]) > 20
    assert lit(image, 0.02, 0.11, 0.40, 0.15, stale.text) > 500, "the banner"


def test_the_same_snapshot_is_the_same_picture(tmp_path: Path) -> None:
    for name in ("one", "two"):
        render(make.snapshot(), "podium", 0, (640, 360), "light", tmp_path / f"{name}.png")
    assert QImage(str(tmp_path / "one.png")) == QImage(str(tmp_path / "two.png"))


def test_a_slide_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="leaderboard, podium, teams, challenge"):
        render(make.snapshot(), "race", 0, (640, 360), "", tmp_path / "wall.png")


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"wall\.png cannot be written"):
        render(make.snapshot(), "teams", 0, (640, 360), "", tmp_path / "nowhere" / "wall.png")
