"""How quick the store is at 10 000, 100 000 and 1 000 000 facts: boards, changes, imports, opening."""

from __future__ import annotations

import multiprocessing
import random
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from itertools import islice
from pathlib import Path

from salesboard_display.core.converting import Converting
from salesboard_display.core.facts import CreditLine, Fact
from salesboard_display.core.figures import Condition, Figures, Select
from salesboard_display.core.periods import Calendar
from salesboard_display.core.rates import Rate, Rates
from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.engine.cached import CachedFigures
from salesboard_display.store import Store
from tests.benchmarks.results import Result, median_ms, yardstick_ms

SIZES = (10_000, 100_000, 1_000_000)
PEOPLE, KINDS = 400, ("deal_won", "deal_lost", "call", "demo", "meeting")
DAY = 86_400_000
YEAR = 1_735_689_600_000  # 2025-01-01 UTC
LAST_MS = YEAR + 365 * DAY
MONTHS = [YEAR + day * DAY for day in (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)]
BATCH = 4_000


def facts(size: int, seed: int = 1) -> Iterator[Fact]:
    """``size`` facts over one year: 400 people, 5 kinds equally frequent, 36 attribute sets."""
    chance = random.Random(seed)
    for number in range(size):
        yield one_fact(chance, number, YEAR, LAST_MS)


def one_fact(chance: random.Random, number: int, start_ms: int, end_ms: int) -> Fact:
    """Fact number so and so, somewhere in [start_ms, end_ms)."""
    person = chance.randrange(PEOPLE)
    kind = KINDS[chance.randrange(len(KINDS))]
    attributes = (
        ("product", f"product {chance.randrange(12)}"),
        ("type", ("new", "upsell", "renewal")[chance.randrange(3)]),
    )
    at = chance.randrange(start_ms, end_ms)
    line = CreditLine(f"rep-{person:03d}", chance.randrange(100, 5_000_000), 1000)
    return Fact(f"deal-{number:07d}", kind, at, False, "EUR", (line,), attributes)


def batches(given: Iterator[Fact]) -> Iterator[Batch]:
    """The facts in batches as sources send them."""
    while some := tuple(islice(given, BATCH)):
        yield Batch(some)


def revised(given: Iterator[Fact], share: float = 0.08, seed: int = 2) -> Iterator[Fact]:
    """Some of the facts with another amount."""
    chance = random.Random(seed)
    for fact in given:
        if chance.random() < share:
            line = fact.lines[0]
            yield fact._replace(lines=(line._replace(amount_minor=(line.amount_minor or 0) + 1),))


def sync(store: Store, source: str, given: Iterator[Fact], now_ms: int, *, full: bool = False) -> None:
    """Stage and apply."""
    staging = store.begin_sync(source)
    for batch in batches(given):
        staging.add(batch)
    staging.finish(SyncEnd(now_ms, full))
    store.apply(staging, now_ms=now_ms)


# --------------------------------------------------------------------- the import, in a process of its own
def _import(path: str, size: int, again: bool, answer: object) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF)
    with Store.open(path) as store:
        start = time.perf_counter()
        staging = store.begin_sync("csv")
        generating = 0.0
        given = batches(facts(size))
        while True:
            mark = time.perf_counter()
            batch = next(given, None)
            generating += time.perf_counter() - mark  # making the facts is not the store's work
            if batch is None:
                break
            staging.add(batch)
        staging.finish(SyncEnd(LAST_MS, full=True))
        staged = time.perf_counter() - start - generating
        applied = store.apply(staging, now_ms=LAST_MS)
        took = time.perf_counter() - start - generating
        store.checkpoint()
    if not again:
        assert applied.added == size
    else:
        assert applied.unchanged == size
    after = resource.getrusage(resource.RUSAGE_SELF)
    written = (after.ru_oublock - before.ru_oublock) * 512 / 1e6
    answer.send((took, staged, after.ru_maxrss / 1024, written))  # type: ignore[attr-defined]


def import_in_child(path: Path, size: int, *, again: bool = False) -> tuple[float, float, float, float]:
    """(seconds, of that staging, peak MB, MB written) of importing ``size`` facts."""
    spawn = multiprocessing.get_context("spawn")
    answers, answer = spawn.Pipe(duplex=False)
    child = spawn.Process(target=_import, args=(str(path), size, again, answer))
    child.start()
    answer.close()
    figures: tuple[float, float, float, float] = answers.recv()
    child.join()
    return figures


