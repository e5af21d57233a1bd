"""The program's own typeface loads in Qt, in weights that differ and with figures that line up."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QGuiApplication, QImage, QPainter

from salesboard_display.paths import asset

WEIGHTS = [400, 500, 600, 700, 800]


@pytest.fixture
def manrope(qapp: QGuiApplication) -> str:
    """The family, loaded."""
    for file in sorted(asset("fonts").glob("*.ttf")):
        assert QFontDatabase.addApplicationFont(str(file)) >= 0
    return "Manrope"


def font(family: str, weight: int) -> QFont:
    result = QFont(family)
    result.setPixelSize(60)
    result.setWeight(QFont.Weight(weight))
    return result


def ink(of: QFont) -> int:
    image = QImage(500, 100, QImage.Format.Format_Grayscale8)
    image.fill(0)
    painter = QPainter(image)
    painter.setPen(QColor("white"))
    painter.setFont(of)
    painter.drawText(10, 70, "Hamburg 0123")
    painter.end()
    return sum(bytes(image.constBits()))


def test_every_weight_is_heavier_than_the_one_before(manrope: str) -> None:
    drawn = [ink(font(manrope, weight)) for weight in WEIGHTS]
    assert all(later > 1.05 * earlier for earlier, later in pairwise(drawn)), drawn


@pytest.mark.parametrize("weight", WEIGHTS)
def test_tabular_figures_are_equally_wide(manrope: str, weight: int) -> None:
    tabular = font(manrope, weight)
    tabular.setFeature(QFont.Tag("tnum"), 1)
    assert len({QFontMetricsF(tabular).horizontalAdvance(digit) for digit in "0123456789"}) == 1
    assert len({QFontMetricsF(font(manrope, weight)).horizontalAdvance(digit) for digit in "0123456789"}) > 1
