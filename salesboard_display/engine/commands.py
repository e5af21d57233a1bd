"""What walls, the panel and the command line may ask of the engine."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesboard_display.core.messages import message
from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.core.wire import frame
from salesboard_display.engine.firstrun import EVERY_S
from salesboard_display.engine.server import Client
from salesboard_display.engine.showing import readings
from salesboard_display.sources.contract import FetchContext, SourceError
from salesboard_display.sources.file.source import FileSource
from salesboard_display.store import StoreError

if TYPE_CHECKING:
    from salesboard_display.engine.engine import Engine

Args = dict[str, Any]
Answer = Callable[[Client, Args, int], Awaitable[Any]]


class Refused(ValueError):
    """The command cannot be obeyed; the text says why."""


class Commands:
    """Obeys commands one by one; each has a method of its name."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, Answer] = {
            "status": self._status,
            "poll": self._poll,
            "import": self._import,
            "show": self._show,
            "raise": self._raise,
            "stop": self._stop,
            **dict.fromkeys(("next", "previous", "pause", "resume"), self._key),
        }

    async def obey(self, client: Client, command: Args) -> None:
        """Do what the command says and answer it, whatever comes of it."""
        name, args = str(command.get("name", "")), command.get("args") or {}
        answer = self._known.get(name)
        result, error = None, self._say("bug-in-command")
        try:
            if answer is None:
                raise Refused(self._say("unknown-command", found=name, known=", ".join(self._known)))
            if not isinstance(args, dict):
                raise Refused("a command's args are an object")
            result, error = await answer(client, {**args, "name": name}, command.get("id", 0)), ""
        except asyncio.CancelledError:
            error = self._say("engine-ending")
            raise
        except (SourceError, StoreError) as failed:
            error = self._engine.office.words.say(failed.message)
        except (Refused, OSError) as failed:
            error = str(failed)
        finally:
            client.reply(command, result=result, error=error)

    def _say(self, id_: str, **args: str) -> str:
        return self._engine.office.words.say(message(id_, **args))

    async def _status(self, _client: Client, _args: Args, _id: int) -> Args:
        """How the engine is: for ``check``, ``--stats`` and whoever wants to know that it lives."""
        usage = resource.getrusage(resource.RUSAGE_SELF)
        engine = self._engine
        say = engine.office.words.say
        return {
            "pid": os.getpid(),
            "walls": sum(client.role == "wall" for client in engine.server.clients),
            "cpu_s": usage.ru_utime + usage.ru_stime,
            "settings": str(engine.keeper.path),
            "problems": [str(problem) for problem in engine.keeper.problems],
            "slide": engine.rotator.show.slide,
            "web": {"url": engine.listening.url, "problem": say(engine.listening.problem)},
            "sources": {
                name: {
                    "state": c.health.state,
                    "message": say(c.health.message or c.health.patience),
                    "since_ms": c.health.since_ms,
                    "complete_at_ms": c.health.complete_at_ms,
                    "next_poll_ms": c.health.next_poll_ms,
                }
                for name, c in engine.coordinators.items()
            },
        }

    async def _poll(self, client: Client, args: Args, command_id: int) -> Args:
        """Poll one source, or all that are polled, and wait until that is applied; of a first reading it is
        told how far it has come."""
        wanted = args.get("source")
        await self._engine.opened.wait()
        coordinators = dict(self._engine.coordinators)
        if wanted is not None and wanted not in coordinators:
            raise Refused(self._say("unknown-source", found=str(wanted), known=", ".join(coordinators)))
        names = [name for name in coordinators if wanted in (None, name)]
        polls = asyncio.gather(*(coordinators[name].poll() for name in names))
        while not (await asyncio.wait([polls], timeout=EVERY_S))[0]:
            for text in readings(self._engine.office, map(coordinators.__getitem__, names)):
                progress = {"t": "progress", "id": command_id, "done": 0, "total": None, "text": text}
                client.send(frame(progress))
        found = polls.result()
        return {name: self._engine.office.words.say(why) for name, why in zip(names, found, strict=True)}

    async def _import(self, client: Client, args: Args, command_id: int) -> Args:
        """Read a file with a source's mapping; its facts are added."""
        await self._engine.opened.wait()
        coordinator = self._engine.coordinators.get(str(args.get("source")))
        if coordinator is None:
            known = ", ".join(self._engine.coordinators)
            raise Refused(self._say("unknown-source", found=str(args.get("source")), known=known))
        if not isinstance(coordinator.source, FileSource):
            raise Refused(self._say("no-file-source", source=coordinator.source.name))

        def tell(done: int, total: int | None) -> None:
            client.send(frame({"t": "progress", "id": command_id, "done": done, "total": total, "text": ""}))

        reader = Importing(coordinator.source, Path(str(args.get("path"))))
        applied = await coordinator.sync(tell, reader.fetch)
        if applied is None:
            return {"added": 0, "revised": 0, "withdrawn": 0, "unchanged": 0, "rejected": 0}
        counted = ("added", "revised", "withdrawn", "unchanged", "rejected")
        return {name: getattr(applied, name) for name in counted}

    async def _show(self, _client: Client, args: Args, _id: int) -> None:
        try:
            self._engine.rotator.jump(str(args.get("slide")))
        except KeyError as error:
            raise Refused(str(error.args[0])) from error

    async def _key(self, _client: Client, args: Args, _id: int) -> None:
        self._engine.rotator.key(args["name"])

    async def _raise(self, _client: Client, _args: Args, _id: int) -> Args:
        if self._engine.stop.is_set():
            raise Refused(self._say("engine-ending"))
        self._engine.server.broadcast({"t": "raise"})
        return {"walls": sum(client.role == "wall" for client in self._engine.server.clients)}

    async def _stop(self, _client: Client, _args: Args, _id: int) -> None:
        self._engine.stop.set()


class Importing:
    """Another file, read with a file source's mapping."""

    def __init__(self, source: FileSource, path: Path) -> None:
        self._source, self._path = source, path

    def fetch(self, cursor: str, context: FetchContext) -> AsyncIterator[Batch | SyncEnd]:
        """As Source.fetch, of the other file."""
        return self._source.read_other(self._path, cursor, context)
