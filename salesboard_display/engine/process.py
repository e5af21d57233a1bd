"""The engine process: one asyncio loop from the first look at the settings to the last checkpoint."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from salesboard_display.engine.address import socket_path
from salesboard_display.engine.client import CommandRefused, EngineUnreachable, ask
from salesboard_display.engine.clock import Clock, ReplayClock, SystemClock, parse_instant, parse_speed
from salesboard_display.engine.office import WorldFailed, open_office
from salesboard_display.store import StoreBusy, StoreError

if TYPE_CHECKING:
    from salesboard_display.engine.engine import Engine

log = logging.getLogger(__name__)
BUSY, FAILED = 3, 4


@dataclass(frozen=True)
class EngineOptions:
    """How ``hub`` was called. ``child``: a wall started it, reads its standard output and ends it by closing its input."""

    config: Path | None = None
    demo: bool = False
    clock: str | None = None
    speed: str = "1x"
    child: bool = False


def run_engine(options: EngineOptions) -> int:
    """Run the engine until it is told to stop. Gives the exit code; raises WorldFailed when it cannot begin."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        office, keeper = open_office(options.config, demo=options.demo)
        clock = _clock(options, office.zone)

        def engine(stop: asyncio.Event) -> Engine:
            from salesboard_display.engine.engine import Engine

            return Engine(office, keeper, clock, stop)

        return 0 if asyncio.run(live(engine, child=options.child)) else FAILED
    except StoreBusy as busy:
        return _already_running(options, office.store_path, busy)
    except (StoreError, WorldFailed) as error:
        if not options.child:
            raise WorldFailed(str(error)) from error
        _tell({"refused": str(error)})
        return 1


def _clock(options: EngineOptions, zone: str) -> Clock:
    if options.clock is None:
        return SystemClock()
    return ReplayClock(parse_instant(options.clock, zone), parse_speed(options.speed))


async def live(make_engine: Callable[[asyncio.Event], Engine], *, child: bool) -> bool:
    """Run an engine until it is told to stop; whether it ended as it was told to."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if child:
        await _stop_with_parent(stop.set)
    engine = make_engine(stop)
    try:
        await engine.start()
        _tell({"socket": str(engine.server.path)})
        await stop.wait()
    finally:
        await engine.close()
    return not engine.failed


async def _stop_with_parent(stop: Callable[[], None]) -> None:
    """The wall holds the other end of standard input: when it ends, however it ends, so does the engine."""

    class UntilEnd(asyncio.Protocol):
        def eof_received(self) -> bool:
            stop()
            return False

        def connection_lost(self, exc: Exception | None) -> None:
            stop()

    await asyncio.get_running_loop().connect_read_pipe(UntilEnd, sys.stdin)


def _already_running(options: EngineOptions, store: Path, busy: StoreBusy) -> int:
    """Another engine has the store: bring its wall to the front instead."""
    path = socket_path(store)
    try:
        walls = ask(path, "raise")["walls"]
    except (EngineUnreachable, CommandRefused) as error:
        if options.child:
            _tell({"refused": str(busy)})
            return 1
        raise WorldFailed(str(busy)) from error
    if options.child:
        _tell({"busy": str(path), "walls": walls})
    else:
        print(f"It is running already: {busy}.", file=sys.stderr)
    return BUSY


def _tell(said: dict[str, object]) -> None:
    print(json.dumps(said), flush=True)
