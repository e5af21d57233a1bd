"""Upgrades an old store with Alembic, in a process of its own: Alembic's 17 MB never enter the engine."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str, to: str = "head") -> None:
    """Run the migrations in this process. Raises whatever Alembic or the database raise."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = url
    command.upgrade(config, to)


def upgrade_in_child(url: str) -> str:
    """Upgrade to the newest schema in a child process; "" when all went well, else what went wrong."""
    spawn = multiprocessing.get_context("spawn")
    answers, answer = spawn.Pipe(duplex=False)
    child = spawn.Process(target=_answering, args=(url, answer), name="store-upgrade")
    child.start()
    answer.close()
    try:
        return str(answers.recv())
    except EOFError:
        return "the upgrade ended unexpectedly"
    finally:
        answers.close()
        child.join()
        child.close()


def _answering(url: str, answer: Pipe) -> None:
    """The child's work: whatever goes wrong is the answer."""
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        upgrade(url)
    except (CommandError, SQLAlchemyError, OSError) as error:
        answer.send(str(error))
    else:
        answer.send("")
