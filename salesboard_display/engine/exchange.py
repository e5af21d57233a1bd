"""Exchange rates at work: notices that their file is edited, and tells what was converted and what could
not be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from salesboard_display.core.definitions import Metric, UnitKind
from salesboard_display.core.figures import FactRow, Figures, Select
from salesboard_display.core.findings import Finding
from salesboard_display.core.messages import Instant, Message, message
from salesboard_display.core.metrics import selects_of, takes_money
from salesboard_display.core.money import minor_digits, to_major
from salesboard_display.core.periods import DAY_MS
from salesboard_display.core.rates import Conversion
from salesboard_display.engine.numbers import rounded
from salesboard_display.engine.words import Words
from salesboard_display.sources.rates import RatesFile

LOOK_EVERY_S = 5.0
RECENT_DAYS = 31
_RATE_DIGITS = 10


async def file_edits(path_of: Callable[[], Path | None]) -> AsyncGenerator[None, None]:
    """Something whenever the file is another than before, once it has been left alone for a while."""
    known = seen = await asyncio.to_thread(_stamp, path_of())
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        before, seen = seen, await asyncio.to_thread(_stamp, path_of())
        if seen != known and seen == before:
            known = seen
            yield


def _stamp(path: Path | None) -> tuple[Path | None, int, int]:
    try:
        found = path.stat() if path is not None else None
    except OSError:
        found = None
    return path, found.st_mtime_ns if found else 0, found.st_size if found else 0


# ---------------------------------------------------------------------------- in explain
def converted_plain(row: FactRow, words: Words) -> dict[str, Any] | None:
    """How a fact's amount was converted, as it stands in JSON; None where it was not."""
    found = row.converted
    if found is None:
        return None
    amount = to_major(row.amount_minor or 0, row.currency)
    return {
        "amount": str(rounded(amount, minor_digits(row.currency))),
        "currency": row.currency,
        "to": found.currency,
        "rate": _rate_text(found.rate),
        "day": found.day.isoformat(),
        "rate_day": min(rate.day for rate in found.rates).isoformat(),
        "note": words.say(_reused(found)) or None,
    }


def converted_text(plain: dict[str, Any] | None) -> str:
    """A conversion to read, behind what a fact counted as."""
    if plain is None:
        return ""
    note = f"; {plain['note']}" if plain["note"] else ""
    return f"  ({plain['amount']} {plain['currency']} × {plain['rate']}{note})"


def _rate_text(rate: Fraction) -> str:
    exact = next((n for n in range(_RATE_DIGITS) if (rate * 10**n).denominator == 1), _RATE_DIGITS)
    return str(rounded(rate, exact))


def _reused(found: Conversion) -> Message | None:
    """That an earlier rate filled a gap; the oldest one where there were two."""
    if not found.reused:
        return None
    return message("rate-reused", day=found.day, used=min(rate.day for rate in found.reused))


# ---------------------------------------------------------------------------- in check
def file_findings(file: RatesFile) -> Iterator[Finding]:
    """What is wrong with the file of rates."""
    name = file.path.name if file.path else ""
    if file.failed is not None:
        yield Finding("rates", name, False, file.failed, message("check-rates-typed-only"))
    elif file.path is not None:
        yield Finding("rates", name, True, message("check-rates", count=len(file.entries)))
    for one in file.problems:
        yield Finding("rates", name, True, message("check-note", note=one))


def rate_findings(metrics: list[tuple[Metric, int]], figures: Figures, now_ms: int) -> Iterator[Finding]:
    """Which money has no rate, and which was converted at an earlier day's. ``metrics`` come with the first
    instant that counts for them."""
    asked: dict[Select, int] = {}
    for metric, start_ms in metrics:
        if takes_money(metric) and metric.unit.kind is UnitKind.MONEY:
            (select,) = selects_of(metric)
            asked[select] = min(start_ms, asked.get(select, start_ms))
    told: set[Finding] = set()
    for select, start_ms in asked.items():
        told.update(_missing(select, figures, start_ms, now_ms))
        told.update(_gaps(select, figures, now_ms))
    yield from sorted(told, key=lambda finding: (finding.ok, finding.name, repr(finding.text)))


def _missing(select: Select, figures: Figures, start_ms: int, now_ms: int) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for partial in figures.partials(select, start_ms, now_ms + 1):
        if partial.currency not in ("", select.currency):
            at_ms = first.get(partial.currency, partial.first_at)
            first[partial.currency] = min(at_ms, partial.first_at)
    for currency, at_ms in first.items():
        day = Instant(at_ms)
        text = message("check-rates-missing", currency=currency, to=select.currency, day=day)
        yield Finding("rates", currency, False, text, message("check-rates-missing-advice", day=day))


def _gaps(select: Select, figures: Figures, now_ms: int) -> Iterator[Finding]:
    """Of the last days only, so that there is little to look through; an older gap stands in explain."""
    start_ms, end_ms = now_ms - RECENT_DAYS * DAY_MS, now_ms + 1
    plain = figures.partials(replace(select, currency=""), start_ms, end_ms)
    foreign = tuple(sorted({partial.currency for partial in plain} - {"", select.currency}))
    gaps: dict[str, list[Conversion]] = {}
    for row in figures.facts(replace(select, currencies=foreign), start_ms, end_ms) if foreign else ():
        if row.converted is not None and row.converted.reused:
            gaps.setdefault(row.currency, []).append(row.converted)
    for currency, found in gaps.items():
        days: set[date] = {one.day for one in found}
        note = _reused(max(found, key=lambda one: one.day))
        assert note is not None, "only what was reused is among these"
        more = len(days) - 1
        text = (
            message("check-rates-note-more", note=note, count=more)
            if more
            else message("check-note", note=note)
        )
        yield Finding("rates", currency, True, text)
