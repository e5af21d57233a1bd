"""The line of every key is right, however the file is written."""

from __future__ import annotations

import json
import tomllib
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.settings.lines import find_lines, split_key
from salesboard_display.settings.problems import KeyPath, dotted

_NAMES = st.sampled_from(["a", "b-c", "d_1", "e f", 'g"h', "i.j", "ß", "7", "k\\l"])


def _tables(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(_NAMES, leaf, max_size=4)


_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.just(0), lambda inner: st.one_of(_tables(inner), st.lists(inner, max_size=3)), max_leaves=12
)


class _Writer:
    """Writes a document in whatever style is drawn; notes the line of everything it writes."""

    def __init__(self, data: st.DataObject) -> None:
        self.data, self.numbers = data, count(1000)
        self.lines: list[str] = []
        self.where: dict[KeyPath, int] = {}

    def _one_of(self, *options: str) -> str:
        return self.data.draw(st.sampled_from(options))

    def _name(self, name: str) -> str:
        quoted = dotted((name,))
        if quoted == name:
            return self._one_of(name, f'"{name}"', f"'{name}'")
        return self._one_of(quoted, json.dumps(name)) if name.isascii() else quoted

    def _break(self) -> str:
        return self._one_of(" ", "\n", ' # ] } = "\n  ')

    def document(self, table: dict[str, Any]) -> str:
        self._body(table, (), ())
        return "\n".join(self.lines) + "\n"

    def _body(self, table: dict[str, Any], path: KeyPath, header: tuple[str, ...]) -> None:
        later = []
        for name, value in table.items():
            styles = ["inline"]
            if isinstance(value, dict):
                styles += ["table", "dotted"] if value else ["table"]
            if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
                styles.append("tables")
            style = self._one_of(*styles)
            if style in ("table", "tables"):
                later.append((name, value, style))
            elif style == "dotted" and all(not isinstance(v, dict) or not v for v in value.values()):
                for inner, deep in value.items():
                    self._pair(f"{self._name(name)} . {self._name(inner)}", deep, (*path, name, inner))
            else:
                self._pair(self._name(name), value, (*path, name))
        for name, value, style in later:
            self._noise()
            inner_header = (*header, self._name(name))
            if style == "table":
                self.lines.append(f"[ {' . '.join(inner_header)} ]  # here")
                self.where[(*path, name)] = len(self.lines)
                self._body(value, (*path, name), inner_header)
            else:
                for index, item in enumerate(value):
                    self.lines.append(f"[[{'.'.join(inner_header)}]]")
                    self.where[(*path, name, index)] = len(self.lines)
                    self._body(item, (*path, name, index), inner_header)

    def _noise(self) -> None:
        self.lines += self.data.draw(st.sampled_from([[], [""], ["# [not] = a table", ""], ["   "]]))

    def _pair(self, key: str, value: Any, path: KeyPath) -> None:
        self._noise()
        start = len(self.lines) + 1
        self.where[path] = start
        text = f"{key} = {self._value(value, path, start)}"
        self.lines += text.split("\n")

    def _value(self, value: Any, path: KeyPath, line: int) -> str:
        if isinstance(value, dict):  # an inline table stays on one line in TOML 1.0
            inside = []
            for name, inner in value.items():
                self.where[(*path, name)] = line
                text = self._value(inner, (*path, name), line)
                line += text.count("\n")
                inside.append(f"{self._name(name)} = {text}")
            return "{ " + ", ".join(inside) + " }"
        if isinstance(value, list):
            text = "["
            for index, item in enumerate(value):
                text += self._break()
                self.where[(*path, index)] = line + text.count("\n")
                text += self._value(item, (*path, index), line + text.count("\n")) + ","
            return text + self._break() + "]"
        number = str(next(self.numbers))
        return self._one_of(
            number, f'"{number} # ["', f"'{number}\\'", f'"""\n\\"{number}\n""" ', f"'''{number}'\n'''"
        )


@given(_tables(_VALUES), st.data())
def test_every_key_and_item_is_found_on_its_line(table: dict[str, Any], data: st.DataObject) -> None:
    writer = _Writer(data)
    text = writer.document(table)
    parsed = tomllib.loads(text)
    found = find_lines(text)
    assert found.repeated == []
    for path, line in writer.where.items():
        assert found.first[path] == line, (text, path)
        node: Any = parsed
        for part in path:
            node = node[part]


@given(st.text(max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    find_lines(text)


@given(st.lists(st.one_of(_NAMES, st.integers(0, 99)), min_size=1, max_size=5))
def test_a_dotted_key_is_read_as_it_was_written(parts: list[str | int]) -> None:
    path = ("a", *parts)
    assert split_key(dotted(path)) == path


@pytest.mark.parametrize("key", ["", ".a", "a..b", "a.", "a[x]", "a b", "[0]x", "a.[1]"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(KeyError):
        split_key(key)


def test_a_missing_key_is_sought_in_the_table_around_it() -> None:
    lines = find_lines("a = 1\n\n[b]\nc = 2\n")
    assert lines.of(("b", "zone")) == 3
    assert lines.of(("x", "y")) == 0


def test_windows_line_ends_count_once() -> None:
    assert find_lines("a = 1\r\n[b]\r\nc = '''\r\nx'''\r\nd = 2\r\n").first[("b", "d")] == 5


def test_a_key_given_twice_is_named_with_both_lines() -> None:
    assert find_lines("[a]\nb = 1\nc = 2\nb = 3\n").repeated == [(("a", "b"), 4, 2)]
    assert find_lines("[a]\nb = 1\n[c]\n[a]\n").repeated == [(("a",), 4, 1)]


def test_very_deep_nesting_ends_quietly() -> None:
    find_lines("a = " + "[" * 100_000)
