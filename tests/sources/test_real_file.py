"""The real sales data, read as a file source reads it, against a count straight from the CSV."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from salesboard_display.settings.loading import load
from salesboard_display.sources import build_source
from salesboard_display.sources.contract import in_english
from tests.sources.helpers import context, gather

pytestmark = pytest.mark.real


async def test_every_opportunity_is_a_fact_or_rejected_for_its_missing_date(
    real_data: Path, repository: Path
) -> None:
    settings = load(repository / "tests" / "real" / "crm-sales-opportunities.toml").settings
    source = build_source(settings, "pipeline", repository, "America/New_York")
    read = await gather(source.fetch("", context()))
    with (real_data / "sales_pipeline.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    won = [row for row in rows if row["deal_stage"] == "Won"]
    totals: Counter[str] = Counter()
    for fact in read.facts:
        if fact.kind == "deal_won":
            totals[fact.lines[0].identity] += (fact.lines[0].amount_minor or 0) // 100
    assert totals == Counter(
        {a: sum(int(r["close_value"]) for r in won if r["sales_agent"] == a) for a in totals}
    )
    assert Counter(fact.kind for fact in read.facts) == {
        "deal_won": 4238,
        "deal_lost": 2473,
        "deal_opened": 8300,
    }
    assert Counter((r.field, in_english(r.reason)) for r in read.rejections) == {
        ("engage_date", "the date is missing"): 500
    }
    assert all("GTXPro" not in dict(fact.attributes).values() for fact in read.facts)


async def test_the_five_agents_without_a_deal_are_people_too(real_data: Path, repository: Path) -> None:
    settings = load(repository / "tests" / "real" / "crm-sales-opportunities.toml").settings
    read = await gather(build_source(settings, "teams", repository, "America/New_York").fetch("", context()))
    assert (len(read.people), len({p.team for p in read.people}), len({p.region for p in read.people})) == (
        35,
        6,
        3,
    )
