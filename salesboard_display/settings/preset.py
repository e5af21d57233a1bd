"""What a preset says: one API described as data, so that adding a CRM is a file and never code.

Texts called *templates* hold gaps in braces, filled for each request: ``{option.NAME}`` (what the manager
gave), ``{token.NAME}`` (a captured field of the sign-in's reply), ``{since}``, ``{until}`` and ``{now}``
(instants), ``{page.size}``, ``{page.number}``, ``{page.offset}``, ``{page.token}``, ``{page.last}``,
``{delta.token}``, ``{slice}`` (or ``{slice.FIELD}``) and ``{text.NAME}`` (of the stream's ``texts``). A gap
may pass its value on: ``{since|epoch_ms}``, ``{since|iso:%Y-%m-%d}``, ``{text.domain|b64url}``; ``{{`` and
``}}`` stand for braces. In a body, a text that is one gap with ``|int`` becomes a number. Where a gap has no
value (the first page has no token, an option is empty), the parameter, the key, or the element of a list that
it stands in is left out.

Expressions over a record (``where``, ``deleted``, a fact's fields) also find ``option.NAME``, what the
manager gave unless it is secret, and under a join's name the record it found.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from salesboard_display.settings.fieldtypes import Duration, Expression, Id, Scalar, Section, Selector, Text
from salesboard_display.settings.mapping import FactMapping, PersonMapping
from salesboard_display.settings.presetauth import Auth, NoAuth

Tried = Literal["server", "description", "notes"]
TextTemplate = Annotated[str, Field(max_length=20_000)]


class Option(Section):
    """Something the manager has to give, or may."""

    title: Text = Field(title="Title", description="What it is called.")
    description: Text = Field(default="", title="Description", description="Where to find it.")
    secret: bool = Field(default=False, title="Secret", description="Never shown, logged or exported.")
    default: Scalar | list[Scalar] | None = Field(
        default=None, title="Default", description="Used when it is not given; without one it is needed."
    )
    example: Text = Field(default="", title="Example", description="What it looks like.")
    pattern: str = Field(
        default="", title="Pattern", description="A regular expression the value has to match."
    )


class Paging(Section):
    """How one page leads to the next."""

    type: Literal["none", "offset", "page", "cursor", "next-link"] = Field(
        default="none", title="Type", description="What the next page is asked for by."
    )
    size: int = Field(
        default=100, title="Size", description="Records a page, as `{page.size}`.", ge=1, le=10_000
    )
    first: int = Field(default=1, title="First", description="page: the number of the first.", ge=0, le=1)
    next: Expression | None = Field(
        default=None, title="Next", description="cursor, next-link: where the body says what comes next."
    )
    next_header: str | None = Field(
        default=None, title="Next header", description="... or which header; `Link` is read as RFC 8288."
    )
    more: Expression | None = Field(
        default=None, title="More", description="Where the body says whether there is more."
    )
    total: Expression | None = Field(
        default=None, title="Total", description="offset: how many records; page: how many pages."
    )
    total_header: str | None = Field(
        default=None, title="Total header", description="offset: a header that says how many records."
    )
    most_pages: int = Field(
        default=2_000, title="Most pages", description="More than this is a loop.", ge=1, le=100_000
    )
    restart_after: int | None = Field(
        default=None, title="Restart after",
        description="So far the API goes on; then it begins anew beyond `restart_key` (`{page.last}`).",
        ge=1,
    )  # fmt: skip
    restart_key: Selector | None = Field(
        default=None, title="Restart key", description="The field of a record that its order follows."
    )


class Incremental(Section):
    """How only what is new is asked for; without it every reading is a whole one."""

    type: Literal["filter", "newest-first", "delta"] = Field(
        title="Type",
        description=(
            "`filter`: records from `{since}` on; `newest-first`: read until one is older; `delta`: the "
            "reply gives a link or a token for the next reading."
        ),
    )
    field: Selector | None = Field(
        default=None, title="Field", description="When the record was last changed; UTC without an offset."
    )
    as_: Literal["datetime", "date", "epoch_s", "epoch_ms"] = Field(
        default="datetime", alias="as", title="As", description="How the field is written."
    )
    lookback: Duration = Field(
        default=60.0, title="Lookback", description="How far before the newest it begins again.", ge=0
    )
    link: Expression | None = Field(
        default=None, title="Link", description="delta: where the last page has the next reading's URL."
    )
    token: Expression | None = Field(
        default=None, title="Token", description="delta: where it has a token instead, as `{delta.token}`."
    )
    token_header: str | None = Field(
        default=None, title="Token header", description="delta: ... or which header of the first page."
    )


class Slices(Section):
    """The same request for several things: one reading each."""

    over: list[Scalar] = Field(default=[], title="Over", description="A fixed list.", max_length=100)
    option: Id | None = Field(default=None, title="Option", description="... or an option that holds a list.")
    stream: Id | None = Field(default=None, title="Stream", description="... or the records of this stream.")
    select: Expression | None = Field(
        default=None, title="Select", description="What of such a record is the slice; without it, all of it."
    )
    most: int = Field(default=500, title="Most", description="More than this is refused.", ge=1, le=10_000)


class StreamJoin(Section):
    """Records of another stream looked up by key; their fields are used as `joinname.field`."""

    stream: Id = Field(
        title="Stream", description="The stream looked up in; it may have no facts of its own."
    )
    key: Selector = Field(title="Key", description="The field of this stream's records.")
    on: Selector = Field(
        title="On",
        description=(
            "The field of the other's that it is equal to; or a list that it is in, say a team's members."
        ),
    )


class Stream(Section):
    """One kind of request and what its records mean; without facts and people it is only looked up in."""

    method: Literal["GET", "POST"] = Field(default="GET", title="Method", description="The HTTP method.")
    path: TextTemplate = Field(title="Path", description="Behind the base URL, or a whole URL. A template.")
    params: dict[str, TextTemplate | list[TextTemplate]] = Field(
        default={}, title="Parameters", description="Of the URL. Templates.", max_length=50
    )
    headers: dict[str, TextTemplate] = Field(
        default={}, title="Headers", description="Besides the preset's. Templates.", max_length=20
    )
    body: dict[str, Any] | list[Any] | None = Field(
        default=None, title="Body", description="Sent as JSON; every text in it is a template."
    )
    form: dict[str, TextTemplate] | None = Field(
        default=None, title="Form", description="Sent as a form instead. Templates."
    )
    texts: dict[Id, TextTemplate] = Field(
        default={}, title="Texts", max_length=10,
        description="Put together first, for use as `{text.NAME}`, say to be encoded whole. Templates.",
    )  # fmt: skip
    decode: Literal["json", "csv", "rows"] = Field(
        default="json", title="Decode",
        description="`rows`: JSON with a list of lists, the first of which has the columns' names.",
    )  # fmt: skip
    records: Expression | None = Field(
        default=None, title="Records", description="Where the list of records is; without it, the whole body."
    )
    typed_objects: str | None = Field(
        default=None, title="Typed objects",
        description='The key that names an object\'s type: {"__class__": "Decimal", "decimal": "1.50"}.',
    )  # fmt: skip
    nulls: list[Scalar] = Field(
        default=[], title="Nulls", description="Values that mean: nothing there.", max_length=20
    )
    paging: Paging = Field(default=Paging(), title="Paging", description="How one page leads to the next.")
    incremental: Incremental | None = Field(
        default=None, title="Incremental", description="How only what is new is asked for."
    )
    conditional: Literal["off", "etag", "modified", "hash"] = Field(
        default="off", title="Conditional",
        description="How an unchanged reply is known: If-None-Match, If-Modified-Since, or the same body.",
    )  # fmt: skip
    slices: Slices | None = Field(
        default=None, title="Slices", description="The request is made once for each."
    )
    step: Duration | None = Field(
        default=None, title="Step",
        description="{since} to {until} is asked for in steps of so long, oldest first.", ge=60,
    )  # fmt: skip
    every: Duration | None = Field(
        default=None, title="Every",
        description="How long what was read is good; until then only a full reading asks again.",
        ge=1,
    )  # fmt: skip
    fields: dict[Id, TextTemplate] = Field(
        default={}, title="Fields", max_length=50,
        description=(
            "More fields of each record, before anything reads it: name = the selector it is found by, a "
            "template. So the manager says in an option which column or custom field it is; one that is not "
            "given makes no field."
        ),
    )  # fmt: skip
    deleted: Expression | None = Field(
        default=None,
        title="Deleted",
        description="True of a record that no longer counts: its facts are withdrawn.",
    )
    only_full: bool = Field(
        default=False, title="Only full", description="Asked for only when everything is read again."
    )
    joins: dict[Id, StreamJoin] = Field(
        default={}, title="Joins", description="Streams looked up by key.", max_length=10
    )
    facts: list[FactMapping] = Field(
        default=[], title="Facts", description="What records hold.", max_length=50
    )
    people: list[PersonMapping] = Field(
        default=[], title="People", description="How records become people.", max_length=10
    )
    withdraws: list[str] = Field(
        default=[], title="Withdraws",
        description='A stream of deleted things: the keys of the facts they were, such as "{id}:won".',
        max_length=10,
    )  # fmt: skip


class ErrorRule(Section):
    """What a reply that is no success means; the first rule that fits decides, then what HTTP says."""

    status: list[int] = Field(
        default=[],
        title="Status",
        description="HTTP statuses it is about; without any, all (200 too).",
        max_length=30,
    )
    when: Expression | None = Field(
        default=None, title="When", description="True of the JSON body (JMESPath)."
    )
    text: str | None = Field(
        default=None, title="Text", description="A regular expression that the body's text matches."
    )
    action: Literal[
        "empty", "retry", "rate-limited", "sign-in-again", "sign-in-failed", "wrong-set-up", "begin-anew"
    ] = Field(title="Action", description="What it means and what is done.")
    say: Text = Field(
        default="", title="Say",
        description="Words for the manager, with {message} for what the API said; else the usual ones.",
    )  # fmt: skip


class WaitHint(Section):
    """Where a reply says how long to wait."""

    status: list[int] = Field(
        default=[429], title="Status",
        description="Of which replies; empty: of all. Where one that is well says so, the next poll waits.",
    )  # fmt: skip
    header: str | None = Field(default=None, title="Header", description="The header that says it.")
    body: Expression | None = Field(default=None, title="Body", description="... or where the body does.")
    as_: Literal["auto", "seconds", "http-date", "iso", "epoch_s", "epoch_ms", "ratelimit"] = Field(
        default="auto", alias="as", title="As",
        description="How it is written; `ratelimit`: `limit=100, remaining=50, reset=5`.",
    )  # fmt: skip
    constant: Duration | None = Field(
        default=None, title="Constant", description="... or always this long.", ge=0.1
    )


class Budget(Section):
    """How many requests a host gets."""

    requests: int = Field(default=10, title="Requests", description="At most so many ...", ge=1)
    per: Duration = Field(default=1.0, title="Per", description="... in any stretch of this length.", ge=0.1)
    remaining_header: str | None = Field(
        default=None, title="Remaining header",
        description="Says how much is left, as a number or as `used/limit` somewhere in it.",
    )  # fmt: skip
    slow_below: float = Field(
        default=0.1, title="Slow below", description="With less than this share left, polls are made rarer.",
        ge=0, le=1,
    )  # fmt: skip


class Preset(Section):
    """One API: how to sign in, what to ask for, and what the answers mean."""

    version: int = Field(title="Version", description="The version of this format.", ge=1, le=1)
    name: Text = Field(title="Name", description="What people call it.", min_length=1, max_length=100)
    about: Text = Field(default="", title="About", description="One line: what it brings.")
    tried: Tried = Field(
        title="Tried",
        description=(
            "Against what: a real `server`, a machine-readable `description` of the API, or `notes` only."
        ),
    )
    caveats: list[Text] = Field(
        default=[], title="Caveats", description="What is taken for granted, said in `check`.", max_length=20
    )
    hosts: list[TextTemplate] = Field(
        title="Hosts",
        description="Hosts a request may go to: `api.example.com`, `*.example.com`, or a template.",
        min_length=1, max_length=20,
    )  # fmt: skip
    base_url: TextTemplate = Field(title="Base URL", description="What paths begin with. A template.")
    options: dict[Id, Option] = Field(
        default={}, title="Options", description="What the manager gives.", max_length=30
    )
    auth: Auth = Field(default=NoAuth(), title="Sign-in", description="How requests are let in.")
    headers: dict[str, TextTemplate] = Field(
        default={}, title="Headers", description="Of every request. Templates.", max_length=20
    )
    budget: Budget = Field(default=Budget(), title="Budget", description="How many requests a host gets.")
    waits: list[WaitHint] = Field(
        default=[], title="Waits", description="Where replies say how long to wait; Retry-After is known.",
        max_length=10,
    )  # fmt: skip
    errors: list[ErrorRule] = Field(
        default=[], title="Errors", description="What unusual replies mean, in this order.", max_length=50
    )
    error_message: Expression | None = Field(
        default=None, title="Error message", description="Where an error's body has its text."
    )
    streams: dict[Id, Stream] = Field(
        title="Streams", description="What is asked for.", min_length=1, max_length=30
    )

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of fact it brings."""
        return frozenset(fact.kind for stream in self.streams.values() for fact in stream.facts)

    @property
    def brings_people(self) -> bool:
        """Whether it lists people."""
        return any(stream.people for stream in self.streams.values())
