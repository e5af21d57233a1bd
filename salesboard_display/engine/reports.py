"""Answers of the command line as texts to read, in the office's words."""

from __future__ import annotations

from typing import Any

from salesboard_display.core.messages import Message, message
from salesboard_display.engine.exchange import converted_text
from salesboard_display.engine.words import Words


def standings_text(answer: dict[str, Any], words: Words) -> str:
    """Standings as a table to read."""
    freshness = message(f"freshness-{answer['freshness']['state']}")
    head = message("standings-head", board=answer["board"], at=answer["at"][:16], freshness=freshness)
    lines = [words.say(head)]
    width = max((len(place["name"]) for place in answer["places"]), default=0)
    for place in answer["places"]:
        rank = "–" if place["rank"] is None else str(place["rank"])
        movement = words.say(_movement(place["movement"]))
        row = f"{rank:>4}  {place['name']:<{width}}  {place['display']:>16}  {movement}"
        lines.append(row.rstrip())
    return "\n".join(lines)


def explain_text(answer: dict[str, Any], words: Words) -> str:
    """An explanation to read."""
    head = message(
        "explain-head",
        who=answer["who"],
        board=answer["board"],
        value=answer["display"],
        rule=answer["rule"],
    )
    lines = [words.say(head)]
    if answer["reason"]:
        lines.append(f"  {answer['reason']}")
    for fact in answer["facts"]:
        line = f"  {fact['happened']}  {fact['source']}:{fact['key']}  {fact['counted_as']}"
        lines.append(line + converted_text(fact["converted"]))
    if answer["excluded"]:
        lines.append(words.say(message("explain-excluded")))
        lines += [f"  {one['source']}:{one['key']}  {one['reason']}" for one in answer["excluded"]]
    return "\n".join(lines)


def _movement(movement: int | None) -> Message | None:
    if not movement:
        return None
    return message("standings-up" if movement > 0 else "standings-down", count=abs(movement))
