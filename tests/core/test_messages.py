"""Messages: every text that core says has its English, with the same arguments."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import salesboard_display.core
from salesboard_display.core.definitions import Aggregate
from salesboard_display.core.messages import TEXTS, Message, message

CORE = Path(salesboard_display.core.__file__).parent


def calls() -> list[tuple[str, set[str], bool]]:
    """Every ``message("id", …)`` in core: the id, its argument names, whether more come by ``**``."""
    found = []
    for path in CORE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "message":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    names = {keyword.arg for keyword in node.keywords if keyword.arg}
                    found.append((first.value, names, any(k.arg is None for k in node.keywords)))
    return found


def test_every_message_of_core_has_a_text_for_its_arguments() -> None:
    assert len(calls()) > 30
    for id_, names, more in calls():
        wanted = set(re.findall(r"{(\w+)}", TEXTS[id_]))
        assert wanted <= names or more, id_


def test_every_aggregate_has_its_rule_in_words() -> None:
    assert {f"rule-{aggregate}" for aggregate in Aggregate} <= TEXTS.keys()


def test_a_message_gives_its_arguments_by_name() -> None:
    assert message("left-on", day="Monday") == Message("left-on", (("day", "Monday"),))
    assert message("left-on", day="Monday").named == {"day": "Monday"}
