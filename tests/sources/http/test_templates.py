"""Templates say what a request needs, and leave out what has no value."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.settings.gaps import parse
from salesboard_display.sources.http.templates import (
    ABSENT,
    Instant,
    fill,
    fill_params,
    fill_texts,
    fill_tree,
)

SINCE = Instant(1_774_260_245_678)  # 2026-03-23T10:04:05.678Z
NAMES = {
    "option.token": "s3cret",
    "option.lists": ["a", "b"],
    "option.empty": "",
    "page.size": 100,
    "page.token": None,
    "since": SINCE,
    "slice": {"id": 7, "name": "Won deals"},
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("plain", "plain"),
        ("Bearer {option.token}", "Bearer s3cret"),
        ("{ option.token }", "s3cret"),
        ("{{not a gap}} {page.size}", "{not a gap} 100"),
        ("{since}", "2026-03-23T10:04:05Z"),
        ("{since|iso}", "2026-03-23T10:04:05Z"),
        ("{since|iso:%Y-%m-%d %H:%M:%S}", "2026-03-23 10:04:05"),
        ("{since|iso:%m|int}", "3"),
        ("{since|date}", "2026-03-23"),
        ("{since|epoch_s}", "1774260245"),
        ("{since|epoch_ms}", "1774260245678"),
        ("{option.token|base64}", "czNjcmV0"),
        ("{since|iso:%Y/%m|urlencode}", "2026%2F03"),
        ("{slice.name|lower}", "won deals"),
        ("{slice.id}", "7"),
        ("{slice|json}", '{"id":7,"name":"Won deals"}'),
        ("{option.lists}", "a,b"),
    ],
)
def test_a_gap_is_filled_and_passes_its_value_on(template: str, text: str) -> None:
    assert fill(template, NAMES) == text


def test_a_text_with_an_empty_gap_is_absent() -> None:
    assert fill("after={page.token}", NAMES) is ABSENT
    assert fill("{option.empty}", NAMES) is ABSENT
    assert fill("{page.last}", NAMES) is ABSENT


def test_parameters_and_headers_without_a_value_are_left_out() -> None:
    params = {
        "limit": "{page.size}",
        "after": "{page.token}",
        "list": "{option.lists}",
        "x": ["1", "{page.last}"],
    }
    assert fill_params(params, NAMES) == (("limit", "100"), ("list", "a"), ("list", "b"), ("x", "1"))
    assert fill_texts({"A": "{option.token}", "B": "{page.token}"}, NAMES) == {"A": "s3cret"}


def test_a_body_loses_the_key_or_the_whole_element_of_a_list_that_has_no_value() -> None:
    body = {
        "limit": "{page.size|int}",
        "size": "{page.size}",
        "after": "{page.token}",
        "lists": "{option.lists}",
        "active": True,
        "groups": [
            {"filters": [{"f": "changed", "v": "{since|epoch_ms}"}, {"f": "id", "v": "{page.last}"}]},
        ],
        "nested": {"after": "{page.token}"},
    }
    assert fill_tree(body, NAMES) == {
        "limit": 100,
        "size": "100",
        "lists": ["a", "b"],
        "active": True,
        "groups": [{"filters": [{"f": "changed", "v": "1774260245678"}]}],
        "nested": {},
    }


def test_a_text_put_together_first_is_encoded_whole() -> None:
    domain = fill('[["write_date", ">=", {{"year": {since|iso:%Y}}}]]', NAMES)
    encoded = fill("{text.domain|b64url}", {"text.domain": domain})
    assert isinstance(encoded, str)
    assert json.loads(urlsafe_b64decode(encoded)) == [["write_date", ">=", {"year": 2026}]]


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{since", "a single { at character 1"),
        ("since}", "a single } at character 6"),
        ("{}", "no name"),
        ("{since|utc}", "“utc” is not known"),
        ("{since|date:%Y}", "takes nothing after a colon"),
    ],
)
def test_a_mistake_in_a_template_is_said_in_words(template: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason.replace("{", r"\{").replace("}", r"\}")):
        parse(template)


@given(st.text(max_size=50))
def test_any_text_with_its_braces_doubled_is_itself(text: str) -> None:
    assert fill(text.replace("{", "{{").replace("}", "}}"), {}) == text
