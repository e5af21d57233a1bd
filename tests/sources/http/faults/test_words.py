"""Each fault of the table, once: how far it got, what becomes of the source, what it says."""

from __future__ import annotations

import re

import pytest

from salesboard_display.engine.numbers import Style
from salesboard_display.engine.words import Words
from salesboard_display.sources.contract import SourceError
from salesboard_display.sources.http.transport import Limits
from tests.sources.http.faults.net import network
from tests.sources.http.faults.table import HOST, RULES, STOPS, TABLE, WAITS, Fault
from tests.sources.http.scripted import Pauses, Told, a_preset, environment, get, speaking

LIMITS = Limits(total_s=1.0, connect_s=0.5, body_bytes=2 * 2**20)
WORDS, IN_GERMAN = Words(Style("en_GB", "UTC")), Words(Style("de_DE", "UTC"))


def fits(sentence: str, said: str) -> bool:
    """Whether it is that sentence, but for what differs from run to run."""
    return re.fullmatch(re.escape(sentence).replace("…", ".+"), said) is not None


@pytest.mark.parametrize("fault", TABLE, ids=lambda fault: fault.name)
async def test_a_fault_is_said_in_words_and_classed(fault: Fault) -> None:
    key = {"key": {"title": "Key", "secret": True}}
    preset = a_preset(f"https://{HOST}", hosts=[HOST], options=key, **RULES)
    async with network(lambda _: fault.told() if fault.told else Told()) as net:
        way = net.guarded()
        async with speaking(
            preset,
            {"key": "${secret:crm}"},
            secrets=environment(crm="k-123456"),
            way=way,
            limits=LIMITS,
            pauses=Pauses(),
        ) as api:
            net.way = fault.way
            with pytest.raises(SourceError) as failed:
                await api.send(get(f"https://{HOST}/deals"))
    error = failed.value
    assert fits(fault.sentence, WORDS.say(error.message)), WORDS.say(error.message)
    assert IN_GERMAN.say(error.message) not in (WORDS.say(error.message), error.message.id)
    assert error.stage is fault.stage
    assert error.stop is (fault.becomes == STOPS)
    assert (error.retry_after_s is not None) is (fault.becomes == WAITS)
    assert error.retry_after_s == (
        fault.wait_s if fault.wait_s is None else pytest.approx(fault.wait_s, abs=5)
    )
