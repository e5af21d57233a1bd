"""Every setting is described, every example works, and docs/settings.md says what the models say."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from salesboard_display.settings import describe
from salesboard_display.settings.docs import SECTIONS, main, settings_page
from salesboard_display.settings.examples import EXAMPLES, WHOLE
from salesboard_display.settings.loading import load_text
from salesboard_display.settings.model import Settings
from salesboard_display.settings.preset import Preset
from salesboard_display.settings.presetdocs import SECTIONS as PRESET_SECTIONS
from salesboard_display.settings.presetdocs import preset_page
from salesboard_display.settings.problems import SettingsError


def _models(annotation: Any, seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """Every model that an annotation leads to."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            seen.add(annotation)
            for field in annotation.model_fields.values():
                _models(field.annotation, seen)
    else:
        for argument in get_args(annotation):
            _models(argument, seen)
    return seen


ALL_MODELS = sorted(_models(Settings, set()), key=lambda model: model.__name__)


def _fields() -> Iterator[Any]:
    for model in ALL_MODELS:
        for key, field in describe.fields_of(model).items():
            yield pytest.param(field, id=f"{model.__name__}.{key}")


FIELDS = list(_fields())


def test_the_models_are_found() -> None:
    assert len(ALL_MODELS) >= 29


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_has_a_type_a_title_a_description_and_a_default_in_words(field: Any) -> None:
    assert field.title
    assert field.title[0].isupper()
    assert field.description
    assert field.description.endswith(".")
    assert describe.shown(field) not in ("", "value")
    assert describe.default_words(field)


@pytest.mark.parametrize("field", FIELDS)
def test_every_number_and_every_list_has_limits(field: Any) -> None:
    kind = describe.shown(field)
    if kind in ("number", "whole number") or kind.startswith(("list of", "table of id", "duration")):
        assert describe.limits(field)


@pytest.mark.parametrize("model", ALL_MODELS)
def test_every_model_refuses_unknown_keys(model: type[BaseModel]) -> None:
    assert model.model_config["extra"] == "forbid"
    assert model.__doc__


def test_the_page_has_every_key_a_file_can_have() -> None:
    inner = {"Match", "Filter", "Settings"}  # written by short forms of their own, told in their fields
    told = {model for _, model in SECTIONS}
    assert {model.__name__ for model in ALL_MODELS} - {model.__name__ for model in told} == inner


def test_the_page_in_docs_is_what_the_models_say(repository: Path) -> None:
    page = (repository / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == settings_page(), "run: python -m salesboard_display.settings.docs docs/settings.md"


def test_the_page_about_presets_has_every_key_a_preset_can_have() -> None:
    told = {model for _, model in PRESET_SECTIONS}
    assert _models(Preset, set()) - set(ALL_MODELS) == told


def test_the_page_about_presets_is_what_the_models_say(repository: Path) -> None:
    page = (repository / "docs" / "sources" / "http.md").read_text(encoding="utf-8")
    command = "python -m salesboard_display.settings.presetdocs docs/sources/http.md"
    assert page == preset_page(), f"run: {command}"


def test_the_page_can_be_written_and_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(tmp_path / "page.md")])
    main([])
    assert capsys.readouterr().out == (tmp_path / "page.md").read_text(encoding="utf-8") == settings_page()


def test_the_whole_example_loads_without_a_warning() -> None:
    assert load_text(WHOLE, "example.toml", {}).problems == ()


@pytest.mark.parametrize("model", EXAMPLES, ids=lambda model: model.__name__)
def test_every_example_is_right_but_for_what_it_leaves_out(model: type[BaseModel]) -> None:
    example = "version = 1\n" + EXAMPLES[model]
    assert tomllib.loads(example)
    try:
        load_text(example, "example.toml", {"EXPORTS": "/exports"})
    except SettingsError as error:
        wrong = [
            str(p) for p in error.problems if not p.expected.startswith(("the id of one of", "path, 1 to"))
        ]
        assert [text for text in wrong if "found no type" not in text] == []
