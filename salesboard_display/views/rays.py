"""Rays of light as one picture: a shape would be painted anew under everything that moves before it."""

from __future__ import annotations

from math import cos, pi, sin

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF, QRadialGradient
from PySide6.QtQuick import QQuickImageProvider

COUNT = 14
_FADE = ((0.0, 0.16), (0.45, 0.07), (1.0, 0.0))  # how far out (of the radius), how opaque


class RaysProvider(QQuickImageProvider):
    """``image://rays/<colour>/<y>``: rays of that colour (six hex digits), as large as ``sourceSize``,
    around a point ``y`` pixels below the top."""

    def __init__(self) -> None:
        super().__init__(
            QQuickImageProvider.ImageType.Image, QQuickImageProvider.Flag.ForceAsynchronousImageLoading
        )

    def requestImage(self, id: str, size: QSize, requested: QSize) -> QImage:
        """The rays; a single clear pixel before there is room for them."""
        colour, _, y = id.partition("/")
        return rays(QColor(f"#{colour}"), requested.expandedTo(QSize(1, 1)), float(y or 0))


def rays(colour: QColor, size: QSize, y: float) -> QImage:
    """Rays around a point in the middle, ``y`` pixels below the top, fading outwards to half the width."""
    out = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    out.fill(Qt.GlobalColor.transparent)
    reach = size.width() / 2
    centre = QPointF(reach, y)
    light = QRadialGradient(centre, reach)
    for place, opacity in _FADE:
        shade = QColor(colour)
        shade.setAlphaF(opacity)
        light.setColorAt(place, shade)
    painter = QPainter(out)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(light)
    for number in range(COUNT):
        edges = (2 * pi * (number + part) / COUNT for part in (0, 0.5))
        far = [centre + reach * QPointF(cos(edge), sin(edge)) for edge in edges]
        painter.drawConvexPolygon(QPolygonF([centre, *far]))
    painter.end()
    return out
