"""Asks for one stream's pages: puts requests together, follows pages, slices and steps, joins what is looked
up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any, Protocol
from urllib.parse import urlsplit

from salesboard_display.settings.preset import Preset, Stream
from salesboard_display.sources.contract import Stage, problem
from salesboard_display.sources.http.aside import aside
from salesboard_display.sources.http.lookups import Lookups, Table, presence, reader
from salesboard_display.sources.http.messages import Reply, Request
from salesboard_display.sources.http.paging import Pager, header_of
from salesboard_display.sources.http.positions import Newest
from salesboard_display.sources.http.records import found_in, records_of
from salesboard_display.sources.http.state import StreamState
from salesboard_display.sources.http.templates import (
    ABSENT,
    Instant,
    fill,
    fill_params,
    fill_texts,
    fill_tree,
)
from salesboard_display.sources.mapping.mapping import column_gone
from salesboard_display.sources.mapping.selectors import ColumnGone, Getter

DAY_MS = 86_400_000
_READINGS = 3


class Sends(Protocol):
    """What the reading of streams needs of a session."""

    async def send(self, request: Request) -> Reply:
        """See Session.send."""
        ...

    async def names(self) -> dict[str, Any]:
        """See Session.names."""
        ...

    async def aclose(self) -> None:
        """See Session.aclose."""
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """What is asked for: ``since_ms`` to ``until_ms``; ``whole``: everything in it, whatever was read
    before; ``conditional``: a reply may be "not modified"."""

    since_ms: int
    until_ms: int
    whole: bool
    conditional: bool


@dataclass(slots=True)
class Page:
    """One page's records. ``total``: how many the stream has, where that is known; ``lone``: there is no
    other page; ``unmodified``: the API says that nothing has changed; ``size``: of what was sent, in
    characters."""

    records: list[Any]
    total: int | None = None
    lone: bool = False
    unmodified: bool = False
    size: int = 0


@dataclass(slots=True)
class Asker:
    """Reads streams of one preset through one session; one for each sync."""

    preset: Preset
    session: Sends
    lookups: Lookups
    now_ms: int
    reads_options: tuple[Stream, ...] = ()
    """The streams whose records are read together with the options."""
    not_before_ms: int | None = None
    """Until when the API asks for patience, as far as it has been asked. It holds for the next sync: what has
    begun is read to its end."""
    _names: dict[str, Any] = field(default_factory=dict)

    async def pages(
        self, name: str, window: Window, before: StreamState, after: StreamState
    ) -> AsyncIterator[Page]:
        """The stream's pages, records with what they are joined to; ``after`` is told where to go on the
        next time. Raises SourceError, BeginAnew."""
        stream = self.preset.streams[name]
        newest = Newest(stream.incremental)
        slices = await self._slices(stream)
        windows = list(_steps(stream, window))
        alone = len(slices) == len(windows) == 1
        if not alone:  # "not modified" would be said of one of several lists
            windows = [replace(part, conditional=False) for part in windows]
        for part in windows:
            for one in slices:
                async for page in self._listed(stream, one, part, before, after, newest):
                    page.lone = page.lone and alone
                    page.total = page.total if alone and stream.paging.restart_after is None else None
                    yield page
        newest.note_in(after, self.now_ms)

    async def whole(self, name: str) -> list[Any]:
        """All of a stream's records, for looking up in; kept for as long as the stream says."""
        kept = self.lookups.kept(name, self.preset.streams[name].every, self.now_ms)
        if kept is not None:
            return kept
        window = Window(0, self.now_ms, whole=True, conditional=False)
        records: list[Any] = []
        async for page in self.pages(name, window, StreamState(), StreamState()):
            records += page.records
        self.lookups.keep(name, records, self.now_ms)
        return records

    # ------------------------------------------------------------------------------------------ one list
    async def _listed(
        self,
        stream: Stream,
        one: Any,
        window: Window,
        before: StreamState,
        after: StreamState,
        newest: Newest,
    ) -> AsyncIterator[Page]:
        """The pages of one slice in one window. Read again where records vanished meanwhile, which moves
        others to pages already read."""
        for _ in range(_READINGS):
            pager = Pager(stream.paging)
            delta = before.delta if not window.whole else ""
            if delta and stream.incremental is not None and stream.incremental.link is not None:
                pager.url = delta
            more = True
            while more:
                reply = await self._reply(stream, one, window, before, pager, delta)
                size = len(reply.text)
                records = await aside(size, records_of, stream, reply)
                first = pager.pages == 0
                await self._dress(stream, records, one, size)
                more = await aside(size, pager.turn, reply, records)
                self._note(stream, reply, after, first=first)
                more = await aside(size, newest.see, records, window) and more
                yield Page(records, pager.total, first and not more, reply.status == 304, size)
            if not pager.shrank:
                return

    async def _reply(
        self,
        stream: Stream,
        one: Any,
        window: Window,
        before: StreamState,
        pager: Pager,
        delta: str,
    ) -> Reply:
        names = await self._filling(stream, window, pager.names(), one, delta)
        headers = fill_texts({**self.preset.headers, **stream.headers}, names)
        if window.conditional and pager.pages == 0:
            headers |= _conditions(stream, before)
        request = Request(
            stream.method,
            pager.url or self._url(stream, names),
            fill_params(stream.params, names) if pager.url is None else (),
            headers,
            fill_tree(stream.body, names) if stream.body is not None else None,
            fill_texts(stream.form, names) if stream.form is not None else None,
            "text" if stream.decode == "csv" else "json",
        )
        reply = await self.session.send(request)
        if reply.not_before_ms is not None:
            self.not_before_ms = max(reply.not_before_ms, self.not_before_ms or 0)
        return reply

    async def _filling(
        self, stream: Stream, window: Window, page: Mapping[str, Any], one: Any, delta: str
    ) -> dict[str, Any]:
        names = {
            **await self._session_names(),
            **page,
            "since": Instant(window.since_ms),
            "until": Instant(window.until_ms),
            "now": Instant(self.now_ms),
            "slice": one,
            "delta.token": delta or None,
        }
        for key, text in stream.texts.items():
            filled = fill(text, names)
            names[f"text.{key}"] = None if filled is ABSENT else filled
        return names

    def _url(self, stream: Stream, names: Mapping[str, Any]) -> str:
        path, base = fill(stream.path, names), fill(self.preset.base_url, names)
        if path is ABSENT or base is ABSENT:
            raise problem(
                Stage.HTTP, "The address {address} lacks an option or a field of the sign-in.",
                address=stream.path,
            )  # fmt: skip
        if urlsplit(path).scheme:
            return path
        return f"{base.rstrip('/')}/{path.lstrip('/')}"

    def _note(self, stream: Stream, reply: Reply, after: StreamState, *, first: bool) -> None:
        """Keep what the next reading begins with."""
        if reply.status != 304 and first:
            after.etag = header_of(reply.headers, "etag")
            after.modified = header_of(reply.headers, "last-modified")
        own = stream.incremental
        if own is None or own.type != "delta":
            return
        if own.token_header is not None:
            found: Any = header_of(reply.headers, own.token_header) if first else ""
        else:
            found = found_in(reply.body, own.link or own.token or "@")
        if found:
            after.delta = str(found)

    # ------------------------------------------------------------------------------------ slices and joins
    async def _slices(self, stream: Stream) -> list[Any]:
        own = stream.slices
        if own is None:
            return [None]
        if own.stream is not None:
            found = [
                found_in(record, own.select) if own.select else record
                for record in await self.whole(own.stream)
            ]
            values = [one for one in found if one not in (None, False, "", [], {})]
        elif own.option is not None:
            given = (await self._session_names()).get(f"option.{own.option}")
            values = given if isinstance(given, list) else [given] if given else []
        else:
            values = list(own.over)
        if len(values) > own.most:
            raise problem(
                Stage.MAPPING, "{path} would be asked for {count} times; at most {most} are sensible.",
                path=stream.path, count=len(values), most=own.most,
            )  # fmt: skip
        return values

    async def _dress(self, stream: Stream, records: list[Any], one: Any, size: int) -> None:
        """Add to each record what it is read with: the slice it came with, fields that options name, the
        options, and what its keys find in other streams."""
        extra: dict[str, Any] = {"slice": one} if stream.slices is not None else {}
        if any(stream is one for one in self.reads_options):
            extra["option"] = self._open_options(await self._session_names())
        fields = await self._fields(stream, records)
        tables = {
            name: (join.key, self.lookups.table(join.stream, join.on, await self.whole(join.stream)))
            for name, join in stream.joins.items()
        }
        if extra or fields or tables:
            await aside(size, _dressed, records, extra, fields, tables)

    async def _fields(self, stream: Stream, records: list[Any]) -> dict[str, tuple[Getter, Getter]]:
        """How the fields that options name are read, and whether a record has them. Raises SourceError when a
        sheet has no such column."""
        if not stream.fields:
            return {}
        filled = fill_texts(stream.fields, await self._session_names())
        if stream.decode == "json":
            return {name: (reader(selector), presence(selector)) for name, selector in filled.items()}
        columns = tuple(records[0]) if records else ()
        gone = next((column for column in filled.values() if columns and column not in columns), None)
        if gone is not None:
            raise column_gone(ColumnGone(gone, columns))
        return {name: (itemgetter(column), _always) for name, column in filled.items()}

    async def _session_names(self) -> dict[str, Any]:
        if not self._names:
            self._names = await self.session.names()
        return self._names

    def _open_options(self, names: Mapping[str, Any]) -> dict[str, Any]:
        return {key: names.get(f"option.{key}") for key, one in self.preset.options.items() if not one.secret}


def _always(_: Any) -> bool:
    return True


def _dressed(
    records: list[Any],
    extra: dict[str, Any],
    fields: dict[str, tuple[Getter, Getter]],
    tables: dict[str, tuple[str, Table]],
) -> None:
    for index, record in enumerate(records):
        if isinstance(record, dict):
            dressed = {**record, **extra}
            for name, (read, has) in fields.items():
                if has(record):
                    dressed[name] = read(record)
            for name, (key, table) in tables.items():
                dressed[name] = table.find(dressed, key)
            records[index] = dressed


def _steps(stream: Stream, window: Window) -> list[Window]:
    """The window in steps, oldest first."""
    if stream.step is None:
        return [window]
    step_ms = int(stream.step * 1000)
    starts = range(window.since_ms, max(window.until_ms, window.since_ms + 1), step_ms)
    return [
        Window(start, min(start + step_ms, window.until_ms), window.whole, window.conditional)
        for start in starts
    ]


def _conditions(stream: Stream, before: StreamState) -> dict[str, str]:
    if stream.conditional == "etag" and before.etag:
        return {"If-None-Match": before.etag}
    if stream.conditional == "modified" and before.modified:
        return {"If-Modified-Since": before.modified}
    return {}
