"""The commands. Exit codes: 0 it worked, 1 the world failed, 2 it was called wrongly."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any

import typer

from salesboard_display import __version__, cli_secret, cli_source

WORLD_FAILED, WRONG_USE = 1, 2
LARGEST = 7680  # 8K, upright too; a picture of it takes 130 MB

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="A sales wall for office TVs: polls sales data, keeps every fact, shows honest standings.",
)
app.add_typer(cli_secret.app, name="secret")
app.add_typer(cli_source.app, name="source")

Config = Annotated[
    Path | None, typer.Option("--config", "-c", help="The settings file; default: the platform's.")
]
Windowed = Annotated[bool, typer.Option("--windowed", help="In a window instead of full-screen.")]
Screen = Annotated[
    int | None, typer.Option("--screen", min=0, help="Which screen, 0 is the first; default: the settings'.")
]
ClockAt = Annotated[
    str | None, typer.Option("--clock", help="Replay: start the clock at this office time, 2017-03-14T09:00.")
]
Speed = Annotated[str, typer.Option("--speed", help="Replay speed: 10m/s, 1h/s, 60x.")]
Duration = Annotated[
    float | None, typer.Option("--duration", min=0.1, help="End by itself after so many seconds.")
]
Offscreen = Annotated[bool, typer.Option("--offscreen", help="Draw without a screen.")]
Size = Annotated[str | None, typer.Option("--size", help="Size of the window or picture: 1920x1080.")]
Stats = Annotated[Path | None, typer.Option("--stats", help="Write what was measured to this file, as JSON.")]
Picture = Annotated[
    Path | None, typer.Option("--picture", help="Leave a picture of the wall in this file at the end.")
]
At = Annotated[
    str | None, typer.Option("--at", help="Count what had happened by this office time (a date: to its end).")
]
KnownAt = Annotated[
    str | None, typer.Option("--known-at", help="Count only what was known by this office time.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
Poll = Annotated[bool, typer.Option("--poll", help="Ask network sources first, too.")]


class WrongUse(typer.BadParameter):
    """The command was called in a way that cannot be meant."""


@contextmanager
def words_not_traces() -> Iterator[None]:
    """Ends the command with exit code 1 and the error's words when the world failed, 2 when the use was
    wrong."""
    from salesboard_display.engine.answers import UnknownName
    from salesboard_display.engine.office import WorldFailed

    try:
        yield
    except UnknownName as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG_USE) from error
    except (WorldFailed, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WORLD_FAILED) from error


def parse_size(text: str | None) -> tuple[int, int] | None:
    """(width, height) of "1920x1080". Raises WrongUse in words."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d{3,4})[x×](\d{3,4})", text.strip())
    if match is None or max(int(match[1]), int(match[2])) > LARGEST:
        raise WrongUse(
            f"{text!r} is not a size up to {LARGEST}; say for example 1920x1080", param_hint="--size"
        )
    return int(match[1]), int(match[2])


def check_clock(clock: str | None, speed: str) -> None:
    """Raises WrongUse when the replay's clock or speed cannot be read; the zone plays no part in that."""
    from salesboard_display.engine.clock import parse_instant, parse_speed

    try:
        parse_speed(speed)
        if clock is not None:
            parse_instant(clock, "UTC")
    except ValueError as error:
        raise WrongUse(str(error)) from error


@app.callback(invoke_without_command=True)
def options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """Options of every command."""
    if version:
        typer.echo(f"salesboard-display {__version__}")
        raise typer.Exit


def log_uncaught() -> None:
    """What nobody catches, in a slot, a thread or anywhere, reaches the log; for the processes that live
    long."""

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            logging.getLogger(__name__).critical("nobody caught this", exc_info=(kind, error, trace))

    def in_a_thread(args: threading.ExceptHookArgs) -> None:
        name = args.thread.name if args.thread is not None else "a thread"
        error = args.exc_value or args.exc_type()
        log = logging.getLogger(__name__)
        log.critical("nobody caught this in %s", name, exc_info=(args.exc_type, error, args.exc_traceback))

    sys.excepthook = uncaught
    threading.excepthook = in_a_thread


def _wall(engine: list[str], **options: Any) -> None:
    """Show the wall with an engine started as ``hub`` with these words."""
    log_uncaught()
    from salesboard_display.app import WallOptions, run_wall

    raise typer.Exit(run_wall(WallOptions(engine_args=tuple(engine), **options)))


@app.command()
def run(
    config: Config = None,
    windowed: Windowed = False,
    screen: Screen = None,
    clock: ClockAt = None,
    speed: Speed = "1x",
    duration: Duration = None,
    offscreen: Offscreen = False,
    size: Size = None,
    stats: Stats = None,
    picture: Picture = None,
) -> None:
    """Show the wall; without a settings file, the demo office.

    Example: salesboard-display run --config office.toml --screen 1
    """
    check_clock(clock, speed)
    engine = ["--config", str(config.absolute())] if config else []
    engine += ["--clock", clock, "--speed", speed] if clock else []
    _wall(
        engine,
        windowed=windowed,
        screen=screen,
        duration_s=duration,
        offscreen=offscreen,
        size=parse_size(size),
        stats=stats,
        picture=picture,
    )


