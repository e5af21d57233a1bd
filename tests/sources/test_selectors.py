"""Plain names read columns directly; JMESPath runs for real expressions and counts exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.sources.mapping.rejected import Rejected
from salesboard_display.sources.mapping.selectors import ColumnGone, ColumnTwice, Lookup, Selectors, nearest

COLUMNS = ("id", "close value", "Umsatz (EUR)", "a.b")
ROW = ["7", "10", "20", "30"]


@pytest.mark.parametrize(
    ("selector", "found"),
    [("id", "7"), ("close value", "10"), ('"Umsatz (EUR)"', "20"), ("Umsatz (EUR)", "20"), ("a.b", "30"),
     ("id || 'x'", "7"), ("[id, \"close value\"]", ["7", "10"])],
)  # fmt: skip
def test_a_selector_reads_a_row(selector: str, found: object) -> None:
    assert Selectors(COLUMNS).getter(selector)(ROW) == found


@pytest.mark.parametrize(
    ("selector", "found"),
    [("id", 7), ("owner.name", "Ann"), ("owner.name.first", None), ("gone", None), ("tags[0]", "big"),
     ("owner.{n: name}.n", "Ann"), ("amount > `1`", True), ("to_string(amount)", "1.10")],
)  # fmt: skip
def test_a_selector_reads_a_nested_record(selector: str, found: object) -> None:
    record = {"id": 7, "owner": {"name": "Ann"}, "tags": ["big"], "amount": Decimal("1.10")}
    assert Selectors(None).getter(selector)(record) == found


def test_an_expression_that_fails_rejects_the_record() -> None:
    with pytest.raises(Rejected, match="the expression fails"):
        Selectors(None).getter("abs(name)")({"name": "Ann"})


def test_functions_take_exact_numbers() -> None:
    assert Selectors(None).getter("sum(parts[].n)")({"parts": [{"n": Decimal("1.5")}, {"n": 2}]}) == Decimal(
        "3.5"
    )


@pytest.mark.parametrize("selector", ["close_val", '"close_val"', "close_val || id"])
def test_a_column_that_is_gone_is_named_with_the_nearest(selector: str) -> None:
    with pytest.raises(ColumnGone) as caught:
        Selectors(COLUMNS).getter(selector)
    gone = caught.value
    assert (gone.name, nearest(gone.name, gone.columns)) == ("close_val", "close value")


def test_a_column_that_exists_twice_is_refused_only_when_it_is_asked_for() -> None:
    selectors = Selectors(("id", "x", "x"))
    assert selectors.getter("id")(["1", "2", "3"]) == "1"
    with pytest.raises(ColumnTwice):
        selectors.getter("x")


def test_a_join_reads_the_row_its_key_finds() -> None:
    teams = Lookup(("agent", "manager"), {"Ann": ["Ann", "Mia"]})
    get = Selectors(("agent",), {"teams": ("agent", teams)}).getter("teams.manager")
    assert (get([" Ann "]), get(["Bob"])) == ("Mia", None)


def test_a_column_gone_from_a_join_is_named() -> None:
    teams = Lookup(("agent", "manager"), {})
    with pytest.raises(ColumnGone) as caught:
        Selectors(("agent",), {"teams": ("agent", teams)}).getter("teams.boss_manager")
    gone = caught.value
    assert nearest(gone.name, gone.columns) == "teams.manager"


def test_nearest_ignores_case_and_signs_and_knows_when_nothing_is_near() -> None:
    assert nearest("Close_Value", ["id", "closevalue"]) == "closevalue"
    assert nearest("zzz", ["id", "agent"]) == ""


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.integers() | st.text(), min_size=1))
def test_a_plain_name_equals_jmespath(record: dict[str, object]) -> None:
    name = next(iter(record))
    assert Selectors(None).getter(name)(record) == Selectors(None).expression(f"@.{name}")(record)
