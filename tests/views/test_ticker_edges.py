"""What runs along the ticker is drawn inside it and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from salesboard_display.views.stage.window import Stage
from tests.views import snapshots as make


def _columns_beside_the_ticker(image: QImage) -> set[tuple[int, int]]:
    """Every colour beside the line, left and right of it, from its top to its bottom."""
    height, width = image.height(), image.width()
    rows = range(round(height * 0.91), round(height * 0.95))
    outside = [*range(0, round(height * 0.03)), *range(width - round(height * 0.03), width)]
    return {(x, image.pixel(x, y)) for y in rows for x in outside}


@pytest.mark.slow
def test_marks_leave_no_trail_beside_the_ticker(qapp: object) -> None:
    stage = Stage()
    try:
        stage.view.resize(1280, 720)
        stage.apply(make.snapshot())
        stage.view.show()
        QTest.qWait(200)
        before = _columns_beside_the_ticker(stage.view.grabWindow())
        items = tuple(
            replace(item, id=f"{item.id}-{n}", urgent=True) for n in range(2) for item in make.TICKER
        )
        stage.apply(replace(make.snapshot(), seq=2, ticker=items))
        QTest.qWait(5_000)
        after = _columns_beside_the_ticker(stage.view.grabWindow())
    finally:
        stage.close()
    assert {pixel for _, pixel in after} <= {pixel for _, pixel in before}
