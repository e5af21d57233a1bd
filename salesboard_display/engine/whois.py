"""Who is who, as ``check`` tells of it: people nobody knows, namesakes, and deals told of twice."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import SequenceMatcher
from itertools import islice

from salesboard_display.core.converting import day_of_fact
from salesboard_display.core.definitions import Board, Unit, UnitKind
from salesboard_display.core.duplicates import SameDeal, same_deals
from salesboard_display.core.figures import FactRow, Figures, Select, selected
from salesboard_display.core.findings import Finding
from salesboard_display.core.messages import message
from salesboard_display.core.money import minor_digits, to_major
from salesboard_display.core.people import Directory
from salesboard_display.core.periods import DAY_MS
from salesboard_display.engine.office import Office
from salesboard_display.settings.saving import as_toml
from salesboard_display.store import Store
from salesboard_display.store.directory import IdentityRow
from salesboard_display.store.slugs import normal, slug

SHOWN = 10
RECENT_DAYS = 31
MOST_FACTS = 20_000
_ALIKE = 0.7


# ---------------------------------------------------------------------------- people
def people_findings(office: Office, store: Store) -> Iterator[Finding]:
    """How many people there are; whom nobody knows, with what to write; and who has somebody else's name."""
    identities, directory = store.identities(), store.directory()
    unmatched = [one for one in identities if not one.person_id]
    if not unmatched:
        yield Finding("people", "", True, message("check-people", count=len(directory.people)))
    else:
        shown = unmatched[:SHOWN]
        names = _listed(", ", [f"{one.external_id} ({one.source})" for one in shown], len(unmatched))
        text = message("check-people-unmatched", count=len(unmatched), who=names)
        lines = "\n".join(_to_write(shown, office, directory))
        yield Finding("people", "", False, text, message("check-people-advice", lines=lines))
    yield from islice(_namesakes(identities, directory), SHOWN)


def _to_write(unmatched: list[IdentityRow], office: Office, directory: Directory) -> Iterator[str]:
    """The lines of TOML that say who they are: the person of the most similar name, else a new one."""
    names = {id_: _spelt(person.name) for id_, person in directory.people.items()}
    new: dict[str, str] = {}
    theirs: defaultdict[str, list[str]] = defaultdict(list)
    for one in unmatched:
        if "\n" in one.external_id:
            continue  # nothing the settings can hold
        id_ = _nearest(_spelt(one.external_id), names)
        if not id_:
            id_ = slug(one.external_id, {*directory.people, *office.settings.people, *new})
            new[id_] = one.external_id
            names[id_] = _spelt(one.external_id)
        theirs[id_].append(f"{one.source}:{one.external_id}")
    for id_, found in theirs.items():
        said = office.settings.people.get(id_)
        if said is None:
            yield f"[people.{id_}]"
        else:
            yield f"# {office.words.say(message('check-people-there', id=id_))}"
        if id_ in new:
            yield f"name = {as_toml(new[id_])}"
        yield f"identities = {as_toml([*(said.identities if said else ()), *found])}"


def _spelt(name: str) -> str:
    """A name as it is compared: words in order of the alphabet, of an e-mail address those before the @."""
    return " ".join(sorted(re.split(r"\W+|_", normal(name).partition("@")[0])))


def _nearest(spelt: str, names: Mapping[str, str]) -> str:
    ratios = ((SequenceMatcher(None, spelt, name).ratio(), id_) for id_, name in names.items())
    ratio, id_ = max(ratios, default=(0.0, ""))
    return id_ if ratio >= _ALIKE else ""


