"""Changes one comparison of a module: every operator to its neighbour and to its opposite."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import NamedTuple

BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}


class Mutant(NamedTuple):
    """The ``number``-th change of a module: which comparison, which of its operators, and what it becomes."""

    module: str
    number: int
    line: int
    before: str
    after: str
    code: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}  {self.before} → {self.after}   in   {self.code}"


def mutants_of(module: str, source: str) -> list[Mutant]:
    """Every change there is to make, in the order of the source."""
    found: list[Mutant] = []
    for compare, position, operator in _operators(ast.parse(source)):
        before = SIGNS[type(compare.ops[position])]
        code = ast.unparse(compare)
        found.append(Mutant(module, len(found), compare.lineno, before, SIGNS[operator], code))
    return found


def changed(source: str, number: int) -> ast.Module:
    """The module's tree with that one change (-1: with none)."""
    tree = ast.parse(source)
    if number < 0:
        return tree
    compare, position, operator = _operators(tree)[number]
    compare.ops[position] = operator()
    return ast.fix_missing_locations(tree)


def _operators(tree: ast.Module) -> list[tuple[ast.Compare, int, type[ast.cmpop]]]:
    compares = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    compares.sort(key=lambda node: (node.lineno, node.col_offset))
    return [
        (compare, position, table[type(operator)])
        for compare in compares
        for position, operator in enumerate(compare.ops)
        for table in (BOUNDARY, OPPOSITE)
        if type(operator) in table
    ]


class Changing(MetaPathFinder):
    """Imports one module with one comparison changed; everything else as it is."""

    def __init__(self, module: str, number: int) -> None:
        self._module, self._number = module, number

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See importlib."""
        if name != self._module:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(name)
        spec.loader = _Loader(name, spec.origin, self._number)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, number: int) -> None:
        super().__init__(name, path)
        self._number = number

    def get_code(self, fullname: str) -> CodeType:
        """The changed code, never from or to a cache."""
        source = self.get_data(self.path).decode()
        return compile(changed(source, self._number), self.path, "exec")


def install(module: str, number: int) -> None:
    """From now on ``module`` is imported with that change."""
    sys.meta_path.insert(0, Changing(module, number))
