"""Pitfall 2: only bound slots of QObjects run in the GUI thread, and only they let go of a closed window."""

from __future__ import annotations

import ast
import threading

import pytest
from PySide6.QtCore import QCoreApplication, QObject, Qt, QThread, Signal, Slot

from tests.project.code import modules


def connects(tree: ast.AST) -> list[ast.Call]:
    """The calls of a signal's connect, as far as their argument can tell."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "connect"
        and node.args
    ]


def fault(target: ast.expr, functions: set[str], slots: set[str], methods: set[str]) -> str | None:
    """Why this must not be connected, or None."""
    if isinstance(target, ast.Lambda):
        return "a lambda"
    if isinstance(target, ast.Call) and ast.unparse(target.func).rpartition(".")[2] == "partial":
        return "a partial"
    if isinstance(target, ast.Name) and target.id in functions:
        return "a plain function"
    if ast.unparse(target).removeprefix("self.") in methods - slots:
        return "a method without @Slot"
    return None


def faults(source: str) -> list[str]:
    """Everything wrong with the connections of a module."""
    tree = ast.parse(source)
    functions, slots, methods = set(), set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            (methods if node.args.args and node.args.args[0].arg == "self" else functions).add(node.name)
            if any("Slot" in ast.unparse(decorator) for decorator in node.decorator_list):
                slots.add(node.name)
    found = [(call.lineno, fault(call.args[0], functions, slots, methods)) for call in connects(tree)]
    return [f"line {line}: {what}" for line, what in found if what]


@pytest.mark.parametrize("module", modules())
def test_the_package_connects_bound_slots_only(module: str) -> None:
    assert faults(ast.unparse(modules()[module])) == []


@pytest.mark.parametrize(
    ("argument", "found"),
    [
        ("lambda: 1", "a lambda"),
        ("functools.partial(print, 1)", "a partial"),
        ("loose", "a plain function"),
        ("self.bare", "a method without @Slot"),
        ("self.bound", None),
        ("other.update", None),
    ],
)
def test_the_scan_tells_them_apart(argument: str, found: str | None) -> None:
    source = f"""
def loose(): pass
class Thing:
    @Slot()
    def bound(self): signal.connect({argument})
    def bare(self): pass
"""
    assert [text.partition(": ")[2] for text in faults(source)] == ([found] if found else [])


class Worker(QThread):
    """Emits from its own thread."""

    said = Signal()

    def run(self) -> None:
        self.said.emit()


class Listener(QObject):
    """Remembers the thread in which it heard."""

    def __init__(self) -> None:
        super().__init__()
        self.heard_in: list[int] = []

    @Slot()
    def on_said(self) -> None:
        self.heard_in.append(threading.get_ident())


def test_a_bound_slot_runs_in_the_gui_thread_and_a_lambda_in_the_workers(qapp: QCoreApplication) -> None:
    worker, listener, lambdas = Worker(), Listener(), []
    worker.said.connect(listener.on_said)
    worker.said.connect(lambda: lambdas.append(threading.get_ident()), Qt.ConnectionType.DirectConnection)
    worker.start()
    assert worker.wait(5000)
    assert listener.heard_in == []  # queued: it waits for the GUI thread's turn
    qapp.processEvents()
    assert listener.heard_in == [threading.get_ident()]
    assert lambdas
    assert lambdas != listener.heard_in
