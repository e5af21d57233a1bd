"""What ``check`` looks at: settings, store, each source, and whether every board can be worked out, in
words."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from salesboard_display.core.definitions import Board, Target
from salesboard_display.core.findings import Finding
from salesboard_display.core.periods import resolve
from salesboard_display.core.standings import work_out
from salesboard_display.core.targets import attainment
from salesboard_display.engine.answers import AnswerDesk, open_desk
from salesboard_display.engine.clock import real_ms
from salesboard_display.engine.desk import Desk
from salesboard_display.engine.exchange import file_findings, rate_findings
from salesboard_display.engine.office import WorldFailed, find_settings

LOW_DISK_BYTES = 500 * 2**20
SHOWN_REJECTIONS = 5


def check_up(config: Path | None, *, poll: bool = False) -> list[Finding]:
    """Everything there is to say about an office. Settings that cannot be used at all are the only finding
    then."""
    try:
        keeper, is_demo = find_settings(config)
    except WorldFailed as error:
        return [
            Finding("settings", str(config or ""), False, line, "Correct that line.")
            for line in str(error).splitlines()
        ]
    findings = [
        Finding(
            "settings",
            str(problem.file),
            False,
            str(problem),
            "Correct it; until then the last good settings are used.",
        )
        for problem in keeper.problems
    ]
    findings += [
        Finding("settings", str(problem.file), True, f"Note: {problem}") for problem in keeper.warnings
    ]
    if not keeper.problems:
        said = (
            "the demo office (no settings file yet)"
            if is_demo and config is None
            else "read without a mistake"
        )
        findings.append(Finding("settings", str(keeper.path), True, said))
    try:
        with open_desk(config, poll=poll) as desk:
            findings += [*_store(desk), *_sources(desk), *_people(desk), *_rates(desk), *_boards(desk)]
    except (WorldFailed, OSError) as error:
        findings.append(
            Finding("store", "", False, str(error), "See that the folder can be written and has room.")
        )
    return findings


def findings_text(findings: list[Finding]) -> str:
    """The findings to read: a line each, what to do below those that are not in order."""
    lines: list[str] = []
    for finding in findings:
        name = f"{finding.area} {finding.name}".strip()
        lines.append(f"{'ok     ' if finding.ok else 'PROBLEM'}  {name}: {finding.text}")
        if finding.advice and not finding.ok:
            lines.append(f"         → {finding.advice}")
    bad = sum(not finding.ok for finding in findings)
    lines.append("Everything is in order." if not bad else f"{bad} to look at.")
    return "\n".join(lines)


def _store(desk: AnswerDesk) -> Iterator[Finding]:
    path = desk.office.store_path
    size_mb = path.stat().st_size / 2**20 if path.exists() else 0.0
    yield Finding("store", str(path), True, f"{size_mb:.1f} MB, integrity checked when it was opened")
    free = shutil.disk_usage(path.parent).free
    enough = free >= LOW_DISK_BYTES
    advice = "Make room: facts cannot be kept on a full disk."
    yield Finding("store", "disk", enough, f"{free / 2**30:.1f} GB free", "" if enough else advice)


def _sources(desk: AnswerDesk) -> Iterator[Finding]:
    """How each source stands: whether it answered, how old its data is, what it rejected and why."""
    style = desk.office.words.style
    now_ms = real_ms()
    states = {state.name: state for state in desk.store.source_states()}
    if not desk.office.settings.sources:
        yield Finding("source", "", False, "no source is set up", "Add a [sources.…] table to the settings.")
    for name in desk.office.settings.sources:
        state = states.get(name)
        failed = desk.failed.get(name, "")
        if failed or state is None or state.complete_at_ms is None:
            why = failed or (state.last_error if state else "") or "never read yet"
            yield Finding("source", name, False, why, "Mend what it says, then check again.")
            continue
        fresh = desk.office.ages(states).source(name, now_ms)
        when = style.moment(state.complete_at_ms, now_ms)
        text = f"{fresh.state}, complete as of {when}"
        yield Finding("source", name, fresh.state != "stale", text, "See why the data is no longer renewed.")
        if state.rejected:
            shown = desk.store.rejections(name, SHOWN_REJECTIONS)
            reasons = [" ".join(filter(None, (f"{r.record}:", r.field, r.reason))) for r in shown]
            more = f" (and {state.rejected - len(reasons)} more)" if state.rejected > len(reasons) else ""
            yield Finding(
                "source", name, True, f"{state.rejected} records rejected: {'; '.join(reasons)}{more}"
            )


def _people(desk: AnswerDesk) -> Iterator[Finding]:
    unmatched = sorted(
        f"{one.external_id} ({one.source})" for one in desk.store.identities() if not one.person_id
    )
    count = len(desk.store.directory().people)
    if not unmatched:
        yield Finding("people", "", True, f"{count} people, everybody matched")
        return
    shown = ", ".join(unmatched[:10]) + ("…" if len(unmatched) > 10 else "")
    advice = "Add them to the roster, or name them as identities of a person in [people]."
    yield Finding(
        "people", "", False, f"{len(unmatched)} not matched, counted as unassigned: {shown}", advice
    )


def _rates(desk: AnswerDesk) -> Iterator[Finding]:
    """What is wrong with the exchange rates, and which money has none."""
    at_ms = real_ms()
    worker = Desk(desk.office, desk.store, writes=False)
    worker.define(at_ms)
    definitions, calendar = worker.definitions, worker.scorer.calendar
    asked: list[Board | Target] = [*definitions.boards.values(), *definitions.targets.values()]
    metrics = [(one.metric, resolve(one.period, calendar, at_ms).start_ms) for one in asked]
    yield from file_findings(desk.office.rates_file, desk.office.words)
    yield from rate_findings(metrics, worker.figures(at_ms), desk.office.words, at_ms)


def _boards(desk: AnswerDesk) -> Iterator[Finding]:
    at_ms = real_ms()
    worker = Desk(desk.office, desk.store, writes=False)
    worker.define(at_ms)
    figures, calendar = worker.figures(at_ms), worker.scorer.calendar
    for board in worker.definitions.boards.values():
        try:
            standings = work_out(board, worker.directory, calendar, figures, at_ms)
        except ValueError as error:
            yield Finding("board", board.id, False, str(error), "Correct the board in the settings.")
            continue
        text = f"{len(standings.ranked)} ranked of {len(standings.places)}"
        yield Finding("board", board.id, True, text if standings.has_facts else "no facts in its period")
    for target in worker.definitions.targets.values():
        try:
            attainment(target, worker.directory, calendar, figures, at_ms)
        except ValueError as error:
            yield Finding("target", target.id, False, str(error), "Correct `who` in the settings.")
