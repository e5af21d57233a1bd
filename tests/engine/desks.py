"""Desks over a real store: what the engine works out, without a loop."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from salesboard_display.core.snapshot import SlideState, TickerItem
from salesboard_display.core.wire import to_plain
from salesboard_display.engine import showing
from salesboard_display.engine.desk import Desk
from salesboard_display.engine.office import open_office
from salesboard_display.store import Store
from tests.engine.offices import NOW, SETTINGS


def desk_of(
    folder: Path, store: Store, more: str = "", *, changes: dict[str, str] | None = None, **how: Any
) -> Desk:
    """A desk of the small office's settings with more (a table begun) and other text in them."""
    path = folder / "office.toml"
    text = SETTINGS
    for old, new in (changes or {}).items():
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text + "\n" + more, "utf-8")
    office = open_office(path)[0]
    office.introduce(store)
    return Desk(office, store, **how)


def slides(desk: Desk, at_ms: int = NOW, now_ms: int | None = None) -> dict[str, SlideState]:
    """What the desk's slides show, by id."""
    states = {state.name: state for state in desk.store.source_states()}
    found = showing.slides(desk, at_ms, now_ms or at_ms, desk.office.ages(states))
    return {slide.id: slide for slide in found}


def ticker(desk: Desk, now_ms: int = NOW) -> list[TickerItem]:
    """What the ticker runs through."""
    return list(showing.ticker(desk, now_ms, now_ms))


def texts(desk: Desk, now_ms: int = NOW) -> list[str]:
    """The ticker's texts."""
    return [item.text for item in ticker(desk, now_ms)]


def published(desk: Desk, at_ms: int = NOW) -> str:
    """Everything that goes to walls, as JSON."""
    everything = {
        "slides": [to_plain(slide) for slide in slides(desk, at_ms).values()],
        "ticker": [to_plain(item) for item in ticker(desk, at_ms)],
    }
    return json.dumps(everything, ensure_ascii=False)


def worked(desk: Desk, at_ms: int = NOW, now_ms: int | None = None, touched: list[str] | None = None) -> Desk:
    """The desk after one round of work."""
    desk.work(at_ms, now_ms or at_ms, touched)
    return desk
