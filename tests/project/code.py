"""Reads the package's own source for the tests of the house rules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.conftest import REPOSITORY

_COMMENT_OR_STRING = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`""", re.DOTALL
)
PACKAGE = REPOSITORY / "salesboard_display"


@cache
def modules() -> dict[str, ast.Module]:
    """Every Python file of the package, by its path in it, parsed."""
    return {
        str(file.relative_to(PACKAGE)): ast.parse(file.read_text("utf-8"), str(file))
        for file in sorted(PACKAGE.rglob("*.py"))
    }


def scoped(tree: ast.AST, scope: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Every node below, with the qualified name of the innermost class or function it stands in."""
    for child in ast.iter_child_nodes(tree):
        yield scope, child
        inner = scope
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{scope}.{child.name}" if scope else child.name
        yield from scoped(child, inner)


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function and method with its qualified name."""
    for scope, node in scoped(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{scope}.{node.name}".lstrip("."), node


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every absolute import, at whatever depth: its line and the full module name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def qml_files() -> list[Path]:
    """Every QML file of the package."""
    return sorted(PACKAGE.rglob("*.qml"))


def without_comments_and_strings(qml: str) -> str:
    """The text with comments and the insides of strings blanked, of the same length and lines."""
    return _COMMENT_OR_STRING.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), qml)


def objects(qml: str, kind: str) -> Iterator[tuple[int, str]]:
    """Each ``kind { ... }`` of a QML text: its line and its own body, without the objects inside it."""
    text = without_comments_and_strings(qml)
    for match in re.finditer(rf"(?<![\w.]){kind}\s*\{{", text):
        depth, own = 1, []
        for character in text[match.end() :]:
            depth += {"{": 1, "}": -1}.get(character, 0)
            if depth == 0:
                break
            if depth == 1:
                own.append(character)
        yield text.count("\n", 0, match.start()) + 1, "".join(own)
