"""How one page leads to the next, and what keeps an API that goes in circles from being followed for ever."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from urllib.parse import urljoin

from salesboard_display.settings.preset import Paging
from salesboard_display.sources.contract import Stage, problem
from salesboard_display.sources.http.messages import Reply
from salesboard_display.sources.http.records import found_in
from salesboard_display.sources.mapping.rejected import Rejected
from salesboard_display.sources.mapping.selectors import Selectors

SAME_PAGE_ENOUGH = 3
_NEXT_LINK = re.compile(r'<([^>]*)>[^,<]*?;\s*rel\s*=\s*"?(?:[^",;]*\s)?next(?:[\s";,]|$)', re.IGNORECASE)


@dataclass(slots=True)
class Pager:
    """Where the reading of one list of pages stands. ``url``: the whole address of the next page, where the
    API gave one; ``total``: how many records there are, where it says so."""

    paging: Paging
    url: str | None = None
    pages: int = 0
    total: int | None = None
    shrank: bool = False
    """Whether there were fewer records at a later page: some may have moved to a page already read."""
    _offset: int = 0
    _number: int = 0
    _token: Any = None
    _last: Any = None
    _since_restart: int = 0
    _met: set[str] = field(default_factory=set)
    _same: int = 0
    _page_digest: bytes = b""

    def __post_init__(self) -> None:
        self._number = self.paging.first

    def names(self) -> dict[str, Any]:
        """What templates may use for the next page."""
        return {
            "page.size": self.paging.size,
            "page.number": self._number,
            "page.offset": self._offset,
            "page.token": self._token,
            "page.last": self._last,
        }

    def turn(self, reply: Reply, records: Sequence[Any]) -> bool:
        """Take note of a page; whether there is another to ask for. Raises SourceError when it goes in
        circles."""
        self.pages += 1
        self._note_total(reply)
        self._note_same(reply, records)
        if self.paging.type == "none":
            return False
        self._since_restart += len(records)
        more = self._goes_on(reply, records)
        limit = self.paging.restart_after
        if limit is not None and records and self._since_restart >= limit:
            self._restart(records[-1])
            more = True
        if more and self.pages >= self.paging.most_pages:
            raise problem(
                Stage.FORMAT,
                "The API gives more than {count} pages. The preset's paging does not fit it.",
                count=self.paging.most_pages,
            )
        return more

    def _goes_on(self, reply: Reply, records: Sequence[Any]) -> bool:
        self._offset += len(records)
        self._number += 1
        if self.paging.type in ("cursor", "next-link"):
            return self._follow(reply)
        if not records:
            return False
        if self.paging.more is not None:
            return _true(found_in(reply.body, self.paging.more))
        if self.total is not None and self.paging.type == "offset":
            return self._offset < self.total
        if self.total is not None:
            return self._number < self.total + self.paging.first
        return len(records) >= self.paging.size

    def _follow(self, reply: Reply) -> bool:
        """To the token or the link that the reply has."""
        if self.paging.more is not None and not _true(found_in(reply.body, self.paging.more)):
            return False
        found = self._next(reply)
        if found is None or found is False or found == "":
            return False
        met = str(found)
        if met in self._met:
            raise problem(
                Stage.FORMAT,
                "The API leads to the same next page again ({page}). The preset's paging does not fit it.",
                page=_without_query(met)[:60],
            )
        self._met.add(met)
        if self.paging.type == "next-link":
            self.url = urljoin(reply.url, met)
        else:
            self._token = found
        return True

    def _next(self, reply: Reply) -> Any:
        name = self.paging.next_header
        if name is None:
            return found_in(reply.body, self.paging.next or "")
        header = reply.headers.get(name.lower(), "")
        if name.lower() != "link":
            return header
        link = _NEXT_LINK.search(header)
        return link[1] if link else None

    def _note_total(self, reply: Reply) -> None:
        found: Any = None
        if self.paging.total is not None:
            found = found_in(reply.body, self.paging.total)
        elif self.paging.total_header is not None:
            found = reply.headers.get(self.paging.total_header.lower())
        text = str(found).rpartition("/")[2].strip() if found is not None else ""
        if text.isdecimal():
            total = int(text)
            self.shrank = self.shrank or (self.total is not None and total < self.total)
            self.total = total

    def _note_same(self, reply: Reply, records: Sequence[Any]) -> None:
        """One page given twice may be chance (something was added in front); again and again is a circle."""
        digest = blake2b(reply.text.encode(), digest_size=16).digest()
        self._same = self._same + 1 if records and digest == self._page_digest else 1
        self._page_digest = digest
        if self._same >= SAME_PAGE_ENOUGH:
            raise problem(
                Stage.FORMAT,
                "The API gives the same page again and again. The preset's paging does not fit it.",
            )

    def _restart(self, record: Any) -> None:
        """Begin anew beyond the last record: so far the API does not go."""
        try:
            last = Selectors(None).getter(self.paging.restart_key or "")(record)
        except (Rejected, AttributeError):
            last = None
        if last is None or last == self._last:
            raise problem(
                Stage.FORMAT,
                "The records do not follow the order of “{field}”. The preset's paging does not fit the API.",
                field=self.paging.restart_key or "",
            )
        self._last, self._since_restart = last, 0
        self._offset, self._number, self._token, self.url = 0, self.paging.first, None, None
        self._met.clear()


def _without_query(link: str) -> str:
    """Where a link leads. APIs repeat the query they were asked with in it, the key too."""
    return link.partition("?")[0].rpartition("@")[2]


def _true(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", "false", [], {}) and value != 0


def header_of(headers: Mapping[str, str], name: str | None) -> str:
    """A reply's header, "" where it has none."""
    return headers.get(name.lower(), "") if name else ""
