"""Rays of light as one picture: as a shape they would be painted anew under everything that moves before them."""

from __future__ import annotations

from math import cos, pi, sin

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF, QRadialGradient
from PySide6.QtQuick import QQuickImageProvider

COUNT = 14
_FADE = ((0.0, 0.16), (0.45, 0.07), (1.0, 0.0))  # how far out (of the radius), how opaque


class RaysProvider(QQuickImageProvider):
    """``image://rays/<colour>``: rays of that colour (six hexadecimal digits), as large as ``sourceSize``."""

    def __init__(self) -> None:
        super().__init__(
            QQuickImageProvider.ImageType.Image, QQuickImageProvider.Flag.ForceAsynchronousImageLoading
        )

    def requestImage(self, id: str, size: QSize, requested: QSize) -> QImage:
        """The rays; a single clear pixel before there is room for them."""
        return rays(QColor(f"#{id}"), max(1, requested.width()))


def rays(colour: QColor, side: int) -> QImage:
    """Rays around the middle of a square so many pixels wide, fading outwards."""
    out = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    out.fill(Qt.GlobalColor.transparent)
    middle = side / 2
    light = QRadialGradient(middle, middle, middle)
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
        far = [QPointF(middle + middle * cos(edge), middle + middle * sin(edge)) for edge in edges]
        painter.drawConvexPolygon(QPolygonF([QPointF(middle, middle), *far]))
    painter.end()
    return out
