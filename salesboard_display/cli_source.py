"""The commands about one source."""

from __future__ import annotations

import asyncio
import os
import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

WORLD_FAILED, WRONG_USE = 1, 2

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")
app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Sources: where data comes from.")
Config = Annotated[
    Path | None, typer.Option("--config", "-c", help="The settings file; default: the platform's.")
]


@app.command("sign-in")
def sign_in(
    name: str,
    config: Config = None,
    redirect: Annotated[
        str, typer.Option("--redirect", help="The way back, as it is registered with the API.")
    ] = "http://127.0.0.1:8976/",
    wait: Annotated[int, typer.Option("--wait", min=1, help="Seconds to wait for the browser.")] = 600,
) -> None:
    """Sign in to an API in a browser, once; the source is let in from then on.

    Example: salesboard-display source sign-in crm
    """
    from salesboard_display.core.messages import message
    from salesboard_display.engine.office import WorldFailed, find_settings, words_of
    from salesboard_display.settings.places import default_path
    from salesboard_display.settings.secretstores import standard_secrets
    from salesboard_display.sources.contract import SourceError
    from salesboard_display.sources.http.signin import sign_in_source

    words = words_of(config or default_path())

    def show(url: str) -> None:
        typer.echo(words.say(message("sign-in-open", redirect=redirect)))
        typer.echo(url)
        if sys.platform in ("win32", "darwin") or any(map(os.environ.get, SCREENS)):
            webbrowser.open(url)

    try:
        settings = find_settings(config)[0].current.settings
        sources = settings.sources
        if name not in sources:
            known = ", ".join(sorted(sources)) or "–"
            typer.echo(words.say(message("source-unknown", source=name, known=known)), err=True)
            raise typer.Exit(WRONG_USE)
        ways = {"proxy": settings.network.proxy, "redirect": redirect, "patience_s": wait}
        asyncio.run(sign_in_source(name, sources[name], standard_secrets(), show, **ways))
    except (WorldFailed, SourceError) as error:
        typer.echo(words.say(error.message) if isinstance(error, SourceError) else str(error), err=True)
        raise typer.Exit(WORLD_FAILED) from None
    typer.echo(words.say(message("sign-in-done", source=name)))


@app.command("try")
def try_(name: str, config: Config = None) -> None:
    """Ask a source once and show requests, facts and what could not be used; nothing is kept.

    Example: salesboard-display source try crm
    """
    from salesboard_display.core.messages import message
    from salesboard_display.engine.office import WorldFailed, open_office, words_of
    from salesboard_display.engine.trying import try_source
    from salesboard_display.settings.places import default_path
    from salesboard_display.sources.contract import SourceError

    words = words_of(config or default_path())
    try:
        office, _ = open_office(config)
        words = office.words
        if name not in office.settings.sources:
            known = ", ".join(sorted(office.settings.sources)) or "–"
            typer.echo(words.say(message("source-unknown", source=name, known=known)), err=True)
            raise typer.Exit(WRONG_USE)
        asyncio.run(try_source(office, name, typer.echo))
    except (WorldFailed, SourceError) as error:
        typer.echo(words.say(error.message) if isinstance(error, SourceError) else str(error), err=True)
        raise typer.Exit(WORLD_FAILED) from None


@app.command("new")
def new(
    name: str,
    config: Config = None,
    like: Annotated[str | None, typer.Option("--like", help="Begin with a copy of this preset.")] = None,
) -> None:
    """Write a commented start of a preset of your own, NAME.toml beside the settings.

    Example: salesboard-display source new my-crm
    """
    from salesboard_display.core.messages import Message, message
    from salesboard_display.engine.office import words_of
    from salesboard_display.settings.places import default_path
    from salesboard_display.settings.presets import is_preset_name, packaged_names, read_preset
    from salesboard_display.settings.presetstart import options_to_give, start_of

    words = words_of(config or default_path())
    start = start_of(like)
    path = (config or default_path()).parent / f"{name}.toml"

    def refuse(why: Message, code: int) -> typer.Exit:
        typer.echo(words.say(why), err=True)
        return typer.Exit(code)

    if not is_preset_name(name):
        raise refuse(message("source-name", name=name), WRONG_USE)
    if name in packaged_names():
        raise refuse(message("source-taken", name=name), WRONG_USE)
    if like is not None and like not in packaged_names():
        raise refuse(message("source-no-preset", name=like, known=", ".join(packaged_names())), WRONG_USE)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(start.read_text("utf-8"))
    except FileExistsError:
        raise refuse(message("source-there", path=str(path)), WRONG_USE) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise refuse(message("source-unwritable", path=str(path), why=why), WORLD_FAILED) from None
    typer.echo(words.say(message("source-new", path=str(path))))
    options = options_to_give(read_preset(start), name)
    typer.echo(f'\n[sources.crm]\ntype = "http"\npreset = "{name}"\noptions = {options}')
