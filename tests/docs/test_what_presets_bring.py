"""The table of what each preset brings, in docs/sources/README.md, says what the presets have."""

from __future__ import annotations

import re
from collections.abc import Iterable

from salesboard_display.settings.preset import Preset, Stream
from salesboard_display.settings.presets import PACKAGED, packaged_names, read_preset
from tests.conftest import REPOSITORY

KINDS = ("deal_won", "deal_lost", "call", "email", "meeting", "task")
OPTION = re.compile(r"option\.(\w+)")


def marked(ways: Iterable[bool]) -> str:
    """Of the ways in which something comes, each of which needs an option or not."""
    known = list(ways)
    return "–" if not known else "option" if all(known) else "yes"


def unset(preset: Preset, name: str | None) -> bool:
    """Whether it is an option that says nothing until it is given."""
    return name in preset.options and preset.options[name].default in ("", [])


def of_stream(preset: Preset, stream: Stream) -> bool:
    """Whether a stream is asked for only with an option."""
    return stream.slices is not None and unset(preset, stream.slices.option)


def of_field(preset: Preset, stream: Stream, selector: str | None) -> bool:
    """Whether what is read here is empty without an option: its own field, or the stream it is joined to."""
    root = re.split(r"\W", selector or "")[0]
    if root in stream.joins:
        return of_stream(preset, preset.streams[stream.joins[root].stream])
    return any(unset(preset, name) for name in OPTION.findall(stream.fields.get(root, "")))


def brought(preset: Preset) -> list[str]:
    """The cells of a preset's row."""
    streams = preset.streams.values()
    facts = [(stream, fact) for stream in streams for fact in stream.facts]
    people = [(stream, person) for stream in streams for person in stream.people]
    types = [(stream, fact.attributes["type"].from_) for stream, fact in facts if "type" in fact.attributes]
    teams = [(stream, person.team.from_) for stream, person in people if person.team]
    return [
        *(marked(of_stream(preset, stream) for stream, fact in facts if fact.kind == kind) for kind in KINDS),
        marked(of_stream(preset, stream) for stream, _ in people),
        marked(of_field(preset, stream, selector) for stream, selector in teams),
        marked(of_field(preset, stream, selector) for stream, selector in types),
    ]


def test_the_table_says_what_each_preset_brings() -> None:
    presets = {name: read_preset(PACKAGED / f"{name}.toml") for name in packaged_names()}
    rows = [f"| {preset.name} | {' | '.join(brought(preset))} |" for preset in presets.values()]
    text = (REPOSITORY / "docs/sources/README.md").read_text("utf-8")
    table = text.partition("## What each brings")[2]
    assert [line for line in table.splitlines() if line.startswith("| ")][1:] == rows


def test_all_call_the_same_the_same() -> None:
    for name in packaged_names():
        facts = [
            fact for one in read_preset(PACKAGED / f"{name}.toml").streams.values() for fact in one.facts
        ]
        assert {fact.kind for fact in facts} <= set(KINDS), name
        words = {
            (key, word)
            for fact in facts
            for key, value in fact.attributes.items()
            for word in value.map.values()
        }
        assert {word for key, word in words if key == "direction"} <= {"in", "out", "missed"}, name
        assert {word for key, word in words if key == "type"} <= {"new", "upsell", "renewal"}, name
        named = [
            fact.attributes[key] for fact in facts for key in ("direction", "type") if key in fact.attributes
        ]
        assert all(value.map for value in named), f"{name}: a word of the service's own"
