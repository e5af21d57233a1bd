"""Makes docs/settings.md from the models: python -m salesboard_display.settings.docs [FILE]."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from salesboard_display.settings import boards, mapping, metrics, network, office, rates, sources, sql
from salesboard_display.settings.describe import default_words, fields_of, limits, shown
from salesboard_display.settings.examples import EXAMPLES, WHOLE
from salesboard_display.settings.model import Settings

_INTRODUCTION = f"""# Settings

<!-- Made from the models by `python -m salesboard_display.settings.docs docs/settings.md`; do not edit. -->

One TOML file holds everything a manager decides: where data comes from, what is measured, what the
wall shows. It lies in the user's configuration folder (`salesboard-display check` names it) or
where `--config` says. The smallest useful one:

```toml
{WHOLE.strip()}
```

- An edit applies at once, without a restart. While the file has a mistake, the last good settings stay in
  force, and the mistake is named with line, key, what was found and what is expected.
- `${{env:NAME}}` in a text stands for an environment variable; `${{env:NAME:-default}}` has a default for
  when it is not set, `$${{env:` stands for those characters. `${{secret:NAME}}` in a source
  stands for a secret, which never belongs in the file: [where it is kept](secrets.md).
- Unknown keys are mistakes: a misspelt key is never silently ignored.
- Paths are relative to the settings file. Durations are texts such as `"90s"`, `"15m"`, `"24h"`, `"7d"`.
- Ids – the names of tables such as `[boards.revenue-month]` – have small letters, digits, `-` and `_`.
- Saving from within the program keeps comments and order, and the text before it in a `.bak` beside the file.
"""

SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("[office]", office.OfficeSettings),
    ("[store]", office.StoreSettings),
    ("[wall]", office.WallSettings),
    ("[freshness]", office.FreshnessSettings),
    ("[rates]", rates.RatesSettings),
    ("entries = [ … ] of rates", rates.RateSettings),
    ("[network]", network.NetworkSettings),
    ("[web]", sources.WebSettings),
    ('[sources.…] with type = "file"', sources.FileSource),
    ("[sources.….joins.…]", mapping.Join),
    ("[[sources.….facts]]", mapping.FactMapping),
    ("credits = [ … ] of a fact", mapping.Credit),
    ("[[sources.….people]]", mapping.PersonMapping),
    ("Texts from a record", mapping.TextValue),
    ("Numbers from a record", mapping.NumberValue),
    ("Days and times from a record", mapping.TimeValue),
    ('[sources.…] with type = "http"', sources.HttpSource),
    ('[sources.…] with type = "sql"', sql.SqlSource),
    ("cursor = { … } of a database", sql.SqlCursor),
    ('[sources.…] with type = "webhook"', sources.WebhookSource),
    ("signature = { … } of a webhook", sources.SignatureSettings),
    ('[sources.…] with type = "demo"', sources.DemoSource),
    ("[people.…]", office.PersonSettings),
    ("memberships = [ … ] of a person", office.MembershipSettings),
    ("[teams.…]", office.TeamSettings),
    ("[metrics.…]", metrics.MetricSettings),
    ("over = { … } of a metric", metrics.Selection),
    ("unit = { … } of a metric", metrics.UnitSettings),
    ("period = { … }", boards.PeriodSettings),
    ("[boards.…]", boards.BoardSettings),
    ("[targets.…]", boards.TargetSettings),
    ("[challenges.…]", boards.ChallengeSettings),
    ("[slides.…]", boards.SlideSettings),
    ("schedule = { … } of a slide", boards.ScheduleSettings),
    ("[channels.…]", boards.ChannelSettings),
)
"""Heading and model of each part, in the order of the file."""


def settings_page() -> str:
    """The whole of docs/settings.md."""
    parts = [_INTRODUCTION, "## The whole file\n", table(Settings)]
    for heading, model in SECTIONS:
        parts += [f"## {heading_of(heading)}\n", f"{_about(model)}\n", table(model)]
        if model in EXAMPLES:
            parts.append(f"```toml\n{EXAMPLES[model].strip()}\n```\n")
    return "\n".join(parts).rstrip() + "\n"


def _about(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip()


def table(model: type[BaseModel]) -> str:
    """One row for each key of a model."""
    lines = ["| key | value | default | limits | |", "|---|---|---|---|---|", *_rows(model)]
    return "\n".join(lines) + "\n"


def _rows(model: type[BaseModel]) -> Iterator[str]:
    for key, field in fields_of(model).items():
        default = default_words(field)
        quoted = default if default in ("–", "required") else f"`{default}`"
        cells = (f"`{key}`", shown(field), quoted, limits(field), _sentence(field))
        yield "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _sentence(field: FieldInfo) -> str:
    return f"**{field.title}.** {field.description}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def heading_of(heading: str) -> str:
    """A table's name as a heading."""
    return (
        f"`{heading}`" if heading.startswith("[") and heading.endswith("]") else heading.replace("[", "\\[")
    )


def main(arguments: list[str]) -> None:
    """Write docs/settings.md to the named file, or to the standard output."""
    put(settings_page(), arguments)


def put(page: str, arguments: list[str]) -> None:
    """Write a page to the named file, or to the standard output."""
    if arguments:
        Path(arguments[0]).write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(page)


if __name__ == "__main__":
    main(sys.argv[1:])