# --------------------------------------------------------------------- boards
def boards(store: Store, known_at_ms: int | None = None) -> dict[str, Callable[[], object]]:
    """The partial figures of typical boards."""
    figures = store.figures(known_at_ms)
    won = Select(("deal_won",))
    new = Select(("deal_won",), (Condition("type", frozenset({"new"})),))
    return {
        "day board": partial(figures.partials, won, MONTHS[10], MONTHS[10] + DAY),
        "month board": partial(figures.partials, won, MONTHS[10], MONTHS[11]),
        "month board, type = new": partial(figures.partials, new, MONTHS[10], MONTHS[11]),
        "quarter board": partial(figures.partials, won, MONTHS[9], MONTHS[12]),
        "year board": partial(figures.partials, won, YEAR, LAST_MS),
        "year board, type = new": partial(figures.partials, new, YEAR, LAST_MS),
    }


LIMITS = {"month board": 15.0, "year board": 120.0, "known-at year board": 120.0}


def measure_boards(store: Store, size: int, known_at_ms: int) -> Iterator[Result]:
    """Each board's partial figures, now and as known at an instant before the revisions."""
    known = {f"known-at {name}": action for name, action in boards(store, known_at_ms).items()}
    for name, action in (boards(store) | known).items():
        limit = LIMITS.get(name) if size == SIZES[-1] else None
        taken, speed = median_ms(action)
        yield Result(name, f"{size:,}", taken, "ms", limit, speed)


# --------------------------------------------------------------------- changes
def measure_changes(store: Store, size: int) -> Iterator[Result]:
    """1,000 changed facts and six boards; then single facts."""
    figures = CachedFigures(store.figures(), lambda start, end: [m for m in MONTHS if start < m < end])
    current = [one_fact(random.Random(i), size + i, MONTHS[11], LAST_MS) for i in range(1_000)]
    store.apply_batch("csv", Batch(tuple(current)), SyncEnd(LAST_MS, False), now_ms=LAST_MS)
    chance = random.Random(7)
    spread = [one_fact(chance, number, YEAR, LAST_MS) for number in chance.sample(range(size), 1_000)]
    for name, given, limit in (
        ("1,000 changed in the current month + six boards", current, 200.0),
        ("1,000 changed over the year + six boards", spread, 450.0),
    ):
        amounts = iter(range(1, 99))

        def change(given: list[Fact] = given, amounts: Iterator[int] = amounts) -> None:
            amount = next(amounts)
            facts = tuple(f._replace(lines=(f.lines[0]._replace(amount_minor=amount),)) for f in given)
            applied = store.apply_batch("csv", Batch(facts), SyncEnd(LAST_MS, False), now_ms=LAST_MS)
            figures.forget(applied.touched)
            _six_boards(figures)

        taken, speed = median_ms(change)
        store.checkpoint()
        yield Result(name, f"{size:,}", taken, "ms", limit, speed)
    yield from _single_facts(store, size)


def measure_money(store: Store, size: int) -> Iterator[Result]:
    """One deal changed in a month of which every deal is in dollars, at another rate each day, and the year's
    board in euros."""
    won = Select(("deal_won",), currency="EUR")
    all_of_them = (f for f in facts(size) if f.kind == "deal_won" and MONTHS[11] <= f.occurred_at < LAST_MS)
    abroad = [fact._replace(currency="USD") for fact in all_of_them]
    store.apply_batch("csv", Batch(tuple(abroad)), SyncEnd(LAST_MS, False), now_ms=LAST_MS + 2 * DAY)
    days = [date(2025, 11, 30) + timedelta(number) for number in range(33)]
    rates = Rates([Rate(day, "USD", "EUR", Fraction(9000 + day.day, 10_000)) for day in days], "EUR")
    converting = Converting(store.figures(), rates, Calendar("Europe/Berlin"), lambda source: "Europe/Berlin")
    figures = CachedFigures(
        converting, lambda start, end: [m for m in MONTHS if start < m < end], converts=True
    )
    amounts = iter(range(1, 99))

    def change() -> None:
        line = abroad[0].lines[0]._replace(amount_minor=next(amounts))
        batch = Batch((abroad[0]._replace(lines=(line,)),))
        applied = store.apply_batch("csv", batch, SyncEnd(LAST_MS, False), now_ms=LAST_MS + 3 * DAY)
        figures.forget(applied.touched)
        figures.partials(won, YEAR, LAST_MS)

    taken, speed = median_ms(change)
    limit = 100.0 if size == 100_000 else None
    yield Result("one changed abroad, daily rates + year board", f"{size:,}", taken, "ms", limit, speed)


