"""The stage: one Quick window that shows snapshots; keys go out as commands."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Q_RETURN_ARG, QMetaObject, QObject, QSize, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtQml import QQmlError
from PySide6.QtQuick import QQuickItem, QQuickView, QQuickWindow
from shiboken6 import delete, isValid

from salesboard_display.core.snapshot import Show, SlideState, Snapshot
from salesboard_display.themes.loader import load_theme
from salesboard_display.views import fonts
from salesboard_display.views.avatars import AvatarProvider
from salesboard_display.views.graphics import draws_in_software
from salesboard_display.views.language import Language
from salesboard_display.views.rays import RaysProvider
from salesboard_display.views.slides import VIEWS
from salesboard_display.views.slides.view import FOLDER
from salesboard_display.views.stage.content import SlideContent
from salesboard_display.views.stage.state import WallState, clock_map, theme_map, ticker_maps

RERANK_S = 2.0
DEFAULT_SIZE = QSize(1280, 720)
_QML = FOLDER.parent / "stage" / "Stage.qml"
_COMMANDS = {Qt.Key.Key_Left: "previous", Qt.Key.Key_Right: "next"}


def items_below(item: QQuickItem) -> Iterator[QQuickItem]:
    """An item and everything drawn in it."""
    yield item
    for child in item.childItems():
        yield from items_below(child)


class StageView(QQuickView):
    """The Quick window; says which keys were pressed."""

    pressed = Signal(int, bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self.pressed.emit(int(event.key()), control)
        event.accept()


class Stage(QObject):
    """The wall. ``apply`` a snapshot, ``show`` a slide; ``command`` carries next, previous, pause, resume.

    ``still`` makes a picture of it: nothing moves. ``stats`` runs the frame meter. ``theme`` and ``reduced``
    override what snapshots say.
    """

    command = Signal(str)
    problem = Signal(str)
    fullScreenWanted = Signal(bool)
    quitWanted = Signal()
    failed = Signal(str)
    """The renderer cannot go on (no GPU context)."""

    def __init__(
        self,
        *,
        still: bool = False,
        stats: bool = False,
        theme: str = "",
        reduced: bool | None = None,
        ticker: bool = True,
    ) -> None:
        super().__init__()
        fonts.load_fonts()
        self._theme, self._reduced = theme, reduced
        self._newest: Snapshot | None = None
        self._pending: Snapshot | None = None
        self._show: Show | None = None
        self._content: SlideContent | None = None
        self._alive: list[SlideContent] = []  # QML may still draw a former one
        self._broken: set[str] = set()
        self._reranked_at = -RERANK_S
        self._language = Language()
        self.rank_changes = 0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._take_pending)
        self._state = WallState()
        self._state.tell(
            theme=theme_map(load_theme(theme or "dark")),
            still=still,
            stats=stats,
            tickerShown=ticker,
            reduced=bool(reduced),
            software=draws_in_software(),
            sources=[QUrl.fromLocalFile(str(view.qml)).toString() for view in VIEWS.values()],
        )
        self._state.slideBroken.connect(self._slide_broken)
        self._state.slideSettled.connect(self._let_go)
        self.view = self._make_view()

    # ---- what the engine says
    def apply(self, snapshot: Snapshot) -> None:
        """Show a newer snapshot: its figures at once, its ranks not within 2 s of those shown before."""
        self._newest, self._pending = snapshot, None
        self._later.stop()
        wait = self._reranked_at + RERANK_S - time.monotonic()
        slide = self._standing_slide()
        if wait > 0 and slide is not None and self._content is not None and self._content.would_move(slide):
            self._pending = snapshot
            self._state.tell_fact(snapshot.newest_fact_ms)
            self._content.update_figures(slide)
            self._state.tell_fact(0)  # seen now; what follows is not its first frame
            self._later.start(round(wait * 1000) + 1)
            return
        self._take(snapshot)

    def show(self, show: Show) -> None:
        """Let a slide and page stand. One that is not there or cannot be drawn leaves what stands."""
        self._state.tell(paused=show.paused)
        self._show = show
        if not self._stands():
            self._present()

    @property
    def shown(self) -> tuple[str, int] | None:
        """The slide and page that stand on the wall."""
        return (self._content.slide_id, self._content.page) if self._content else None

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest snapshot that came."""
        return self._newest

    @property
    def paused(self) -> bool:
        """Whether the rotation stands still."""
        return bool(self._state.told("paused"))

    def say(self, notice: str) -> None:
        """A standing notice of the wall's own ("" for none); the next snapshot's replaces it."""
        self._state.tell(notice=notice)

    def figures(self) -> dict[str, Any]:
        """What the frame meter counted, with ``rank_changes`` shown; {} without ``stats``."""
        meter = self._root().property("meter")
        if meter is None:
            return {}
        counted: Any = QMetaObject.invokeMethod(
            meter, "figures", Qt.ConnectionType.DirectConnection, Q_RETURN_ARG("QVariant")
        )
        return dict(counted.toVariant()) | {"rank_changes": self.rank_changes}

    def reset_figures(self) -> None:
        """Let the frame meter begin anew."""
        self.rank_changes = 0
        meter = self._root().property("meter")
        if meter is not None:
            QMetaObject.invokeMethod(meter, "reset", Qt.ConnectionType.DirectConnection)

    def pictures_loading(self) -> bool:
        """Whether people's pictures are still being read."""
        return any(item.property("pictureLoading") for item in items_below(self.view.rootObject()))

    def close(self) -> None:
        """Take the window away, then what it showed."""
        if isValid(self.view):
            self.view.hide()
            QMetaObject.invokeMethod(self._root(), "settle", Qt.ConnectionType.DirectConnection)
            delete(self.view)
        self._later.stop()
        self._language.forget()
        self._content = None
        self._alive.clear()

    # ---- inside
    def _make_view(self) -> StageView:
        view = StageView()
        view.setTitle("Salesboard")
        view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        view.setColor(QColor(load_theme(self._theme or "dark").colours.background_low))
        view.resize(DEFAULT_SIZE)
        view.pressed.connect(self._key)
        view.sceneGraphError.connect(self._scene_graph_failed)
        view.engine().warnings.connect(self._qml_warned)
        view.engine().addImageProvider("avatar", AvatarProvider())
        view.engine().addImageProvider("rays", RaysProvider())
        view.setInitialProperties({"wall": self._state})
        view.setSource(QUrl.fromLocalFile(str(_QML)))
        if view.status() != QQuickView.Status.Ready:
            raise RuntimeError("; ".join(error.toString() for error in view.errors()))
        return view

    def _root(self) -> QObject:
        return self.view.rootObject()

    def _slide(self, slide_id: str) -> SlideState | None:
        slides = self._newest.slides if self._newest else ()
        return next((slide for slide in slides if slide.id == slide_id), None)

    def _standing_slide(self) -> SlideState | None:
        return self._slide(self._content.slide_id) if self._content else None

    def _take(self, snapshot: Snapshot) -> None:
        if self._language.speak(snapshot.locale):
            self.view.engine().retranslate()
        self._state.tell_fact(snapshot.newest_fact_ms)
        self._state.tell(
            locale=snapshot.locale,
            theme=theme_map(load_theme(self._theme or snapshot.theme)),
            clock=clock_map(snapshot.clock),
            notice=snapshot.notice,
            reading=list(snapshot.reading),
            ticker=ticker_maps(snapshot.ticker),
            reduced=snapshot.reduced_motion if self._reduced is None else self._reduced,
        )
        if not self._stands():
            self._present()
        elif self._content is not None and (slide := self._standing_slide()) is not None:
            moved = self._content.update(slide)
            if moved:
                self.rank_changes += moved
                self._reranked_at = time.monotonic()

    @Slot()
    def _take_pending(self) -> None:
        if self._pending is not None:
            pending, self._pending = self._pending, None
            self._take(replace(pending, newest_fact_ms=0))

    def _stands(self) -> bool:
        """Whether what stands is what the engine named."""
        if self._content is None or self._show is None:
            return self._content is not None
        return self.shown == (self._show.slide, self._show.page) or self._slide(self._show.slide) is None

    def _wanted(self) -> tuple[SlideState, int] | None:
        """The slide the engine named; before it named one, the first with something to say."""
        if self._newest is None:
            return None
        if self._show is not None:
            slide = self._slide(self._show.slide)
            return (slide, self._show.page) if slide else None
        return next(((slide, 0) for slide in self._newest.slides if not slide.empty), None)

    def _present(self) -> None:
        wanted = self._wanted()
        if wanted is None or wanted[0].id in self._broken:
            return
        if self._pending is not None:
            self._later.stop()
            self._take_pending()
        slide, page = wanted
        try:
            content = SlideContent(slide, page, animated=not self._state.told("still"))
        except KeyError as error:
            self._slide_broken(slide.id, str(error.args[0]))
            return
        self._content = content
        self._alive.append(content)
        self._reranked_at = -RERANK_S
        self._state.tell(content=content)

    @Slot(str, str)
    def _slide_broken(self, slide: str, why: str) -> None:
        if slide not in self._broken:
            self._broken.add(slide)
            self.problem.emit(f"The slide {slide!r} cannot be shown: {why}")
        if self._content is not None and self._content.slide_id == slide:
            self._alive.remove(self._content)
            self._content = self._alive[-1] if self._alive else None
        self.command.emit("next")

    @Slot(QObject)
    def _let_go(self, standing: QObject) -> None:
        """Forget the contents before the one that stands; later ones are still on their way."""
        if standing in self._alive:
            self._alive = self._alive[self._alive.index(standing) :]

    @Slot(int, bool)
    def _key(self, key: int, control: bool) -> None:
        if control and key == Qt.Key.Key_Q:
            self.quitWanted.emit()
        elif key == Qt.Key.Key_Space:
            self.command.emit("resume" if self.paused else "pause")
        elif key in _COMMANDS:
            self.command.emit(_COMMANDS[Qt.Key(key)])
        elif key in (Qt.Key.Key_F11, Qt.Key.Key_Escape):
            full = self.view.visibility() == QQuickWindow.Visibility.FullScreen
            if full or key == Qt.Key.Key_F11:
                self.fullScreenWanted.emit(not full)

    @Slot("QQuickWindow::SceneGraphError", str)
    def _scene_graph_failed(self, _error: QQuickWindow.SceneGraphError, message: str) -> None:
        self.failed.emit(message)

    @Slot("QList<QQmlError>")
    def _qml_warned(self, errors: list[QQmlError]) -> None:
        for error in errors:
            self.problem.emit(error.toString())
