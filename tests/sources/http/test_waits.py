"""How long to wait: every shape in which APIs say it; and how many requests a host gets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.settings.preset import Budget, WaitHint
from salesboard_display.sources.http.budget import Pace
from salesboard_display.sources.http.waits import LONGEST_S, read, wait_of
from tests.sources.http.scripted import Pauses

NOW = 1_790_000_000.0  # 2026-09-21 14:13:20 UTC


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("120", 120),
        ("0.5", 0.5),
        ("Mon, 21 Sep 2026 14:14:20 GMT", 60),
        ("2026-09-21T14:14:20Z", 60),
        ("2026-09-21T16:14:20+02:00", 60),
        ("2026-09-21T14:14:20", 60),
        (str(int(NOW) + 30), 30),
        (str((int(NOW) + 30) * 1000), 30),
        ("limit=100, remaining=50, reset=5", 5),
        ('"default";r=0;t=7', 7),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_understood_however_it_is_written(written: str, seconds: float | None) -> None:
    assert wait_of([], 429, {"retry-after": written}, None, NOW) == seconds


@pytest.mark.parametrize(
    ("hint", "headers", "body", "seconds"),
    [
        ({"header": "X-RateLimit-Reset", "as": "epoch_s"}, {"x-ratelimit-reset": "1790000012"}, None, 12),
        ({"header": "X-Reset", "as": "epoch_ms"}, {"x-reset": "1790000012000"}, None, 12),
        ({"header": "X-Reset", "as": "seconds"}, {"x-reset": "9"}, None, 9),
        ({"header": "RateLimit", "as": "ratelimit"}, {"ratelimit": "limit=9, remaining=0, reset=4"}, None, 4),
        ({"body": "error.rate_reset"}, {}, {"error": {"rate_reset": 3.5}}, 3.5),
        ({"body": "until", "as": "iso"}, {}, {"until": "2026-09-21T14:13:50Z"}, 30),
        ({"constant": "30s"}, {"retry-after": "1"}, None, 30),
        ({"header": "X-Reset", "constant": "30s"}, {"x-reset": "8"}, None, 8),
        ({"status": [503], "constant": "30s"}, {"retry-after": "1"}, None, 1),
        ({"header": "X-Reset"}, {}, None, None),
    ],
)
def test_a_presets_hint_comes_before_retry_after(
    hint: dict[str, Any], headers: dict[str, str], body: Any, seconds: float | None
) -> None:
    assert wait_of([WaitHint.model_validate(hint)], 429, headers, body, NOW) == seconds


def test_an_instant_is_measured_by_the_servers_clock() -> None:
    headers = {"date": "Mon, 21 Sep 2020 00:00:00 GMT", "retry-after": "Mon, 21 Sep 2020 00:00:20 GMT"}
    assert wait_of([], 429, headers, None, NOW) == 20


def test_what_is_over_needs_no_waiting_and_no_wait_is_endless() -> None:
    assert wait_of([], 429, {"retry-after": "Mon, 21 Sep 2020 00:00:20 GMT"}, None, NOW) == 0
    assert wait_of([], 429, {"retry-after": "999999"}, None, NOW) == LONGEST_S


@given(st.text(max_size=40) | st.integers() | st.floats() | st.none() | st.lists(st.integers()))
def test_whatever_stands_there_is_a_number_or_nothing(found: Any) -> None:
    for written_as in ("auto", "seconds", "http-date", "iso", "epoch_s", "epoch_ms", "ratelimit"):
        assert isinstance(read(written_as, found, NOW), float | None)


def budget(requests: int, per: str, remaining_header: str | None = None) -> Budget:
    return Budget.model_validate({"requests": requests, "per": per, "remaining_header": remaining_header})


async def test_no_more_requests_than_allowed_in_any_stretch() -> None:
    pauses = Pauses(NOW)
    pace = Pace(budget(3, "10s"), pauses.now_s, pauses.sleep)
    made = []
    for step in (0, 4, 0, 0, 0, 1, 0):
        pauses.now += step
        await pace.wait("a")
        made.append(pauses.now - NOW)
    assert all(later - earlier >= 10 for earlier, later in zip(made, made[3:], strict=False))
    assert made[:3] == [0, 4, 4]


async def test_each_host_has_its_own() -> None:
    pauses = Pauses(NOW)
    pace = Pace(budget(1, "10s"), pauses.now_s, pauses.sleep)
    await pace.wait("a")
    await pace.wait("b")
    assert pauses.taken == []


async def test_with_little_left_requests_become_rare() -> None:
    pauses = Pauses(NOW)
    pace = Pace(budget(100, "1s", remaining_header="X-Usage"), pauses.now_s, pauses.sleep)
    await pace.wait("a")
    pace.note("a", {"x-usage": "api-usage=25/5000; per-app=17/250(app)"})
    await pace.wait("a")
    assert pauses.taken == []
    pace.note("a", {"x-usage": "api-usage=4975/5000"})
    await pace.wait("a")
    assert pauses.taken == [pytest.approx(57.0)]


async def test_a_plain_number_is_measured_against_the_most_seen() -> None:
    pauses = Pauses(NOW)
    pace = Pace(budget(100, "1s", remaining_header="X-Left"), pauses.now_s, pauses.sleep)
    for left in ("9999, 19988", "5000, 19000"):
        pace.note("a", {"x-left": left})
        await pace.wait("a")
    assert pauses.taken == []
    pace.note("a", {"x-left": "0, 19000"})
    await pace.wait("a")
    assert pauses.taken == [60.0]


async def test_a_clock_set_back_does_not_hold_requests_up() -> None:
    pauses = Pauses(NOW)
    pace = Pace(budget(1, "10s"), pauses.now_s, pauses.sleep)
    await pace.wait("a")
    pauses.now -= 86_400
    await pace.wait("a")
    assert pauses.taken == []