@app.command()
def demo(
    windowed: Windowed = False,
    screen: Screen = None,
    clock: ClockAt = None,
    speed: Speed = "1x",
    duration: Duration = None,
    offscreen: Offscreen = False,
    size: Size = None,
    stats: Stats = None,
    picture: Picture = None,
) -> None:
    """Show the demo office: 16 people, 3 teams, something happening all the time.

    Example: salesboard-display demo --windowed --size 1280x720
    """
    check_clock(clock, speed)
    engine = ["--demo"] + (["--clock", clock, "--speed", speed] if clock else [])
    _wall(
        engine,
        windowed=windowed,
        screen=screen,
        duration_s=duration,
        offscreen=offscreen,
        size=parse_size(size),
        stats=stats,
        picture=picture,
    )


@app.command()
def hub(
    config: Config = None,
    demo: Annotated[bool, typer.Option("--demo", help="The demo office, whatever the settings say.")] = False,
    clock: ClockAt = None,
    speed: Speed = "1x",
    child: Annotated[bool, typer.Option("--child", hidden=True)] = False,
) -> None:
    """Run the engine without a wall: it polls, keeps facts and serves the walls that connect.

    Example: salesboard-display hub --config office.toml
    """
    from salesboard_display.engine.process import EngineOptions, run_engine

    check_clock(clock, speed)
    log_uncaught()
    with words_not_traces():
        raise typer.Exit(
            run_engine(
                EngineOptions(config=config, demo=demo, clock=clock, speed=speed, child=child), _web_server
            )
        )


def _web_server(*what: Any) -> Any:
    """The web server is loaded by those who switch it on."""
    from salesboard_display.web.server import UvicornServer

    return UvicornServer(*what)


@app.command()
def standings(
    board: str,
    config: Config = None,
    at: At = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
    poll: Poll = False,
) -> None:
    """The standings of a board, by its id.

    Example: salesboard-display standings revenue-month --at 2017-03-14
    """
    from salesboard_display.engine.answers import open_desk
    from salesboard_display.engine.reports import standings_text

    with words_not_traces(), open_desk(config, poll=poll) as desk:
        answer, words = desk.standings(board, at, known_at), desk.office.words
        typer.echo(
            json.dumps(answer, ensure_ascii=False, indent=2) if as_json else standings_text(answer, words)
        )


@app.command()
def explain(
    board: str,
    who: str,
    config: Config = None,
    at: At = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
    poll: Poll = False,
) -> None:
    """Where a number comes from: every fact that counted for WHO (an id or a name) on a board, and what did
    not.

    Example: salesboard-display explain revenue-month "Anna Snelling" --at 2017-03-14
    """
    from salesboard_display.engine.answers import open_desk
    from salesboard_display.engine.reports import explain_text

    with words_not_traces(), open_desk(config, poll=poll) as desk:
        answer, words = desk.explain(board, who, at, known_at), desk.office.words
        typer.echo(
            json.dumps(answer, ensure_ascii=False, indent=2) if as_json else explain_text(answer, words)
        )


@app.command()
def snapshot(
    slide: str,
    out: Annotated[Path, typer.Option("--out", help="The PNG file to write.")],
    config: Config = None,
    size: Size = "1920x1080",
    theme: Annotated[
        str | None, typer.Option("--theme", help="dark or light; default: the settings'.")
    ] = None,
    at: At = None,
    page: Annotated[int, typer.Option("--page", min=1, help="Which page of the slide.")] = 1,
    poll: Poll = False,
) -> None:
    """A picture of a slide, by its id; works without a display, too.

    Example: salesboard-display snapshot leaderboard --out wall.png --size 3840x2160 --theme light
    """
    from salesboard_display.engine.answers import open_desk

    wanted = parse_size(size)
    with words_not_traces():
        with open_desk(config, poll=poll) as desk:
            state = desk.snapshot(slide, at, theme, page)
        from salesboard_display.app import draw_picture

        draw_picture(state, slide, page - 1, wanted or (1920, 1080), out)
    typer.echo(f"{out}: {slide}, {size}")


@app.command()
def check(config: Config = None, as_json: AsJson = False, poll: Poll = False) -> None:
    """Whether everything is in order, in words: settings, each source, the store, fonts, screen.

    Example: salesboard-display check --config office.toml
    """
    from salesboard_display.app import look_at_screen
    from salesboard_display.engine.checkup import check_up, findings_plain, findings_text

    with words_not_traces():
        findings, words = check_up(config, poll=poll)
        findings += look_at_screen()
    if as_json:
        typer.echo(json.dumps(findings_plain(findings, words), ensure_ascii=False, indent=2))
    else:
        typer.echo(findings_text(findings, words))
    raise typer.Exit(0 if all(finding.ok for finding in findings) else WORLD_FAILED)


@app.command(name="import")
def import_file(
    file: Annotated[Path, typer.Argument(help="The file to read.")],
    source: Annotated[str, typer.Option("--source", help="The source whose mapping reads it, by its id.")],
    config: Config = None,
) -> None:
    """Read a file's facts into a source, once, with a progress bar.

    Example: salesboard-display import march.csv --source pipeline
    """
    from salesboard_display.engine.answers import import_into

    with (
        words_not_traces(),
        typer.progressbar(length=1000, label=file.name, file=sys.stderr) as bar,
    ):

        def progress(done: int, total: int | None, _text: str) -> None:
            bar.update(min(1000, done * 1000 // total) - bar.pos if total else 0)

        answer = import_into(config, source, file.absolute(), progress)
        bar.update(1000 - bar.pos)
    typer.echo(answer)


def main() -> None:
    """The console script."""
    app()
