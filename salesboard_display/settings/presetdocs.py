"""Makes docs/sources/http.md from a preset's models: python -m salesboard_display.settings.presetdocs."""

from __future__ import annotations

from pydantic import BaseModel

from salesboard_display.settings import preset, presetauth
from salesboard_display.settings.docs import heading_of, put, table

_INTRODUCTION = """# An API of your own

<!-- Made by `python -m salesboard_display.settings.presetdocs docs/sources/http.md`; do not edit. -->

An API that has no [page of its own](README.md) is described in one file, a *preset*: where requests go, how
they are let in, what is asked for, and what the replies mean. Those that come with the program are [such
files](../../salesboard_display/sources/presets), and good examples.

**[An example from nothing to the board](own-api.md)** shows every step with its files and answers, what a
reading holds when the API gives nothing, and how to give a preset to others. This page has the steps in
short, and every key.

## From nothing to figures

1. Write a start beside your settings file, `my-crm.toml`. What it prints is the source, to be put in the
   settings:

   ```sh
   salesboard-display source new my-crm --config office.toml
   ```

2. In `my-crm.toml`, put in the API's `hosts` and `base_url`, how it lets requests in (`[auth]`), and for
   each kind of record a `[streams.…]`: its `path`, where its reply has the list (`records`), and what a
   record's fields are called.
3. Keep the key as a secret, under the name that `options` has:

   ```sh
   salesboard-display secret set my-crm
   ```

4. Ask once. It shows each request (without the key), its reply's size, the facts and people, and what could
   not be used and why. Nothing is kept, so repeat it until it is right:

   ```sh
   salesboard-display source try crm --config office.toml
   ```

   An edit of the file applies at once, like one of the settings; while it has a mistake, what was good before
   stays in force, and `check` names the line.
5. Add a metric, a board and a slide, as [in the README](../../README.md#the-first-five-minutes), and run
   `salesboard-display check`.

A server in the office's own network, or on this computer, has to be allowed in the source, besides standing
in `hosts`: `allow_hosts = ["crm.office.lan"]`. Its address may then begin with `http://`. A host is asked at
the port of `base_url` (or of its entry in `hosts`), else at 443: a next page or a redirect at another one, or
without encryption where `base_url` has it, is refused, unless `allow_hosts` has `"crm.office.lan:8443"`.

## Texts with gaps

Where the tables below say *template*, gaps in braces are filled for each request. Where a gap has no value
(the first page has no token, an option was not given), the parameter, the key, or the element of a list
that it stands in is left out. `{{` and `}}` stand for braces.

| gap | is |
|---|---|
| `{option.NAME}` | what was given in the settings |
| `{since}`, `{until}`, `{now}` | the last change seen less the lookback, a `step`'s end, this moment |
| `{page.size}`, `{page.number}`, `{page.offset}`, `{page.token}`, `{page.last}` | see `paging` |
| `{delta.token}` | what the last reading's reply gave for the next one |
| `{slice}`, `{slice.FIELD}` | which of the `slices` |
| `{token.NAME}` | a captured field of the sign-in's reply |
| `{text.NAME}` | one of the stream's `texts` |

A gap may say how its value is written: `{since|epoch_ms}`, `{since|iso:%Y-%m-%d}`, `{text.domain|b64url}`.
In a body, a text that is one gap with `|int` becomes a number.

Expressions (`records`, `where`, `deleted`, a fact's fields …) are plain names or
[JMESPath](https://jmespath.org). Those over a record find `option.NAME`, too, unless it is secret, and
under a join's name the record it found.

## When a field is renamed

A list that is no longer where `records` says stops the source, and `check` names what is there instead. So
does a field that the mapping needs and that none of at least 20 records has, or none of fewer when a whole
reading made nothing of them. In smaller readings the records are rejected one by one: the source stays live,
and `check` lists them with what is missing. When none of a kind's records could be used, `check` calls it a
problem, and what was read of that kind before stays on the wall.

A field that an option names and by which deals are told from other records (a status) may be empty in a few
records or be renamed. If none of the records of a poll has it, nothing is taken back: within an hour
everything is read again, and either the source stops and names the option, or the deals count no more.

A whole reading after which most facts would be gone (an empty list, another name for “won”) changes nothing
until the API has [said so for an hour](../sources.md#when-something-is-wrong). Other options count at
once. What a reading withdraws and what stays: [own-api.md](own-api.md#what-a-reading-holds).
"""

SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("The whole file", preset.Preset),
    ("[options.…]", preset.Option),
    ('[auth] with type = "none"', presetauth.NoAuth),
    ('[auth] with type = "headers"', presetauth.HeaderAuth),
    ('[auth] with type = "query"', presetauth.QueryAuth),
    ('[auth] with type = "basic"', presetauth.BasicAuth),
    ('[auth] with type = "oauth2-client-credentials"', presetauth.ClientCredentialsAuth),
    ('[auth] with type = "oauth2-refresh"', presetauth.RefreshAuth),
    ('[auth] with type = "jwt-bearer"', presetauth.JwtAuth),
    ('[auth] with type = "login-session"', presetauth.LoginAuth),
    ("[budget]", preset.Budget),
    ("[[waits]]", preset.WaitHint),
    ("[[errors]]", preset.ErrorRule),
    ("[streams.…]", preset.Stream),
    ("paging = { … } of a stream", preset.Paging),
    ("incremental = { … } of a stream", preset.Incremental),
    ("slices = { … } of a stream", preset.Slices),
    ("[streams.….joins.…]", preset.StreamJoin),
)
"""Heading and model of each part, in the order of the file."""

_ELSEWHERE = """Facts and people (`[[streams.….facts]]`, `[[streams.….people]]`) are written as in the
[settings](../settings.md), with examples in [sources.md](../sources.md).
"""


def preset_page() -> str:
    """The whole of docs/sources/http.md."""
    parts = [_INTRODUCTION]
    for heading, model in SECTIONS:
        parts += [f"## {heading_of(heading)}\n", f"{(model.__doc__ or '').strip()}\n", table(model)]
    return "\n".join([*parts, _ELSEWHERE]).rstrip() + "\n"


if __name__ == "__main__":
    import sys

    put(preset_page(), sys.argv[1:])