def _six_boards(figures: Figures) -> None:
    won, lost = Select(("deal_won",)), Select(("deal_lost",))
    calls, new = Select(("call",)), Select(("deal_won",), (Condition("type", frozenset({"new"})),))
    for select, start in (
        (won, YEAR),
        (won, MONTHS[9]),
        (won, MONTHS[11]),
        (calls, MONTHS[11]),
        (new, MONTHS[11]),
        (won, MONTHS[9]),
        (lost, MONTHS[9]),
    ):
        figures.partials(select, start, LAST_MS)


def _single_facts(store: Store, size: int) -> Iterator[Result]:
    chance, halves, ends, speeds = random.Random(9), [], [], []
    for turn in range(3):
        speeds.append(yardstick_ms())
        taken = []
        for number in range(200):
            fact = one_fact(chance, 2 * size + 200 * turn + number, MONTHS[11], LAST_MS)
            begin = time.perf_counter()
            store.apply_batch("csv", Batch((fact,)), SyncEnd(LAST_MS, False), now_ms=LAST_MS)
            taken.append((time.perf_counter() - begin) * 1000)
        taken.sort()
        halves.append(taken[100])
        ends.append(taken[197])
    speed = statistics.median(speeds)
    yield Result("one fact, p50", f"{size:,}", statistics.median(halves), "ms", None, speed)
    yield Result("one fact, p99", f"{size:,}", statistics.median(ends), "ms", 5.0, speed)


# --------------------------------------------------------------------- all of it
def run(sizes: Sequence[int] = SIZES) -> list[Result]:
    """Measure every figure at every size; a million facts take some minutes."""
    found: list[Result] = []
    folder = Path(tempfile.mkdtemp(prefix="bench-store-"))
    try:
        for size in sizes:
            found += _run_one(folder / f"{size}.db", size)
    finally:
        shutil.rmtree(folder)
    return found


def _imports(path: Path, size: int, *, fresh: bool) -> list[float]:
    """Medians over three imports: yardstick, seconds, of that staging, MB of memory, MB written."""
    turns = []
    for _ in range(3):
        if fresh:
            path.unlink(missing_ok=True)
        before = yardstick_ms()
        figures = import_in_child(path, size, again=not fresh)
        turns.append(((before + yardstick_ms()) / 2, *figures))
    return [statistics.median(column) for column in zip(*turns, strict=True)]


def _run_one(path: Path, size: int) -> Iterator[Result]:
    text, largest = f"{size:,}", size == SIZES[-1]
    speed, took, staging, memory, written = _imports(path, size, fresh=True)
    yield Result("import, staged and applied", text, took, "s", 45.0 if largest else None, speed)
    yield Result("import, of that staging", text, staging, "s", None, speed)
    yield Result("import, peak memory", text, memory, "MB", 120.0, speed)
    yield Result("import, written", text, written, "MB", None, speed)
    speed, took, _, memory, written = _imports(path, size, fresh=False)
    yield Result("unchanged re-read", text, took, "s", None, speed)
    yield Result("unchanged re-read, peak memory", text, memory, "MB", 120.0, speed)
    yield Result("unchanged re-read, written", text, written, "MB", None, speed)
    yield Result("bytes a fact", text, path.stat().st_size / size, "B", None, speed)
    with Store.open(path) as store:
        sync(store, "csv", revised(facts(size)), LAST_MS + DAY)
        yield from measure_boards(store, size, LAST_MS + 1)
        yield from measure_changes(store, size)
        yield from measure_money(store, size)
    taken, speed = median_ms(lambda: Store.open(path).close())
    yield Result("open", text, taken, "ms", 150.0 if size == 100_000 else None, speed)


if __name__ == "__main__":
    import sys

    for result in run([int(size) for size in sys.argv[1:]] or SIZES):
        mark = "" if result.holds else "  <-- over the limit"
        limit = "" if result.limit is None else f" (limit {result.limit:g})"
        print(
            f"{result.size:>10}  {result.name:52} {result.value:9.1f} {result.unit:3}{limit}"
            f"  [{result.yardstick_ms:.0f}]{mark}"
        )
