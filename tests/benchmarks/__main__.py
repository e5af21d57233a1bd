"""Prints every figure with its limit: ``python -m tests.benchmarks [store|http|stage|system|webhooks …]``.

The exit code is 1 when one is missed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

from tests.benchmarks import http, stage, store, system, webhooks
from tests.benchmarks.results import Result

PARTS: dict[str, Callable[[], Iterable[Result]]] = {
    "store": store.run,
    "http": http.run,
    "stage": stage.run,
    "system": system.run,
    "webhooks": webhooks.run,
}


def line(result: Result) -> str:
    """One row of the table."""
    limit = (
        ""
        if result.allowed is None
        else f"≤ {result.allowed:,.0f}"
        if result.allowed >= 10
        else f"≤ {result.allowed:.1f}"
    )
    verdict = "" if result.allowed is None else ("ok" if result.holds else "MISSED")
    figure = f"{result.value:,.1f} {result.unit}"
    yardstick = f"{result.yardstick_ms:.0f} ms"
    judged = f"{limit} | {yardstick} | {verdict}"
    return f"| {result.name} | {result.size} | {figure} | {judged} | {result.note} |"


def main(parts: list[str]) -> int:
    """Run the parts named (all without a name) and print their table."""
    unknown = set(parts) - set(PARTS)
    if unknown:
        print(
            f"there is no part {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}", file=sys.stderr
        )
        return 2
    print(
        "| figure | size | measured | limit | yardstick | | note |\n|---|---|---|---|---|---|---|", flush=True
    )
    missed = 0
    for name in parts or list(PARTS):
        for result in PARTS[name]():
            missed += not result.holds
            print(line(result), flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
