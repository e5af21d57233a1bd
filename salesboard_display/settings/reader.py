"""Reading a TOML file as a model, with every problem found on the way: line, key, found, expected."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from salesboard_display.settings import describe
from salesboard_display.settings.environment import Filled, refers
from salesboard_display.settings.lines import Lines, find_lines
from salesboard_display.settings.problems import (
    Expected,
    Fault,
    KeyPath,
    Problem,
    SettingsError,
    dotted,
    in_words,
    nearest,
    one_of,
    phrase,
)
from salesboard_display.settings.tomlwords import toml_reason

Model = TypeVar("Model", bound=BaseModel)
_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")
LARGEST_FILE = 16 * 2**20


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises SettingsError in words when it is absent, no file, too large or unreadable."""
    try:
        if path.is_dir():
            raise SettingsError([Problem(path, 0, "", "a folder", "a settings file (TOML)")])
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise SettingsError([Problem(path, 0, "", "no such file", "a settings file (TOML)")]) from None
    except PermissionError:
        raise SettingsError(
            [Problem(path, 0, "", "a file this user may not read", "read permission")]
        ) from None
    except (OSError, ValueError) as error:
        words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SettingsError(
            [
                Problem(
                    path,
                    0,
                    "",
                    phrase("a file that cannot be read ({words})", words=words),
                    "a readable file",
                )
            ]
        ) from None
    if len(data) > LARGEST_FILE:
        raise SettingsError([Problem(path, 0, "", "more than 16 MB", "a settings file (TOML)")])
    return data


