"""Pictures of people for QML: scaled once, cut round, greyed for stale data; read from this computer only."""

from __future__ import annotations

from urllib.parse import unquote

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPainterPath
from PySide6.QtQuick import QQuickImageProvider

LARGEST = 8000  # px a side; a picture beyond is refused, whatever its file says it needs


class AvatarProvider(QQuickImageProvider):
    """``image://avatar/plain/<path>`` and ``image://avatar/grey/<path>``; the path is percent-encoded."""

    def __init__(self) -> None:
        super().__init__(
            QQuickImageProvider.ImageType.Image, QQuickImageProvider.Flag.ForceAsynchronousImageLoading
        )

    def requestImage(self, id: str, size: QSize, requested: QSize) -> QImage:
        """The round picture; a single clear pixel (QML then shows initials) when there is none to be had."""
        look, _, path = id.partition("/")
        side = max(1, requested.width() if requested.width() > 0 else 256)
        picture = round_picture(unquote(path), side, grey=look == "grey")
        return nothing() if picture.isNull() else picture


def nothing() -> QImage:
    """One clear pixel: a null image would be a warning in the log for everybody without a picture."""
    pixel = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
    pixel.fill(Qt.GlobalColor.transparent)
    return pixel


def round_picture(path: str, side: int, *, grey: bool = False) -> QImage:
    """The picture at a local path, filling a circle so many pixels wide. Null when it cannot be read."""
    if not path or "://" in path:
        return QImage()
    reader = QImageReader(path)
    reader.setAutoTransform(True)
    full = reader.size()
    if not full.isValid() or max(full.width(), full.height()) > LARGEST:
        return QImage()
    reader.setScaledSize(full.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    picture = reader.read()
    if picture.isNull():
        return picture
    if grey:
        picture = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    out = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    out.fill(Qt.GlobalColor.transparent)
    circle = QPainterPath()
    circle.addEllipse(QRectF(0, 0, side, side))
    painter = QPainter(out)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipPath(circle)
    painter.drawImage((side - picture.width()) // 2, (side - picture.height()) // 2, picture)
    painter.end()
    return out
