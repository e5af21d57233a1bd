"""The commands about secrets: keep one, and say which are where. A value is never shown."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

WORLD_FAILED, WRONG_USE = 1, 2

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Secrets that the settings refer to as ${secret:NAME}: keys, passwords, tokens.",
)


@app.command("set")
def set_secret(name: str) -> None:
    """Keep a secret; it is asked for without being shown, or read from standard input.

    Example: salesboard-display secret set hubspot
    """
    from salesboard_display.core.messages import message
    from salesboard_display.engine.office import system_words
    from salesboard_display.settings.secrets import SecretRefused
    from salesboard_display.settings.secretstores import standard_secrets

    words = system_words()
    value = _asked(name) if sys.stdin.isatty() else sys.stdin.read().rstrip("\r\n")
    if not value:
        typer.echo(words.say(message("secret-none-given")), err=True)
        raise typer.Exit(WRONG_USE)
    secrets = standard_secrets()
    try:
        where = secrets.put(name, value)
        used = secrets.get(name)
    except SecretRefused as refused:
        typer.echo(words.say(refused.message), err=True)
        raise typer.Exit(WORLD_FAILED) from None
    typer.echo(words.say(message("secret-kept", secret=name, where=where)))
    for trouble in secrets.troubles():
        typer.echo(words.say(message("check-note", note=trouble)))
    if used != value:
        typer.echo(words.say(message("secret-shadowed")))


@app.command("list")
def list_secrets(
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="The settings file; default: the platform's.")
    ] = None,
) -> None:
    """Which secrets there are, and where: those that can be listed, and those that the settings use.

    Example: salesboard-display secret list
    """
    from salesboard_display.core.messages import message
    from salesboard_display.engine.office import WorldFailed, find_settings, system_words
    from salesboard_display.settings.secrets import SecretRefused, names_in
    from salesboard_display.settings.secretstores import standard_secrets

    words, secrets = system_words(), standard_secrets()
    try:
        used = sorted(names_in(find_settings(config)[0].current.settings.model_dump()))
        kept = secrets.kept(tuple(used))
    except (WorldFailed, SecretRefused) as error:
        said = words.say(error.message) if isinstance(error, SecretRefused) else str(error)
        typer.echo(said, err=True)
        raise typer.Exit(WORLD_FAILED) from None
    missing = [name for name in used if name not in {one.name for one in kept}]
    lines = [message("secret-where", secret=one.name, where=one.where) for one in kept]
    lines += [message("secret-nowhere", secret=name) for name in missing]
    lines += [message("check-note", note=trouble) for trouble in secrets.troubles()]
    for line in lines if kept or missing else [message("secret-none"), *lines]:
        typer.echo(words.say(line))


def _asked(name: str) -> str:
    return str(typer.prompt(f"{name} (not shown)", hide_input=True, default="", show_default=False))