def decode(data: bytes, path: Path) -> str:
    """The text of the bytes, which have to be UTF-8 (with or without a mark). Raises SettingsError."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SettingsError([Problem(path, 1, "", "UTF-16 text", "UTF-8 text; save the file as UTF-8")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        line = data.count(b"\n", 0, start) + 1
        before = data[:start].decode("utf-8-sig", "replace")
        found = phrase("the byte {byte}, which is not UTF-8", byte=f"0x{data[start]:02X}")
        problem = Problem(
            path, line, dotted(find_lines(before).last), found, "UTF-8 text; save the file as UTF-8"
        )
        raise SettingsError([problem]) from None


class Reader(Generic[Model]):
    """One reading of one TOML text as one model; collects problems, each with its line and key.

    ``what`` and ``begins``: what such a file is called, and how it begins.
    """

    what: str = phrase("a file (TOML)")
    begins: str = "key = value"

    def __init__(self, path: Path, text: str, root: type[Model]) -> None:
        self.path, self.text, self.root = path, text, root
        self.lines: Lines = find_lines(text)
        self.raw: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.problems: list[Problem] = []

    def read(self, environ: Mapping[str, str], folder: Path | None = None) -> Model | None:
        """The model, None where none could be made; ``problems`` say why, and what else is wrong. Other
        files it names lie in ``folder``, by default beside it."""
        if not self._parse():
            return None
        filled = self.filled(environ)
        self.document = filled.document
        self.problems += [self.problem(path, found, expected) for path, found, expected in filled.missing]
        missing = {path for path, _, _ in filled.missing}
        read = None
        try:
            read = self.root.model_validate(self.document, context={"folder": folder or self.path.parent})
        except ValidationError as error:
            details = error.errors(include_url=False)
            self.problems += [p for path, p in map(self._from_model, details) if path not in missing]
        known = {problem.key for problem in self.problems}
        for fault in self.faults(read):
            if fault.path not in missing and dotted(fault.path) not in known:
                self.problems.append(self.problem(fault.path, fault.found, fault.expected, fault.nearest))
        return read

    def filled(self, environ: Mapping[str, str]) -> Filled:
        """The document the model is made of."""
        return Filled(self.raw)

    def faults(self, read: Model | None) -> Iterable[Fault]:
        """What the model cannot know to be wrong."""
        return ()

    def upgraded(self) -> Fault | None:
        """Bring ``raw`` to the present version; what is wrong with it, if anything."""
        return None

    def sorted(self) -> list[Problem]:
        """The problems in the order of the file, each once."""
        return sorted(dict.fromkeys(self.problems), key=lambda problem: problem.line)

    def problem(self, path: KeyPath, found: str, expected: str, close: str = "") -> Problem:
        return Problem(self.path, self.lines.of(path), dotted(path), found, expected, close)

    def _parse(self) -> bool:
        try:
            self.raw = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            self._not_toml(str(error))
            return False
        except (RecursionError, ValueError, OverflowError):
            self.problems.append(Problem(self.path, 0, "", "values nested too deeply or too long", self.what))
            return False
        if not self.raw:
            self.problems.append(Problem(self.path, 1, "", "an empty file", self.begins))
            return False
        fault = self.upgraded()
        if fault is not None:
            self.problems.append(self.problem(fault.path, fault.found, fault.expected))
        return fault is None

    def _not_toml(self, message: str) -> None:
        for path, line, first in self.lines.repeated:
            found = phrase("it a second time (first in line {line})", line=first)
            self.problems.append(Problem(self.path, line, dotted(path), found, "each key and table once"))
        if self.lines.repeated:
            return
        at = _AT_LINE.search(message)
        last_line = len(self.text.rstrip().splitlines()) or 1
        line = int(at[1]) if at and at[1] else last_line
        reason = _AT_LINE.sub("", message)
        shown = self.text.splitlines()[line - 1].strip() if line <= len(self.text.splitlines()) else ""
        found = phrase(
            "{found} ({reason})",
            found=in_words(shown) if shown else phrase("the end"),
            reason=toml_reason(reason),
        )
        key = dotted(self.lines.last) if self.lines.of(self.lines.last) == line else ""
        self.problems.append(
            Problem(self.path, line, key, found, 'TOML: key = value, texts in "quotes", [tables]')
        )

    # ------------------------------------------------------------------------------ from pydantic's words
    def _from_model(self, error: ErrorDetails) -> tuple[KeyPath, Problem]:
        loc = tuple(part for part in error["loc"])
        is_name = loc[-1:] == ("[key]",)
        loc = loc[:-1] if is_name else loc
        blame = error.get("ctx", {}).get("error")
        expected = blame if isinstance(blame, Expected) else None
        model_path = (*loc, *expected.key.split(".")) if expected is not None and expected.key else loc
        path = self._in_document(model_path)
        found, wanted, close = self._words(error, path, model_path)
        if expected is not None:
            wanted, close = expected.expected, expected.nearest
            if expected.found and not refers(self._literally(path)[0]):
                found = expected.found
        if is_name:
            found = phrase('the name "{name}"', name=str(path[-1]))
        return path, self.problem(path, found, wanted, close)

    def _words(self, error: ErrorDetails, path: KeyPath, model_path: KeyPath) -> tuple[str, str, str]:
        """Found, expected and nearest for one of pydantic's errors."""
        value, there = self._literally(path)
        match error["type"]:
            case "extra_forbidden":
                model = describe.model_at(self.root, model_path[:-1])
                known = list(describe.fields_of(model)) if model else []
                return phrase("an unknown key"), one_of(known), nearest(str(path[-1]), known)
            case "missing":
                return phrase("nothing"), self._expected(model_path), ""
            case "union_tag_not_found":
                types = self._types(model_path)
                return phrase("no type"), phrase('type = "…", {types}', types=one_of(types)), ""
            case "union_tag_invalid":
                tag = str(error["ctx"]["tag"])
                shown = self._literally((*path, "type"))[0]
                types = self._types(model_path)
                return f"type = {in_words(shown)}", one_of(types), nearest(tag, types)
            case "literal_error":
                options = describe.options(describe.annotation_at(self.root, model_path))
                return in_words(value), one_of(map(str, options)), nearest(str(value), map(str, options))
        found = in_words(value) if there else phrase("nothing")
        return _with_kind(found, value, error["type"]), self._expected(model_path), ""

    def _types(self, model_path: KeyPath) -> list[str]:
        return list(describe.types_of(describe.annotation_at(self.root, model_path)))

    def _expected(self, model_path: KeyPath) -> str:
        annotation = describe.annotation_at(self.root, model_path)
        field_info = describe.field_at(self.root, model_path)
        words = describe.shown(field_info) if field_info is not None else describe.type_words(annotation)
        bounds = describe.limits(field_info) if field_info is not None else ""
        return phrase("{first}, {second}", first=words, second=bounds) if bounds else words

    def _literally(self, path: KeyPath) -> tuple[Any, bool]:
        """What stands in the file at ``path``, if anything; variables unfilled, for they may be secrets."""
        node: Any = self.raw
        for part in path:
            try:
                node = node[part]
            except (KeyError, IndexError, TypeError):
                return None, False
        return node, True

    def _in_document(self, loc: KeyPath) -> KeyPath:
        """A model's path as the file's: without the type of a table and what short forms leave out."""
        return tuple(self._steps(loc))

    def _steps(self, loc: KeyPath) -> Iterator[str | int]:
        node: Any = self.document
        for index, part in enumerate(loc):
            if part in describe.types_of(describe.annotation_at(self.root, loc[:index])):
                continue
            if (isinstance(node, dict) and part in node) or (
                isinstance(node, list) and isinstance(part, int)
            ):
                node = node[part]  # type: ignore[index]
                yield part
            elif isinstance(node, dict) and index == len(loc) - 1:
                yield part


def _with_kind(found: str, value: Any, error_type: str) -> str:
    """Says that it is a text where a number or truth value is expected: the quotes are what is wrong."""
    is_text = isinstance(value, str) and error_type.endswith("_type")
    return phrase("{found} (text)", found=found) if is_text else found
