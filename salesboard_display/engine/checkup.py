"""What ``check`` looks at: settings, store, each source, and whether every board can be worked out, in
words."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from salesboard_display.core.definitions import Board, Target, Unit
from salesboard_display.core.findings import Finding
from salesboard_display.core.messages import Figure, Message, message, unworkable
from salesboard_display.core.metrics import MIXED_CURRENCIES
from salesboard_display.core.periods import resolve
from salesboard_display.core.standings import work_out
from salesboard_display.core.targets import attainment
from salesboard_display.engine.answers import AnswerDesk, open_desk
from salesboard_display.engine.clock import real_ms
from salesboard_display.engine.desk import Desk
from salesboard_display.engine.exchange import file_findings, rate_findings
from salesboard_display.engine.listening import hook_url, web_findings
from salesboard_display.engine.network_check import network_findings
from salesboard_display.engine.office import (
    Office,
    SettingsUnusable,
    WorldFailed,
    find_settings,
)
from salesboard_display.engine.secret_check import secret_findings
from salesboard_display.engine.whois import deal_findings, people_findings
from salesboard_display.engine.words import Words
from salesboard_display.settings.keeping import SettingsKeeper
from salesboard_display.settings.webhook import WebhookSource
from salesboard_display.store import SourceState

LOW_DISK_BYTES = 500 * 2**20
SHOWN_REJECTIONS = 5


def check_up(config: Path | None, *, poll: bool = False) -> tuple[list[Finding], Words]:
    """Everything there is to say about an office, and the words to say it in. Settings that cannot be used
    at all are the only finding then."""
    try:
        keeper, is_demo = find_settings(config)
    except SettingsUnusable as error:
        advice = message("check-settings-advice")
        return [
            Finding("settings", str(problem.file), False, problem.message, advice)
            for problem in error.problems
        ], error.words
    words = Office(keeper.path, keeper.current.settings).words
    findings = list(_settings(keeper, is_default=is_demo and config is None))
    try:
        with open_desk(config, poll=poll, quiet=True) as desk:
            findings += [*_store(desk), *secret_findings(desk.office.settings), *_sources(desk)]
            findings += network_findings(desk.office.settings, os.environ)
            findings += [*web_findings(desk.office), *_people(desk), *_rates(desk), *_boards(desk)]
    except (WorldFailed, OSError) as error:
        findings.append(
            Finding("store", "", False, Message(str(error)), message("check-store-unusable-advice"))
        )
    return findings, words


def findings_text(findings: Iterable[Finding], words: Words) -> str:
    """The findings to read: a line each, what to do below those that are not in order."""
    states = {ok: words.say(message("check-ok" if ok else "check-problem")) for ok in (True, False)}
    width = max(map(len, states.values()))
    lines: list[str] = []
    bad = 0
    for finding in findings:
        name = f"{words.say(message(f'check-area-{finding.area}'))} {finding.name}".strip()
        lines.append(f"{states[finding.ok]:<{width}}  {name}: {words.say(finding.text)}")
        bad += not finding.ok
        if finding.advice is not None and not finding.ok:
            first, *more = words.say(finding.advice).splitlines()
            lines += [f"{'':<{width}}  → {first}", *(f"{'':<{width}}    {line}" for line in more)]
    lines.append(words.say(message("check-in-order") if not bad else message("check-to-look-at", count=bad)))
    return "\n".join(lines)


def findings_plain(findings: Iterable[Finding], words: Words) -> list[dict[str, Any]]:
    """The findings as JSON-able dicts; text and advice in words."""
    return [
        {
            "area": finding.area,
            "name": finding.name,
            "ok": finding.ok,
            "text": words.say(finding.text),
            "advice": words.say(finding.advice),
        }
        for finding in findings
    ]


def _settings(keeper: SettingsKeeper, *, is_default: bool) -> Iterator[Finding]:
    advice = message("check-settings-last-good")
    for problem in keeper.problems:
        yield Finding("settings", str(problem.file), False, problem.message, advice)
    for warning in keeper.warnings:
        note = message("check-note", note=warning.message)
        yield Finding("settings", str(warning.file), True, note)
    if not keeper.problems:
        said = message("check-settings-demo" if is_default else "check-settings-good")
        yield Finding("settings", str(keeper.path), True, said)


def _store(desk: AnswerDesk) -> Iterator[Finding]:
    path = desk.office.store_path
    size_mb = path.stat().st_size / 2**20 if path.exists() else 0.0
    yield Finding("store", str(path), True, message("check-store-size", size=_short(size_mb)))
    free = shutil.disk_usage(path.parent).free
    enough = free >= LOW_DISK_BYTES
    advice = None if enough else message("check-disk-advice")
    yield Finding(
        "store",
        desk.office.words.say(message("check-disk")),
        enough,
        message("check-disk-free", size=_short(free / 2**30)),
        advice,
    )


def _short(size: float) -> Figure:
    return Figure(Fraction(round(size * 10), 10), Unit(decimals=1))


def _sources(desk: AnswerDesk) -> Iterator[Finding]:
    """How each source stands: whether it answered, how old its data is, what it rejected and why, and what is
    taken for granted about it."""
    states = {state.name: state for state in desk.store.source_states()}
    if not desk.office.settings.sources:
        yield Finding("source", "", False, message("check-no-source"), message("check-no-source-advice"))
    for source in desk.office.sources():
        state = states.get(source.name)
        said = desk.failed.get(source.name, "") or (state.last_error if state else "")
        if said or state is None or state.complete_at_ms is None:
            yield _never_complete(desk.office, source.name, said)
        else:
            yield _complete(desk.office, states, state.complete_at_ms, source.name)
            for one in desk.store.refused(source.name):
                text = message("records-refused", **one._asdict())
                yield Finding("source", source.name, False, text, message("records-refused-advice"))
            if state.rejected:
                yield _rejected(desk, source.name, state.rejected)
        for note in source.notes():
            yield Finding("source", source.name, True, message("check-note", note=note))


def _complete(office: Office, states: dict[str, SourceState], at_ms: int, name: str) -> Finding:
    now_ms = real_ms()
    fresh = office.ages(states).source(name, now_ms)
    text = message(
        "check-source-complete",
        state=message(f"freshness-{fresh.state}"),
        when=office.words.style.moment(at_ms, now_ms),
    )
    return Finding("source", name, fresh.state != "stale", text, message("check-source-stale-advice"))


def _rejected(desk: AnswerDesk, name: str, count: int) -> Finding:
    shown = desk.store.rejections(name, SHOWN_REJECTIONS)
    say = desk.office.words.say
    reasons = "; ".join(": ".join(filter(None, (r.record, r.field, say(r.reason)))) for r in shown)
    text = message("check-rejected", count=count, reasons=reasons)
    if count > len(shown):
        text = message("check-rejected-more", count=count, reasons=reasons, more=count - len(shown))
    return Finding("source", name, True, text)


def _never_complete(office: Office, name: str, said: str) -> Finding:
    if said:
        return Finding("source", name, False, Message(said), message("check-source-advice"))
    if isinstance(office.settings.sources[name], WebhookSource):
        advice = message("check-source-never-sent-advice", url=hook_url(office, name))
        return Finding("source", name, False, message("check-source-never-sent"), advice)
    return Finding("source", name, False, message("check-source-never"), message("check-source-advice"))


def _people(desk: AnswerDesk) -> Iterator[Finding]:
    """Who is who, and which deals two sources tell of."""
    yield from people_findings(desk.office, desk.store)
    at_ms = real_ms()
    worker = Desk(desk.office, desk.store, writes=False)
    worker.define(at_ms)
    boards, figures = worker.definitions.boards, worker.figures(at_ms)
    yield from deal_findings(desk.office, boards, worker.directory, figures, at_ms)


def _rates(desk: AnswerDesk) -> Iterator[Finding]:
    """What is wrong with the exchange rates, and which money has none."""
    at_ms = real_ms()
    worker = Desk(desk.office, desk.store, writes=False)
    worker.define(at_ms)
    definitions, calendar = worker.definitions, worker.scorer.calendar
    asked: list[Board | Target] = [*definitions.boards.values(), *definitions.targets.values()]
    metrics = [(one.metric, resolve(one.period, calendar, at_ms).start_ms) for one in asked]
    yield from file_findings(desk.office.rates_file)
    yield from rate_findings(metrics, worker.figures(at_ms), at_ms)


def _boards(desk: AnswerDesk) -> Iterator[Finding]:
    at_ms = real_ms()
    worker = Desk(desk.office, desk.store, writes=False)
    worker.define(at_ms)
    figures, calendar = worker.figures(at_ms), worker.scorer.calendar
    for board in worker.definitions.boards.values():
        try:
            standings = work_out(board, worker.directory, calendar, figures, at_ms)
        except ValueError as error:
            yield Finding("board", board.id, False, unworkable(error), message("check-board-advice"))
            continue
        reasons = (place.reason for place in standings.places if place.reason is not None)
        mixed = next((reason for reason in reasons if reason.id == MIXED_CURRENCIES), None)
        if mixed is not None:
            yield Finding("board", board.id, False, mixed, message("check-mixed-advice"))
            continue
        ranked = message("check-board", ranked=len(standings.ranked), count=len(standings.places))
        yield Finding(
            "board", board.id, True, ranked if standings.has_facts else message("check-board-empty")
        )
    for target in worker.definitions.targets.values():
        try:
            attainment(target, worker.directory, calendar, figures, at_ms)
        except ValueError:
            text = message("check-target-nobody", who=target.who)
            yield Finding("target", target.id, False, text, message("check-target-advice"))
