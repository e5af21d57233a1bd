"""The sentences about a board: what counts, over which time, by which rules."""

from __future__ import annotations

from salesboard_display.core.definitions import FIRST_TO_GET_THERE, Board, RankStyle, Since
from salesboard_display.core.messages import Message, message
from salesboard_display.core.periods import Calendar, period_message
from salesboard_display.core.standings import Standings
from salesboard_display.engine.words import Words

SEPARATOR = " · "
_SINCE = {Since.DAY: "since-day", Since.PERIOD: "since-period", Since.LAST_CHANGE: "since-last-change"}


def board_line(
    board: Board,
    standings: Standings,
    calendar: Calendar,
    words: Words,
    *,
    title: str,
    rows: int,
    back: int = 0,
) -> str:
    """One line made from the board's definition: what counts (unless the title says it), when, what is left
    out, how many of whom, and the tie rule. ``back``: so many periods before the present one.
    """
    named = [] if board.metric.name == title else [message("line-metric", metric=board.metric.name)]
    parts = [*named, period_message(board.period, calendar, standings.at_ms, back)]
    parts += _conditions(board, words)
    count = len(standings.places)
    if count > rows:
        parts.append(message("line-top", top=min(rows, len(standings.ranked) or rows), count=count))
    parts += _rules(board, standings)
    return SEPARATOR.join(words.say(part) for part in parts)


def _conditions(board: Board, words: Words) -> list[Message]:
    """The tests a fact has to pass, as "no renewals" or "only new"."""
    return [
        message(
            "line-without" if condition.negated else "line-only", values=", ".join(sorted(condition.values))
        )
        for condition in board.metric.select.conditions
    ]


def _rules(board: Board, standings: Standings) -> list[Message]:
    rules: list[Message] = []
    if board.metric.minimum_sample > 1:
        rules.append(message("line-minimum", minimum=board.metric.minimum_sample))
    if not board.metric.higher_is_better:
        rules.append(message("line-lower"))
    if len(standings.ranked) < 2:
        return rules
    if FIRST_TO_GET_THERE in board.tie_breakers:
        rules.append(message("line-ties-first"))
    elif not board.tie_breakers and board.rank_style is not RankStyle.ORDINAL:
        rules.append(message("line-ties-share"))
    return rules


def movement_label(board: Board, words: Words) -> str:
    """What the arrows compare with."""
    return words.say(message(_SINCE[board.movement]))


def final_label(board: Board, calendar: Calendar, at_ms: int, words: Words) -> str:
    """The mark of a finished period shown in place of one that has no facts yet."""
    return words.say(message("final", period=period_message(board.period, calendar, at_ms, back=1)))
