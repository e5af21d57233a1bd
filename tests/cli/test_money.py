"""Several currencies, as the command line tells of them: converted, explained, and checked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cli.conftest import AT, Typed
from tests.cli.test_answers import problems
from tests.cli.test_check import line
from tests.engine.offices import OfficeFolder


@pytest.fixture
def abroad(office: OfficeFolder) -> OfficeFolder:
    """Anna's deal was in dollars, Ben's in euros."""
    office.edit('currency = { constant = "EUR" }', 'currency = "money"')
    sell(office, "2026-03-10 10:00:00")
    return office


def sell(office: OfficeFolder, at: str) -> None:
    rows = f"id,who,amount,at,money\nd1,Anna Arc,300,{at},USD\nd2,Ben Bow,200,{at},EUR\n"
    office.deals_file.write_text(rows, "utf-8")


def rates(office: OfficeFolder, *entries: tuple[str, float]) -> None:
    said = ", ".join(f'{{ from = "USD", day = {day}, rate = {rate} }}' for day, rate in entries)
    office.edit("[store]", f"[rates]\nentries = [{said}]\n\n[store]")


def rows(typed: Typed) -> list[tuple[Any, ...]]:
    said = typed("standings", "revenue", "--at", AT, "--json")
    return [
        (one["rank"], one["name"], one["value"], one["display"]) for one in json.loads(said.stdout)["places"]
    ]


def explained(typed: Typed, who: str = "anna-arc") -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(typed("explain", "revenue", who, "--at", AT, "--json").stdout)
    assert problems("explain", answer) == []
    return answer


def test_without_a_rate_the_value_is_unknown_and_the_reason_says_which_is_missing(
    typed: Typed, abroad: OfficeFolder
) -> None:
    assert rows(typed) == [(1, "Ben Bow", "200.00", "€200"), (None, "Anna Arc", None, "–")]
    answer = explained(typed)
    assert answer["reason"] == "no exchange rate from USD to EUR on 10 Mar 2026"
    assert answer["excluded"] == [{"source": "crm", "key": "d1", "reason": answer["reason"]}]


def test_a_deal_counts_at_the_rate_of_its_day(typed: Typed, abroad: OfficeFolder) -> None:
    rates(abroad, ("2026-03-10", 0.9), ("2026-03-11", 0.5))
    assert rows(typed) == [(1, "Anna Arc", "270.00", "€270"), (2, "Ben Bow", "200.00", "€200")]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"])
def test_a_date_is_that_day_in_whatever_zone_it_is_meant(
    typed: Typed, abroad: OfficeFolder, zone: str
) -> None:
    abroad.edit('as = "datetime"', f'as = "date", zone = "{zone}"')
    sell(abroad, "2026-03-10")
    rates(abroad, ("2026-03-09", 0.5), ("2026-03-10", 0.9), ("2026-03-11", 0.6))
    assert rows(typed)[0] == (1, "Anna Arc", "270.00", "€270")
    (fact,) = explained(typed)["facts"]
    assert (fact["happened"], fact["converted"]["day"]) == ("2026-03-10", "2026-03-10")


def test_explain_tells_the_amount_the_rate_and_the_gap(typed: Typed, abroad: OfficeFolder) -> None:
    rates(abroad, ("2026-02-27", 0.9))
    (fact,) = explained(typed)["facts"]
    assert fact["counted_as"] == "270.00"
    assert fact["converted"] == {
        "amount": "300.00",
        "currency": "USD",
        "to": "EUR",
        "rate": "0.9",
        "day": "2026-03-10",
        "rate_day": "2026-02-27",
        "note": "no rate of 10 Mar 2026; that of 27 Feb 2026 was used",
    }
    assert explained(typed, "ben-bow")["facts"][0]["converted"] is None
    said = typed("explain", "revenue", "anna-arc", "--at", AT).stdout
    assert "270.00  (300.00 USD × 0.9; no rate of 10 Mar 2026; that of 27 Feb 2026 was used)" in said


def test_rates_in_a_file_count_and_typed_ones_come_first(typed: Typed, abroad: OfficeFolder) -> None:
    (abroad.path / "rates.csv").write_text(
        "date,currency,rate\n2026-03-10,USD,2\n2026-03-09,USD,1\n", "utf-8"
    )
    abroad.edit("[store]", '[rates]\npath = "rates.csv"\nquoted = "per-base"\n\n[store]')
    assert rows(typed)[1] == (2, "Anna Arc", "150.00", "€150")
    abroad.edit("[rates]\n", '[rates]\nentries = [{ from = "USD", day = 2026-03-10, rate = 0.9 }]\n')
    assert rows(typed)[0] == (1, "Anna Arc", "270.00", "€270")


def test_check_names_money_without_a_rate_and_what_to_do(typed: Typed, abroad: OfficeFolder) -> None:
    today = datetime.now(UTC)
    sell(abroad, today.strftime("%Y-%m-%d 00:00:01"))
    said = typed("check")
    found = line(said.stdout, "rates USD")
    day = f"{today.day} {today:%b %Y}"
    assert found == f"PROBLEM  rates USD: no rate from USD to EUR on {day}; what rests on it shows “–”"
    assert f"Add a rate of {day} or before to [rates]." in said.stdout
    assert said.exit_code == 1


def test_amounts_in_several_currencies_without_a_unit_of_money_say_why_there_is_no_value(
    typed: Typed, abroad: OfficeFolder
) -> None:
    abroad.edit('aggregate = "sum"', 'aggregate = "sum"\nunit = { kind = "number" }')
    assert rows(typed) == [(None, "Anna Arc", None, "–"), (None, "Ben Bow", None, "–")]
    assert explained(typed)["reason"] == "several currencies: EUR, USD"
    sell(abroad, datetime.now(UTC).strftime("%Y-%m-%d 00:00:01"))
    said = typed("check")
    assert line(said.stdout, "board revenue") == "PROBLEM  board revenue: several currencies: EUR, USD"
    assert "→ Give the metric a unit of money with a currency, and rates" in said.stdout
    assert said.exit_code == 1


def test_check_says_that_an_earlier_rate_fills_a_gap(typed: Typed, abroad: OfficeFolder) -> None:
    today = datetime.now(UTC)
    sell(abroad, today.strftime("%Y-%m-%d 00:00:01"))
    before = today - timedelta(40)
    rates(abroad, (f"{before:%Y-%m-%d}", 0.9))
    found = line(typed("check").stdout, "rates USD")
    assert found.startswith("ok")
    assert f"no rate of {today.day} {today:%b %Y}; that of {before.day} {before:%b %Y} was used" in found


def test_check_tells_of_the_file_of_rates(typed: Typed, abroad: OfficeFolder) -> None:
    file = abroad.path / "rates.csv"
    abroad.edit("[store]", '[rates]\npath = "rates.csv"\n\n[store]')
    assert line(typed("check").stdout, "rates rates.csv").startswith("PROBLEM")
    file.write_text("date,currency,rate\n2026-03-10,USD,0.9\n2026-03-10,USD,0.8\n", "utf-8")
    said = typed("check").stdout.splitlines()
    told = [row for row in said if "rates rates.csv" in row]
    assert "2 rates read" in told[0]
    assert "gives another rate of USD in EUR for 10 Mar 2026 than row 2; row 3 counts" in told[1]
    assert all(row.startswith("ok") for row in told)


def test_where_all_money_is_the_offices_check_says_nothing_of_rates(typed: Typed) -> None:
    assert "rates" not in typed("check").stdout
