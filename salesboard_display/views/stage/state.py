"""What Python tells the stage's QML: one object with everything that is not a slide's own."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from salesboard_display.core.snapshot import ClockState, TickerItem
from salesboard_display.themes.loader import Theme
from salesboard_display.views.stage.models import left_to_right

_DEFAULTS: dict[str, Any] = {
    "theme": {},
    "content": None,
    "sources": [],
    "ticker": [],
    "tickerShown": True,
    "notice": "",
    "reading": [],
    "clock": asdict(ClockState(0, 0)),
    "locale": "en_US",
    "still": False,
    "reduced": False,
    "software": True,
    "paused": False,
    "stats": False,
}
_ANY: Any = "QVariant"


class WallState(QObject):
    """Set a property with ``tell(name=value)``; QML hears of those that changed."""

    themeChanged = Signal()
    contentChanged = Signal()
    tickerChanged = Signal()
    noticeChanged = Signal()
    readingChanged = Signal()
    clockChanged = Signal()
    localeChanged = Signal()
    pausedChanged = Signal()
    howChanged = Signal()
    slideBroken = Signal(str, str)
    slideSettled = Signal(QObject)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._values = dict(_DEFAULTS)
        self._fact_ms = 0.0

    def tell(self, **values: Any) -> None:
        """Set properties by name."""
        for name, value in values.items():
            if self._values[name] != value:
                self._values[name] = value
                (getattr(self, f"{name}Changed", None) or self.howChanged).emit()

    def told(self, name: str) -> Any:
        """What a property was set to."""
        return self._values[name]

    def tell_fact(self, newest_fact_ms: int) -> None:
        """When the newest fact of the snapshot being applied reached the engine; 0: none is new."""
        self._fact_ms = float(newest_fact_ms)

    @Slot(str, str)
    def broken(self, slide: str, why: str) -> None:
        """QML's word that a slide cannot be made."""
        self.slideBroken.emit(slide, why)

    @Slot(QObject)
    def settled(self, standing: QObject) -> None:
        """QML's word that only the slide with this content is drawn."""
        self.slideSettled.emit(standing)

    def _fact(self) -> float:
        return self._fact_ms

    theme = Property(_ANY, lambda self: self._values["theme"], notify=themeChanged)
    content = Property(QObject, lambda self: self._values["content"], notify=contentChanged)
    ticker = Property(_ANY, lambda self: self._values["ticker"], notify=tickerChanged)
    notice = Property(str, lambda self: self._values["notice"], notify=noticeChanged)
    reading = Property(_ANY, lambda self: self._values["reading"], notify=readingChanged)
    clock = Property(_ANY, lambda self: self._values["clock"], notify=clockChanged)
    locale = Property(str, lambda self: self._values["locale"], notify=localeChanged)
    paused = Property(bool, lambda self: self._values["paused"], notify=pausedChanged)
    tickerShown = Property(bool, lambda self: self._values["tickerShown"], notify=howChanged)
    sources = Property(_ANY, lambda self: self._values["sources"], notify=howChanged)
    still = Property(bool, lambda self: self._values["still"], notify=howChanged)
    reduced = Property(bool, lambda self: self._values["reduced"], notify=howChanged)
    software = Property(bool, lambda self: self._values["software"], notify=howChanged)
    stats = Property(bool, lambda self: self._values["stats"], notify=howChanged)
    factMs = Property(float, _fact)


@cache
def theme_map(theme: Theme) -> dict[str, Any]:
    """A theme and its stale set, as QML takes them."""
    return {
        which: {
            "colours": {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in asdict(tokens.colours).items()
            },
            "type": asdict(tokens.type),
            "spacing": asdict(tokens.spacing),
            "motion": asdict(tokens.motion),
            "greyed": which == "stale",
        }
        for which, tokens in (("live", theme), ("stale", theme.stale()))
    }


def ticker_maps(items: tuple[TickerItem, ...]) -> list[dict[str, Any]]:
    """Ticker items as QML takes them."""
    return [
        {
            "key": item.id,
            "icon": item.icon,
            "text": left_to_right(item.text),
            "urgent": item.urgent,
            "colour": item.colour,
        }
        for item in items
    ]


def clock_map(clock: ClockState) -> dict[str, Any]:
    """The clock as QML takes it: instants as float, for QML's int has 32 bits."""
    return {name: float(value) if isinstance(value, int) else value for name, value in asdict(clock).items()}
