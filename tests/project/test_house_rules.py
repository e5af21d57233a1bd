"""The rules that keep the code livable: docs/ARCHITECTURE.md, "House rules"."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.project.code import PACKAGE, functions, modules, scoped

FILE_LINES, FUNCTION_LINES = 400, 40

# The boundaries where anything may go wrong and the wall must go on.
BROAD_EXCEPTS = {
    "engine/coordinator.py:Coordinator._tick",  # a source
    "engine/engine.py:Engine._guarded",  # a task of the engine
    "views/stage/bridge.py:Bridge._read",  # a message from the engine
}


def lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How long a function is, not counting its decorators and its docstring."""
    assert function.end_lineno is not None
    length = function.end_lineno - function.lineno + 1
    docstring = function.body[0]
    if ast.get_docstring(function) is not None and docstring.end_lineno is not None:
        length -= docstring.end_lineno - docstring.lineno + 1
    return length


@pytest.mark.parametrize("module", modules())
def test_a_file_has_at_most_400_lines(module: str) -> None:
    assert len((PACKAGE / module).read_text("utf-8").splitlines()) <= FILE_LINES


@pytest.mark.parametrize("module", modules())
def test_a_function_has_at_most_40_lines(module: str) -> None:
    lengths = {name: lines_of_code(function) for name, function in functions(modules()[module])}
    assert {name: length for name, length in lengths.items() if length > FUNCTION_LINES} == {}


@pytest.mark.parametrize("module", modules())
def test_a_module_says_in_one_sentence_what_it_is(module: str) -> None:
    if not modules()[module].body:
        return  # an empty __init__.py
    docstring = ast.get_docstring(modules()[module])
    assert docstring, f"{module} has no docstring"
    assert docstring.split("\n\n")[0].endswith((".", ":", "?", '"')), docstring


def swallows_anything(node: ast.AST) -> bool:
    """Whether this is ``except Exception`` or broader and does not end by raising it again."""
    if not isinstance(node, ast.ExceptHandler) or isinstance(node.body[-1], ast.Raise):
        return False
    named = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(kind is None or getattr(kind, "id", "") in {"Exception", "BaseException"} for kind in named)


def test_anything_is_caught_at_the_boundaries_only() -> None:
    found = {
        f"{module}:{scope}"
        for module, tree in modules().items()
        for scope, node in scoped(tree)
        if swallows_anything(node)
    }
    assert found == BROAD_EXCEPTS


def tracked_texts(repository: Path) -> dict[str, str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=repository, check=True, capture_output=True, text=True, timeout=30
    ).stdout.split("\0")
    texts = {}
    for name in filter(None, listed):
        data = (repository / name).read_bytes() if (repository / name).is_file() else b""
        if b"\0" not in data:
            texts[name] = data.decode("utf-8", "replace")
    return texts


# Written in pieces, so that this file is not its own finding.
REGISTRY_HOSTS = ["pypi" + ".org", "python" + "hosted.org", "deb." + "debian.org", "npm" + "js.org"]
MACHINE_PATHS = ["/" + "work/", "/" + "root/", "/opt/" + "pypi", "/tmp/" + "brief"]


@pytest.mark.parametrize("forbidden", REGISTRY_HOSTS + MACHINE_PATHS)
def test_the_repository_names_no_registry_and_no_machine(forbidden: str, repository: Path) -> None:
    pattern = re.compile(rf"(?<![\w.]){re.escape(forbidden)}")
    assert [name for name, text in tracked_texts(repository).items() if pattern.search(text)] == []
