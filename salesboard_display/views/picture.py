"""A picture of a slide as the wall would show it, settled; needs no display."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from salesboard_display.core.snapshot import Show, Snapshot

SETTLE_S = 5.0


def render(
    snapshot: Snapshot, slide_id: str, page: int, size: tuple[int, int], theme: str, out: Path
) -> None:
    """Draw a page of a slide into a PNG of that size in pixels. "" as theme takes the snapshot's.

    Raises KeyError for a slide the snapshot does not have, OSError when the file cannot be written.
    """
    if all(slide.id != slide_id for slide in snapshot.slides):
        known = ", ".join(slide.id for slide in snapshot.slides)
        raise KeyError(f"there is no slide {slide_id!r}; there are {known}")
    if "PySide6.QtGui" not in sys.modules:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["QT_QUICK_BACKEND"] = "software"
    from PySide6.QtGui import QGuiApplication

    app = QGuiApplication.instance() or QGuiApplication(["salesboard-display"])
    from salesboard_display.views.stage.window import Stage

    stage = Stage(still=True, theme=theme)
    try:
        stage.view.resize(*size)
        stage.show(Show(slide_id, page))
        stage.apply(snapshot)
        stage.view.show()
        until = time.monotonic() + SETTLE_S
        while stage.pictures_loading() and time.monotonic() < until:
            app.processEvents()
        for _ in range(3):
            app.processEvents()
        image = stage.view.grabWindow()
    finally:
        stage.close()
    if not image.save(str(out)):
        raise OSError(f"the picture {out} cannot be written")
