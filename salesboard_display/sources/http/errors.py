"""What a reply means: the preset's rules in their order, then what HTTP says; and the words for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

import jmespath
from jmespath.exceptions import JMESPathError

from salesboard_display.core.messages import Instant, Message
from salesboard_display.settings.preset import ErrorRule, Preset
from salesboard_display.sources.contract import SourceError, Stage

Meaning = Literal[
    "good", "empty", "retry", "rate-limited", "sign-in-again", "sign-in-failed", "wrong-set-up", "begin-anew"
]
REFUSED: tuple[Meaning, ...] = ("sign-in-failed", "sign-in-again")
"""The meanings after which another key, or another sign-in, has to come first."""
LONGEST_SAID = 200
_PASSING = {408, 409, 423, 425, 502, 503, 504}
_SAID_AT = jmespath.compile(
    "error.message || error_description || message || errors[0].message || errors[0].detail || "
    "errors[0].title || errors[0].error.message || error || errors[0] || detail || title || errors.message"
)
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def wrong_set_up(text: str, **args: str | int | float) -> SourceError:
    """A failure that stays until somebody changes the settings or the preset."""
    return SourceError(Stage.HTTP, Message(text, tuple(args.items())), stop=True)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reply means, and what the API itself said about it (one line, "" for nothing)."""

    meaning: Meaning
    status: int
    said: str = ""
    say: str = ""
    """The preset's own words for it."""


def judge(
    preset: Preset, status: int, body: Any, text: str, *, signs_in: bool, answered: bool = False
) -> Verdict:
    """What the reply means. ``body`` is its JSON, None where it is none; ``signs_in``: whether a new sign-in
    could help; ``answered``: whether this API has given a good answer before."""
    for rule in preset.errors:
        if _fits(rule, status, body, text):
            meaning: Meaning = rule.action
            if meaning == "sign-in-again" and not signs_in:
                meaning = "sign-in-failed"
            return Verdict(meaning, status, said_by(preset, body), rule.say)
    return Verdict(_usual(status, signs_in, answered), status, said_by(preset, body))


def _fits(rule: ErrorRule, status: int, body: Any, text: str) -> bool:
    if rule.status and status not in rule.status:
        return False
    if rule.when is not None and not _true(find(rule.when, body)):
        return False
    return rule.text is None or re.search(rule.text, text) is not None


def _true(value: Any) -> bool:
    """As JMESPath sees it: 0 is something, the empty is nothing."""
    return value not in (None, False, "", [], {}) or (value == 0 and value is not False)


def _usual(status: int, signs_in: bool, answered: bool) -> Meaning:
    if status == 304 or 200 <= status < 300:
        return "good"
    if status == 401:
        return "sign-in-again" if signs_in else "sign-in-failed"
    if status == 403:
        return "sign-in-failed"
    if status == 429:
        return "rate-limited"
    if status == 404 and answered:  # a gateway whose server is being restarted; the address was right
        return "retry"
    return "retry" if status in _PASSING or status >= 500 else "wrong-set-up"


def find(expression: str, body: Any) -> Any:
    """What the expression finds in a reply's JSON, None where it cannot be looked for."""
    try:
        return jmespath.search(expression, body)
    except JMESPathError:
        return None


def said_by(preset: Preset, body: Any) -> str:
    """What an error's body says, on one line; "" where it says nothing."""
    if not isinstance(body, (dict, list)):
        return ""
    first = body[0] if isinstance(body, list) and body else body
    found = find(preset.error_message, body) if preset.error_message else None
    return one_line(found if found else _SAID_AT.search(first))


def one_line(said: Any) -> str:
    """Texts as one line, without what has no business on a wall; not yet shortened, for it may hold a secret
    that a cut would make unrecognisable."""
    if isinstance(said, dict):
        said = list(said.values())
    if isinstance(said, list):
        said = "; ".join(one_line(part) for part in said if part not in (None, "", [], {}))
    return _BLANKS.sub(" ", str(said)).strip() if said is not None else ""


def shortened(said: str) -> str:
    """At most so long as a sentence on the wall may be."""
    return said if len(said) <= LONGEST_SAID else said[: LONGEST_SAID - 1].rstrip() + "…"


def failure(
    verdict: Verdict, api: str, wait_s: float | None, now_s: float, *, mend: Message | None = None
) -> SourceError:
    """The verdict as what a source raises. ``wait_s``: how long the API asks to be left alone, if it does;
    ``mend``: how a key that is refused is replaced."""
    until = None if wait_s is None else Instant(int((now_s + wait_s) * 1000))
    stop = verdict.meaning in (*REFUSED, "wrong-set-up")
    words = _own_words(verdict) if verdict.say else _usual_words(verdict, api, until)
    if mend is not None and verdict.meaning in REFUSED:
        words = Message("{why} ({mend})", (("why", words), ("mend", mend)))
    return SourceError(Stage.HTTP, words, retry_after_s=wait_s, stop=stop)


def _own_words(verdict: Verdict) -> Message:
    """The preset's sentence. What the API said stands in it as an argument, so its braces mean nothing."""
    return Message(verdict.say, (("message", verdict.said or _phrase(verdict.status)),))


def _usual_words(verdict: Verdict, api: str, until: Instant | None) -> Message:
    args = (("api", api), ("status", _phrase(verdict.status)), ("said", verdict.said))
    match verdict.meaning:
        case "rate-limited" if until is not None:
            return Message("{api}: rate-limited until {until}.", (("api", api), ("until", until)))
        case "rate-limited":
            return Message("{api} says that it was asked too often; it will be asked again later.", args)
        case "sign-in-failed" | "sign-in-again":
            if verdict.status == 403 and verdict.said:
                return Message("{api} does not let this key do that: {said}", args)
            if verdict.said:
                return Message("{api} refuses the key: {said}", args)
            return Message("{api} refuses the key ({status}): a new one is needed, or more rights.", args)
        case "wrong-set-up":
            if verdict.said:
                return Message("{api} does not accept the request ({status}): {said}", args)
            return Message("{api} does not accept the request ({status}); is the address right?", args)
    if verdict.said:
        return Message("{api} is in trouble ({status}): {said}", args)
    return Message("{api} is in trouble ({status}).", args)


def _phrase(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"
