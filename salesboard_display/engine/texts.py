"""The English of every text the engine makes; core.messages.TEXTS holds those of core."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # the supporting line of a row
    "row-team": "{team}",
    "row-ahead": "{figure} ahead",
    "row-behind": "{figure} to {rank}",
    "row-level": "level with {rank}",
    "row-first": "in the lead",
    "unassigned-name": "Unassigned",
    # the line below a slide's title: what counts, which period, which rule
    "line-metric": "{metric}",
    "line-without": "no {values}",
    "line-only": "only {values}",
    "line-top": "top {top} of {count}",
    "line-ties-share": "ties share a rank",
    "line-ties-first": "ties: first to get there",
    "line-lower": "less is better",
    "line-minimum": "from {minimum} on",
    "line-everybody-else": "Everybody else, A to Z",
    "page-others": "Everybody else",
    "final": "Final · {period}",
    # movement is measured against
    "since-day": "since this morning",
    "since-period": "since the start",
    "since-last-change": "last change",
    # ages
    "age-updated": "Updated {when}",
    "age-never": "No data yet",
    "age-demo": "Demo data",
    "age-replay": "Replay · {day}",
    "age-replay-short": "Replay",
    "banner-stale": "No data since {when}",
    "banner-stale-why": "No data since {when}: {why}",
    # cards
    "label-challenge": "CHALLENGE",
    "label-goal": "TEAM GOAL",
    "label-target": "TARGET",
    "challenge-first-to": "First to {goal}",
    "challenge-most": "Most by the end",
    "challenge-most-of": "{metric}: most by the end",
    "challenge-ends": "ends {ends}",
    "challenge-ended": "ended {ends}",
    "challenge-starts": "starts {starts}",
    "challenge-of": "{value} of {goal}",
    "challenge-won-by": "won by {winners}",
    "challenge-prize": "Prize: {prize}",
    "challenge-tie-first": "a tie: who got there first",
    "challenge-tie-shared": "a tie shares the win",
    "challenge-left": "{span} left",
    "goal-of": "of {goal} by {day}",
    "goal-share": "{share}",
    "goal-row-of": "of {goal}",
    "goal-to-go": "{figure} to go",
    "goal-reached": "goal reached",
    "ticker-leader": "{board}: {name} leads with {figure}",
    "ticker-goal": "{title}: {value} of {goal}",
    # sources and store, for the panel and check
    "bug-in-source": "This source met a bug; the log has it.",
    "store-unavailable": "The store cannot be written: {why}",
    "settings-bad": "The settings have a mistake; the last good ones are in use. {problem}",
}
