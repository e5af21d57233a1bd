"""Records become facts, people and rejections as the mapping declares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.facts import MAX_AMOUNT_MINOR, Fact
from salesboard_display.core.sync import Batch
from salesboard_display.settings.mapping import FactMapping, PersonMapping
from salesboard_display.sources.contract import SourceError, in_english
from salesboard_display.sources.mapping.mapping import BoundMapping, RecordMapping
from tests.sources.helpers import WON


def bound(
    *facts: dict[str, Any], people: tuple[dict[str, Any], ...] = (), columns: tuple[str, ...] | None =
    None, **more: Any
) -> BoundMapping:  # fmt: skip
    mapping = RecordMapping(
        [FactMapping.model_validate(one) for one in facts],
        [PersonMapping.model_validate(one) for one in people],
        more.pop("zone", "UTC"),
        Path("pictures"),
        create_people=more.pop("create_people", False),
        takes_back=more.pop("takes_back", False),
    )
    return mapping.bind(columns, **more)


def mapped(records: list[Any], *facts: dict[str, Any], **more: Any) -> Batch:
    taking = bound(*facts, **more)
    for number, record in enumerate(records, 1):
        taking.take(record, number)
    return taking.batch()


def record(**changes: Any) -> dict[str, Any]:
    return {"id": "A1", "agent": "Ann", "closed": "2026-03-01", "value": "10"} | changes


def one(changes: dict[str, Any], **mapping: Any) -> Fact:
    batch = mapped([record(**changes)], WON | mapping)
    assert not batch.rejections
    (fact,) = batch.facts
    return fact


def reason(changes: dict[str, Any], **mapping: Any) -> str:
    batch = mapped([record(**changes)], WON | mapping)
    assert not batch.facts
    (rejection,) = batch.rejections
    return f"{rejection.field}: {in_english(rejection.reason)}"


def test_a_record_becomes_a_fact_with_everything_declared() -> None:
    fact = one(
        {"type": "new", "account": "Acme", "kind_of": ""},
        attributes={"type": "type", "empty": "kind_of", "account": "account"},
        detail={"note": {"from": "note", "default": "none"}},
    )
    assert fact == Fact(
        "A1", "deal_won", 1772323200000, True, "EUR", (("Ann", 1000, 1000),),
        (("account", "Acme"), ("type", "new")), (("note", "none"),),
    )  # fmt: skip


def test_a_date_only_fact_counts_from_its_days_first_instant_in_the_sources_zone() -> None:
    happened = {"from": "closed", "as": "date", "zone": "America/Sao_Paulo"}
    assert (
        one({"closed": "2017-10-15"}, happened=happened).occurred_at == 1508036400000
    )  # 01:00: midnight was skipped


def test_a_refund_counts() -> None:
    assert one({"value": "-12.50"}).lines[0].amount_minor == -1250


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"value": "NaN"}, "value: “NaN” is not a number that can be counted"),
        ({"value": "1e999"}, "value: “1e999” is too large"),
        ({"value": "92233720368547758.08"}, "value: “92233720368547758.08” is larger than can be kept"),
        ({"value": ""}, "value: the amount is missing"),
        ({"value": "1.005"}, "value: “1.005” has more decimals than EUR (2)"),
        ({"value": ["1"]}, "value: a number is expected, not a list"),
        ({"closed": "2026-02-30"}, "closed: “2026-02-30” is not a date written as 2026-12-31"),
        ({"closed": ""}, "closed: the date is missing"),
        ({"closed": None}, "closed: the date is missing"),
        ({"id": "  "}, "id: the key is missing"),
        ({"id": "x" * 201}, "id: the key has 201 characters; at most 200 are kept"),
        ({"agent": ""}, "agent: the person's name is missing"),
        ({"agent": "\x00\t"}, "agent: the person's name is missing"),
        ({"agent": {"name": "Ann"}}, "agent: one value is expected, not an object"),
        ({"agent": "x" * 501}, "agent: the text has 501 characters; at most 500 are kept"),
    ],
)
def test_a_record_that_cannot_be_used_is_rejected_with_its_field_and_reason(
    changes: dict[str, Any], expected: str
) -> None:
    assert reason(changes) == expected


def test_the_largest_amount_is_kept() -> None:
    assert one({"value": "92233720368547758.07"}).lines[0].amount_minor == MAX_AMOUNT_MINOR


def test_a_missing_field_is_rejected_and_the_others_go_on() -> None:
    without = record()
    del without["value"]
    batch = mapped([without, record(id="A2")], WON)
    assert [fact.key for fact in batch.facts] == ["A2"]
    assert batch.rejections[0].record == "record 1"
    assert in_english(batch.rejections[0].reason) == "the amount is missing"


def test_a_rejection_shows_an_excerpt_of_at_most_200_characters() -> None:
    batch = mapped([record(value="x", note="long " * 100)], WON)
    assert batch.rejections[0].excerpt.startswith("id=A1, agent=Ann, closed=2026-03-01, value=x")
    assert len(batch.rejections[0].excerpt) == 200


def test_html_sql_and_formulas_are_only_text() -> None:
    for name in ("<img src=x>", "'; drop table fact; --", "=1+1", "{{7*7}}"):
        assert one({"agent": name}).lines[0].identity == name


def test_control_characters_are_taken_out() -> None:
    assert one({"agent": " An\x00n\tB\x1b[31m\u200b "}).lines[0].identity == "Ann B[31m"


def test_a_name_is_the_same_however_its_accents_are_encoded() -> None:
    assert one({"agent": "Mu\u0308ller"}).lines[0].identity == "M\u00fcller"
    assert one({"agent": "Mu\u0308ller"}, where={"agent": "M\u00fcller"}).key == "A1"


def test_emoji_and_joiners_stay_and_direction_marks_go() -> None:
    assert (
        one({"agent": "Ann \U0001f469\u200d\U0001f4bb"}).lines[0].identity == "Ann \U0001f469\u200d\U0001f4bb"
    )
    assert one({"agent": "\u202eAnn\u200e"}).lines[0].identity == "Ann"


def test_currencies_may_differ_by_record_and_unknown_ones_are_rejected() -> None:
    currency = {"from": "cur", "default": "EUR"}
    assert one({"cur": "JPY", "value": "1200"}, currency=currency).lines[0].amount_minor == 1200
    assert one({"cur": "kwd", "value": "1.234"}, currency=currency).currency == "KWD"
    assert one({"cur": None}, currency=currency).currency == "EUR"
    assert (
        reason({"cur": "XYZ"}, currency=currency)
        == "cur: “XYZ” is not a currency (a code such as EUR is expected)"
    )


def test_minor_units_quantities_and_durations() -> None:
    fact = one({"cents": 1999, "n": "2.5"}, amount={"from": "cents", "as": "minor"}, quantity={"from": "n"})
    assert fact.lines == (("Ann", 1999, 2500),)
    assert one({"t": "1:30"}, quantity={"from": "t", "as": "duration_s"}).lines[0].quantity_milli == 90_000
    assert (
        reason({"cents": "19.5"}, amount={"from": "cents", "as": "minor"})
        == "cents: “19.5” is not a whole number"
    )
    assert reason({"n": "1e20"}, quantity={"from": "n"}) == "n: “1e20” is too large for a quantity"


def test_maps_defaults_and_constants() -> None:
    attributes = {
        "product": {
            "from": "product",
            "map": {"GTXPro": "GTX Pro", "7": "seven", "n/a": ""},
            "default": "unknown",
        },
        "office": {"constant": "west"},
    }
    found = [
        dict(one({"product": p}, attributes=attributes).attributes)["product"]
        for p in ("GTXPro", 7, "n/a", None)
    ]
    assert found == ["GTX Pro", "seven", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        ({"stage": "Won"}, ["1", "4"]),
        ({"stage": ["Won", "Lost"]}, ["1", "2", "4"]),
        ({"stage": {"not": "Won"}}, ["2", "3"]),
        ({"stage": {"not": ["Won", ""]}}, ["2"]),
        ({"stage": "Won", "big": True}, ["1"]),
        ({"n": 5}, ["2"]),
        ("stage == 'Won' && big", ["1"]),
        ("n > `4`", ["2"]),
    ],
)
def test_only_records_that_pass_the_filter_count(where: Any, keys: list[str]) -> None:
    records = [
        record(id="1", stage="Won", big=True), record(id="2", stage="Lost", n=5), record(id="3",
        stage=None, n=[5]), record(id="4", stage=" Won ", big=False, n="4"),
    ]  # fmt: skip
    if where == "stage == 'Won' && big":
        records[3]["stage"] = "Won"
    if where == "n > `4`":
        records[3]["n"] = 4
    assert [fact.key for fact in mapped(records, WON | {"where": where}).facts] == keys


def test_one_record_may_give_several_facts_with_different_keys() -> None:
    opened = {"kind": "opened", "key": "{id}:opened", "person": "agent", "happened": {"from": "opened"}}
    batch = mapped([record(opened="2026-01-05T10:00:00Z")], WON, opened)
    assert [(fact.key, fact.day_only) for fact in batch.facts] == [("A1", True), ("A1:opened", False)]


def test_two_facts_of_one_record_with_the_same_key_are_one_too_many() -> None:
    batch = mapped([record()], WON, WON | {"kind": "deal"})
    assert len(batch.facts) == 1
    assert in_english(batch.rejections[0].reason) == "this record gave a fact with the key “A1” already"


def test_a_key_template_needs_all_its_parts() -> None:
    assert one({"line": 2}, key="{id}/{line}").key == "A1/2"
    assert reason({"line": ""}, key="{id}/{line}") == "line: the key is missing"


CREDITS = {
    "person": None,
    "credits": [{"person": "a", "share": "sa"}, {"person": "b", "share": "sb"}, {"person": "c"}],
}


def test_shared_credit_sums_exactly() -> None:
    fact = one({"value": "100.01", "a": "Ann", "sa": "50%", "b": "Bo", "sb": "50", "c": ""}, **CREDITS)
    assert fact.lines == (("Ann", 5001, 500), ("Bo", 5000, 500))


def test_the_same_person_twice_gets_both_shares() -> None:
    fact = one({"a": "Ann", "sa": 1, "b": "Ann", "sb": "1.5", "c": "Cy"}, **CREDITS)
    assert fact.lines == (("Ann", 714, 714), ("Cy", 286, 286))


def test_credit_that_nobody_has_is_rejected() -> None:
    assert reason({"a": "", "b": None, "c": ""}, **CREDITS) == "a: nobody has a share of the credit"
    assert (
        reason({"a": "Ann", "sa": "0", "b": "", "c": ""}, **CREDITS) == "a: nobody has a share of the credit"
    )
    assert reason({"a": "Ann", "sa": "-1", "b": "", "c": ""}, **CREDITS) == "sa: “-1” is less than nothing"


@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 1000), min_size=1, max_size=5))
def test_any_shares_sum_to_the_whole(cents: int, shares: list[int]) -> None:
    credits = [{"person": f"p{n}", "share": f"s{n}"} for n in range(len(shares))]
    changes = {f"p{n}": f"P{n}" for n in range(len(shares))} | {
        f"s{n}": share for n, share in enumerate(shares)
    }
    batch = mapped([record(**changes, value=str(cents))], WON | {
        "person": None, "credits": credits, "amount": {"from": "value", "as": "minor"}})  # fmt: skip
    if sum(shares):
        lines = batch.facts[0].lines
        assert sum(line.amount_minor or 0 for line in lines) == cents
        assert sum(line.quantity_milli for line in lines) == 1000
    else:
        assert not batch.facts


SPLITS = {"person": None, "credits": [{"each": "splits", "person": "who.name", "share": "share"}]}


def splits(*shares: tuple[str, object]) -> list[dict[str, object]]:
    return [{"who": {"name": name}, "share": share} for name, share in shares]


def test_a_list_in_the_record_shares_the_credit_element_by_element() -> None:
    fact = one({"value": "100.01", "splits": splits(("Ann", 1), ("Bo", "50%"), ("Ann", 49))}, **SPLITS)
    assert fact.lines == (("Ann", 5001, 500), ("Bo", 5000, 500))


def test_a_list_and_the_record_itself_can_share_the_credit() -> None:
    credits = [*SPLITS["credits"], {"person": "agent", "share": {"constant": "2"}}]  # type: ignore[misc]
    fact = one({"agent": "Cy", "splits": splits(("Ann", 1), ("Bo", 1))}, person=None, credits=credits)
    assert [(line.identity, line.quantity_milli) for line in fact.lines] == [
        ("Ann", 250),
        ("Bo", 250),
        ("Cy", 500),
    ]


def test_a_list_of_equals_needs_no_share() -> None:
    credits = [{"each": "splits", "person": "who.name"}]
    fact = one({"splits": splits(("Ann", None), ("Bo", None), ("", None))}, person=None, credits=credits)
    assert [line.quantity_milli for line in fact.lines] == [500, 500]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (None, "splits: nobody has a share of the credit"),
        ([], "splits: nobody has a share of the credit"),
        (splits(("Ann", 0)), "splits: nobody has a share of the credit"),
        (splits(("", 1)), "splits: nobody has a share of the credit"),
        ("Ann", "splits: a list of objects is expected"),
        (["Ann"], "splits: a list of objects is expected"),
        ({"who": "Ann"}, "splits: a list of objects is expected"),
        (splits(("Ann", -1)), "share: “-1” is less than nothing"),
        (splits(*((f"P{n}", 1) for n in range(1001))), "splits: more than 1000 people share the credit"),
    ],
)
def test_a_list_that_shares_nothing_is_rejected_with_its_reason(found: object, told: str) -> None:
    assert reason({"splits": found}, **SPLITS) == told


@given(
    st.integers(-(10**15), 10**15),
    st.lists(st.tuples(st.sampled_from(["Ann", "Bo", "Cy", ""]), st.integers(0, 1000)), max_size=8),
    st.integers(0, 5),
)
def test_any_list_of_shares_sums_to_the_whole(cents: int, shares: list[tuple[str, int]], own: int) -> None:
    credits = [*SPLITS["credits"], {"person": "agent", "share": "own"}]  # type: ignore[misc]
    batch = mapped([record(value=str(cents), splits=splits(*shares), own=own)], WON | {
        "person": None, "credits": credits, "amount": {"from": "value", "as": "minor"}})  # fmt: skip
    if own or any(who and share for who, share in shares):
        lines = batch.facts[0].lines
        assert sum(line.amount_minor or 0 for line in lines) == cents
        assert sum(line.quantity_milli for line in lines) == 1000
        assert len({line.identity for line in lines}) == len(lines)
    else:
        assert not batch.facts


def test_a_list_that_no_record_has_any_more_fails_the_whole_sync() -> None:
    taking = bound(WON | SPLITS)
    taking.take(record(split=[]), 1)
    taking.batch()
    with pytest.raises(SourceError, match="“splits” is in none of 1 records.*Nearest: “split”"):
        taking.check()


def test_a_column_that_vanished_fails_the_whole_sync_and_names_the_nearest() -> None:
    with pytest.raises(
        SourceError, match="“value” is gone; there are id, agent, closed, values. Nearest: “values”"
    ):
        bound(WON, columns=("id", "agent", "closed", "values"))


def test_a_field_that_no_record_has_any_more_fails_the_whole_sync() -> None:
    taking = bound(WON | {"where": {"stage": "Won"}})
    for number in range(3):
        taking.take(record(state="Won"), number)
    taking.batch()
    with pytest.raises(SourceError, match="“stage” is in none of 3 records.*Nearest: “state”"):
        taking.check()


def test_where_no_name_is_like_the_one_that_vanished_none_is_called_the_nearest() -> None:
    with pytest.raises(SourceError) as column:
        bound(WON, columns=("id", "agent", "closed", "xyz"))
    assert in_english(column.value.message) == (
        "The column “value” is gone; there are id, agent, closed, xyz. Rename it there or in the settings."
    )
    taking = bound(WON | {"where": {"stage": "Won"}})
    taking.take({"id": 1}, 1)
    taking.batch()
    with pytest.raises(SourceError, match="the first has id.$"):
        taking.check()


def test_the_first_deal_in_a_currency_may_be_the_last_that_is_read() -> None:
    taking = bound(WON | {"currency": {"from": "currency"}})
    for number, currency in enumerate(("EUR", "EUR", "USD")):
        taking.take(record(currency=currency), number)
        taking.batch()
        taking.check()


def test_fields_of_records_that_the_filter_leaves_out_may_be_absent() -> None:
    call = {
        "kind": "call",
        "where": {"type": "call"},
        "key": "call_id",
        "person": "who",
        "happened": {"from": "at"},
    }
    taking = bound(WON | {"where": {"type": "deal"}}, call)
    taking.take(record(type="deal"), 1)
    taking.batch()
    taking.check()


def test_when_no_record_at_all_can_be_used_the_sync_fails() -> None:
    taking = bound(WON)
    taking.take(record(value="x"), 1)
    taking.take(record(value="y"), 2)
    taking.batch()
    with pytest.raises(
        SourceError, match="None of the 2 records could be used. The first, record 1: value: “x”"
    ):
        taking.check()


def test_an_attribute_with_too_many_values_is_named() -> None:
    records = [record(id=str(n), account=f"A{n}", type=f"T{n % 3}") for n in range(6_000)]
    with pytest.raises(SourceError, match="“account” differs so much"):
        mapped(records, WON | {"attributes": {"account": "account", "type": "type"}})


def test_people_with_teams_and_dates() -> None:
    person = {"id": "no", "name": "name", "email": "mail", "team": "team", "region": "region", "picture":
    "pic", "shared_id": "payroll",
              "from": {"from": "since", "as": "date"}, "to": {"from": "until", "as": "date"},
              "left": {"from": "left", "as": "date"}}  # fmt: skip
    row = {"no": 7, "name": "Ann", "mail": "Ann@X.example", "team": "West", "region": "North", "pic":
    "ann.png", "payroll": 4711,
           "since": "2026-01-01", "until": "2026-02-01", "left": ""}  # fmt: skip
    batch = mapped([row, row | {"until": "2025-01-01"}, row | {"name": " "}], people=(person,))
    assert batch.people == (
        (
            "7",
            "Ann",
            "ann@x.example",
            "West",
            "North",
            1767225600000,
            1769904000000,
            None,
            str(Path("pictures/ann.png")),
            "4711",
        ),
    )
    assert [in_english(r.reason) for r in batch.rejections] == [
        "the membership ends before it begins",
        "the person's name is missing",
    ]


def test_a_person_without_a_name_column_is_called_by_the_identity() -> None:
    assert mapped([{"id": "Ann"}], people=({"id": "id"},)).people[0].name == "Ann"


def test_everybody_with_credit_becomes_a_person_where_nobody_is_listed() -> None:
    batch = mapped(
        [record(id=str(n), agent=a) for n, a in enumerate(["Ann", "Bo", "Ann"])], WON, create_people=True
    )
    assert [person.name for person in batch.people] == ["Ann", "Bo"]


def test_an_expression_rejects_only_the_record_it_fails_on() -> None:
    batch = mapped([record(value=5), record(id="A2", value="x")], WON | {"amount": {"from": "abs(value)"}})
    assert [len(batch.facts), batch.rejections[0].field] == [1, "abs(value)"]


@given(
    st.lists(
        st.tuples(st.text(max_size=5), st.text(max_size=5), st.text(max_size=12), st.text(max_size=8)),
        max_size=5,
    )
)
def test_whatever_stands_in_a_row_it_becomes_a_fact_or_a_rejection(
    rows: list[tuple[str, str, str, str]],
) -> None:
    batch = mapped([list(row) for row in rows], WON, columns=("id", "agent", "closed", "value"))
    assert len(batch.facts) + len(batch.rejections) == len(rows)
    assert all(
        in_english(rejection.reason) and len(rejection.excerpt) <= 200 for rejection in batch.rejections
    )


# ------------------------------------------------------------------------------------------- taking back
STAGED = WON | {"key": "{id}:won", "where": {"stage": "Won"}}


def test_only_a_source_of_changes_takes_back_what_a_record_no_longer_is() -> None:
    reopened = record(stage="Open")
    assert mapped([reopened], STAGED).withdrawn == ()
    assert mapped([reopened], STAGED, takes_back=True).withdrawn == ("A1:won",)


def test_the_record_that_comes_last_says_what_holds() -> None:
    won, reopened = record(stage="Won"), record(stage="Open")
    assert mapped([won, reopened], STAGED, takes_back=True).withdrawn == ("A1:won",)
    again = mapped([reopened, won], STAGED, takes_back=True)
    assert [fact.key for fact in again.facts] == ["A1:won"]
    assert again.withdrawn == ()


def test_a_key_that_two_kinds_share_is_not_taken_back_by_the_other() -> None:
    lost = WON | {"kind": "deal_lost", "where": {"stage": "Lost"}}
    batch = mapped([record(stage="Lost")], WON | {"where": {"stage": "Won"}}, lost, takes_back=True)
    assert [(fact.key, fact.kind) for fact in batch.facts] == [("A1", "deal_lost")]
    assert batch.withdrawn == ()


def test_a_record_that_cannot_be_used_takes_nothing_back() -> None:
    batch = mapped([record(stage="Won", value="n/a"), record(stage="Open", id="")], STAGED, takes_back=True)
    assert batch.withdrawn == ()
    assert len(batch.rejections) == 1


def test_what_was_taken_back_is_told_once() -> None:
    taking = bound(STAGED, takes_back=True)
    taking.take(record(stage="Open"), 1)
    assert taking.batch().withdrawn == ("A1:won",)
    assert taking.batch().withdrawn == ()
