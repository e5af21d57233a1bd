"""The engine process: one asyncio loop from the first look at the settings to the last checkpoint."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesboard_display.core.messages import message
from salesboard_display.engine.address import socket_path
from salesboard_display.engine.client import CommandRefused, EngineUnreachable, ask
from salesboard_display.engine.clock import Clock, ReplayClock, SystemClock, parse_instant, parse_speed
from salesboard_display.engine.office import WorldFailed, open_office, system_words
from salesboard_display.engine.words import Words
from salesboard_display.store import StoreBusy, StoreError

if TYPE_CHECKING:
    from salesboard_display.engine.engine import Engine
    from salesboard_display.engine.listening import MakeWebServer

log = logging.getLogger(__name__)
PATIENCE_S = 60.0
"""How long to wait for an engine that is ending, or a command, to let go of the store."""
AGAIN_S = 0.2
BEAT_S = 5.0


class Ended(Enum):
    """How an engine ended: as it was told to, because it could not go on, or for another store."""

    TOLD = "told"
    FAILED = "failed"
    MOVED = "moved"


@dataclass(frozen=True)
class EngineOptions:
    """How ``hub`` was called. ``child``: a wall started it, reads its standard output and ends it by
    closing its
    input."""

    config: Path | None = None
    demo: bool = False
    clock: str | None = None
    speed: str = "1x"
    child: bool = False


def run_engine(options: EngineOptions, make_web: MakeWebServer | None = None) -> int:
    """Run the engine until it is told to stop; ``make_web`` makes its web server. Gives the exit code; raises
    WorldFailed when it cannot begin."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    for talker in ("httpx", "watchfiles"):  # a line for every request, for every change of a file
        logging.getLogger(talker).setLevel(logging.WARNING)
    patience = time.monotonic() + PATIENCE_S
    try:
        while True:
            try:
                ended = _run_once(options, make_web)
            except StoreBusy as busy:
                if _somebody_is_there(options, busy):
                    return 0
                if time.monotonic() > patience:
                    raise
                if options.child:
                    _tell({"starting": True})
                time.sleep(AGAIN_S)
            else:
                if ended is not Ended.MOVED:
                    return 0 if ended is Ended.TOLD else 1
    except (StoreError, WorldFailed, OSError) as error:
        said = _words(options).say(error.message) if isinstance(error, StoreError) else str(error)
        if not options.child:
            raise WorldFailed(said) from error
        _tell({"refused": said})
        return 1


def _words(options: EngineOptions) -> Words:
    """The office's words, as far as its settings can be read."""
    try:
        return open_office(options.config, demo=options.demo)[0].words
    except WorldFailed:
        return system_words()


def _run_once(options: EngineOptions, make_web: MakeWebServer | None) -> Ended:
    """Run the engine of the store that the settings name now."""
    office, keeper = open_office(options.config, demo=options.demo)
    clock = _clock(options, office.zone)

    def engine(stop: asyncio.Event) -> Engine:
        # Scoring and presenting are imported here: the process that only says "busy" needs none of them.
        from salesboard_display.engine.engine import Engine

        return Engine(office, keeper, clock, stop, make_web=make_web)

    return asyncio.run(live(engine, child=options.child))


def _clock(options: EngineOptions, zone: str) -> Clock:
    if options.clock is None:
        return SystemClock()
    return ReplayClock(parse_instant(options.clock, zone), parse_speed(options.speed))


async def live(make_engine: Callable[[asyncio.Event], Engine], *, child: bool) -> Ended:
    """Run an engine until it is told to stop; how it ended."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_uncaught)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    parent = await _stop_with_parent(stop.set) if child else None
    engine = make_engine(stop)
    try:
        await _start(engine)
        _tell({"socket": str(engine.server.path)})
        await stop.wait()
    finally:
        await engine.close()
        if parent is not None:
            parent.close()
    return Ended.FAILED if engine.failed else Ended.MOVED if engine.moved else Ended.TOLD


async def _start(engine: Engine) -> None:
    """Start it; while that takes long (a large store is looked through, a backup restored), say that it
    lives."""
    starting = asyncio.ensure_future(engine.start())
    while not (await asyncio.wait([starting], timeout=BEAT_S))[0]:
        _tell({"starting": True})
    await starting


def _log_uncaught(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What nobody caught in the loop reaches the log."""
    log.error("%s", context.get("message", "uncaught"), exc_info=context.get("exception"))


async def _stop_with_parent(stop: Callable[[], None]) -> asyncio.BaseTransport:
    """The wall holds the other end of standard input: when it ends, however it ends, so does the engine."""

    class UntilEnd(asyncio.Protocol):
        def eof_received(self) -> bool:
            stop()
            return False

        def connection_lost(self, exc: Exception | None) -> None:
            stop()

    pipe = os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)  # the transport closes it, not ours
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(UntilEnd, pipe)
    return transport


def _somebody_is_there(options: EngineOptions, busy: StoreBusy) -> bool:
    """Another engine has the store: bring its wall to the front instead. False when that one does not
    answer."""
    path = socket_path(str(busy.path).removesuffix(".lock"))
    try:
        walls = ask(path, "raise")["walls"]
        if not walls:
            time.sleep(AGAIN_S)  # its own wall may be about to connect
            walls = ask(path, "raise")["walls"]
    except (EngineUnreachable, CommandRefused):
        return False
    if options.child:
        _tell({"busy": str(path), "walls": walls})
    else:
        said = _words(options).say(message("running-already", why=busy.message))
        sys.stderr.write(f"{said}\n")
    return True


def _tell(said: dict[str, object]) -> None:
    """A line for the wall that started this process."""
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