def _namesakes(identities: list[IdentityRow], directory: Directory) -> Iterator[Finding]:
    """People of one name whom no source has both of: perhaps one person."""
    places: defaultdict[str, list[IdentityRow]] = defaultdict(list)
    for one in identities:
        places[one.person_id].append(one)
    called: defaultdict[str, list[str]] = defaultdict(list)
    for id_, person in directory.people.items():
        if places[id_]:
            called[normal(person.name)].append(id_)
    for ids in called.values():
        sources = [one.source for id_ in ids for one in places[id_]]
        if len(ids) < 2 or len(set(sources)) == 1:
            continue
        first, *others = ids
        listed = ", ".join(f"{id_} ({places[id_][0].source}:{places[id_][0].external_id})" for id_ in ids)
        found = [f"{one.source}:{one.external_id}" for id_ in others for one in places[id_]]
        line = f"identities = {as_toml(found)}"
        text = message("check-people-namesakes", count=len(ids), who=listed, line=line, id=first)
        yield Finding("people", directory.people[first].name, True, text)


def _listed(between: str, shown: list[str], count: int) -> str:
    return between.join(shown) + ("…" if count > len(shown) else "")


# ---------------------------------------------------------------------------- deals in two sources
def deal_findings(
    office: Office, boards: Mapping[str, Board], directory: Directory, figures: Figures, now_ms: int
) -> Iterator[Finding]:
    """Deals of the last days that two sources tell of, and the boards that count them twice."""
    pairs: defaultdict[tuple[str, str], list[SameDeal]] = defaultdict(list)
    same, days = _same_deals(office, directory, figures, now_ms)
    for pair in same:
        pairs[pair.first.source, pair.other.source].append(pair)
    owners = directory.owner_of()
    for sources, found in sorted(pairs.items()):
        twice = [id_ for id_, board in boards.items() if any(_counts_both(board, pair) for pair in found)]
        shown = [_in_words(pair, office, directory, owners) for pair in found[: SHOWN // 2]]
        text = message(
            "check-deals-twice" if twice else "check-deals-once",
            count=len(found),
            days=days,
            deals=_listed("; ", shown, len(found)),
            boards=", ".join(twice),
        )
        one = as_toml([sources[0]])
        lines = "\n".join(f"[boards.{id_}]  sources = {one}" for id_ in twice[:SHOWN])
        advice = message("check-deals-advice", lines=lines) if twice else None
        yield Finding("deals", ", ".join(sources), not twice, text, advice)


def _same_deals(
    office: Office, directory: Directory, figures: Figures, now_ms: int
) -> tuple[list[SameDeal], int]:
    """The pairs, and how many days were looked through: a month, less where there is a great deal of money.

    Looked for only among kinds that several sources tell of.
    """
    telling = Counter(kind for source in office.settings.sources.values() for kind in source.kinds)
    kinds = tuple(sorted(kind for kind, count in telling.items() if count > 1))
    if not kinds:
        return [], RECENT_DAYS
    days, end_ms = RECENT_DAYS, now_ms + 1
    while True:
        partials = figures.partials(Select(kinds), end_ms - days * DAY_MS, end_ms)
        money = [partial for partial in partials if partial.currency]
        if days == 1 or sum(partial.n for partial in money) <= MOST_FACTS:
            break
        days //= 2
    currencies = tuple(sorted({partial.currency for partial in money}))
    if not currencies:
        return [], days
    rows = figures.facts(Select(kinds, currencies=currencies), end_ms - days * DAY_MS, end_ms)

    def day(row: FactRow) -> date:
        return day_of_fact(row, office.calendar, office.source_zone)

    return same_deals(rows, directory.owner_of(), day), days


def _counts_both(board: Board, pair: SameDeal) -> bool:
    """Whether a board counts both facts although nobody said that both sources count."""
    select = board.metric.select
    return not (board.sources or select.sources) and all(selected(select, row) for row in pair)


def _in_words(pair: SameDeal, office: Office, directory: Directory, owners: Mapping[int, str]) -> str:
    first, other = pair
    person = directory.people.get(owners.get(first.identity, ""))
    about = [person.name] if person is not None else []
    if first.currency:
        unit = Unit(UnitKind.MONEY, first.currency, decimals=minor_digits(first.currency))
        about.append(office.words.style.value(to_major(first.amount_minor or 0, first.currency), unit))
    about.append(day_of_fact(first, office.calendar, office.source_zone).isoformat())
    return f"{first.source}:{first.key} = {other.source}:{other.key} ({', '.join(about)})"
