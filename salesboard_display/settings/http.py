"""The settings of an HTTP source: which preset, what it needs, and how often to ask."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from salesboard_display.settings.fieldtypes import Duration, Id, Scalar
from salesboard_display.settings.mapped import DAY_S, CommonSource
from salesboard_display.settings.preset import Option, Preset
from salesboard_display.settings.presets import PresetUnknown, load_preset
from salesboard_display.settings.problems import Expected, Phrase, SettingsError, nearest, one_of, phrase


class HttpSource(CommonSource):
    """A CRM, or any other API, that a preset describes; asked again and again."""

    type: Literal["http"] = Field(default="http", title="Type", description="This is an API.")
    preset: Id = Field(
        title="Preset",
        description=(
            "The API: the name of a preset that comes with the program, or of a file beside these settings "
            "(`my-crm` for `my-crm.toml`)."
        ),
    )
    options: dict[Id, Scalar | list[Scalar]] = Field(
        default={}, title="Options", max_length=30,
        description="What the preset needs, such as a key: `${secret:NAME}`, never the key itself.",
    )  # fmt: skip
    poll_every: Duration = Field(
        default=60.0, title="Poll every", description="How often to ask for what is new.", ge=1, le=DAY_S
    )
    full_every: Duration = Field(
        default=DAY_S, title="Full every", ge=60, le=31 * DAY_S,
        description="How often to read everything the boards need again: finds what vanished there.",
    )  # fmt: skip
    allow_hosts: list[str] = Field(
        default=[], title="Allow hosts", max_length=20,
        description="Hosts in the office's own network that this source may reach.",
    )  # fmt: skip

    _api: Preset = PrivateAttr()

    @model_validator(mode="after")
    def _with_preset(self, info: ValidationInfo) -> Self:
        folder = (info.context or {}).get("folder", Path())
        self._api = _found(self.preset, folder)
        for name, option in self._api.options.items():
            _check_option(name, option, self.options.get(name))
        for name in self.options:
            if name not in self._api.options:
                raise Expected(
                    phrase("an option of this preset: {options}", options=one_of(self._api.options)),
                    key="options", found=phrase('the option "{name}"', name=name),
                    nearest=nearest(name, self._api.options),
                )  # fmt: skip
        return self

    @property
    def api(self) -> Preset:
        """What the preset says."""
        return self._api

    @property
    def kinds(self) -> frozenset[str]:
        """See MappedSource.kinds."""
        return self._api.kinds

    @property
    def zones(self) -> frozenset[str | None]:
        """See MappedSource.zones."""
        streams = self._api.streams.values()
        return frozenset(mapping.happened.zone for stream in streams for mapping in stream.facts)

    @property
    def lists_people(self) -> bool:
        """See MappedSource.lists_people."""
        return self._api.brings_people

    @property
    def expected_s(self) -> float:
        """Every poll should find it complete, unless the manager expects less."""
        return self.expected_every or self.poll_every

    @property
    def poll_s(self) -> float:
        """See MappedSource.poll_s."""
        return self.poll_every


def _found(name: str, folder: Path) -> Preset:
    try:
        return load_preset(name, folder)
    except PresetUnknown as unknown:
        expected = phrase(
            "{known}, or the file {file} beside these settings",
            known=one_of(unknown.known), file=unknown.looked_at[0].name,
        )  # fmt: skip
        raise Expected(expected, key="preset", nearest=nearest(name, unknown.known)) from None
    except SettingsError as wrong:
        first, more = wrong.problems[0], len(wrong.problems) - 1
        found = phrase('"{name}", where {problem}', name=name, problem=Phrase(str(first), first.message))
        if more:
            found = phrase("{found} (and {more} more)", found=found, more=more)
        raise Expected("a preset without mistakes", key="preset", found=found) from None


def _check_option(name: str, option: Option, given: Any) -> None:
    if given is None:
        if option.default is None:
            wanted = phrase("the option `{name}` ({title})", name=name, title=option.title)
            if option.description:
                wanted = phrase("{wanted}: {about}", wanted=wanted, about=option.description)
            raise Expected(wanted, key="options", found="none")
        return
    texts = given if isinstance(given, list) else [given]
    for text in texts if option.pattern else ():
        if "${" not in text and not re.fullmatch(option.pattern, text):
            like = phrase("{title}, like {example}", title=option.title, example=option.example)
            found = "something else" if option.secret else None
            raise Expected(like if option.example else option.title, key=f"options.{name}", found=found or "")
