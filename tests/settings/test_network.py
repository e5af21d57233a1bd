"""The proxy's address: what is one, and that no password of it is shown."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from salesboard_display.settings.network import NetworkSettings, proxy_host


@pytest.mark.parametrize(
    "text",
    ["", "http://proxy.lan:3128", "https://10.0.0.1:8080/", "http://wall:${secret:proxy}@proxy.lan:3128"],
)
def test_an_address_with_a_port_is_a_proxy(text: str) -> None:
    assert NetworkSettings(proxy=text).proxy == text.rstrip("/")


@pytest.mark.parametrize(
    "text",
    [
        "proxy.lan:3128",
        "http://proxy.lan",
        "socks5://proxy.lan:1080",
        "http://proxy.lan:x",
        "http://p:1/path",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValidationError):
        NetworkSettings(proxy=text)


def test_a_password_is_not_shown() -> None:
    assert proxy_host("http://wall:pa@ss@proxy.lan:3128") == "proxy.lan:3128"
    assert "pass" not in repr(NetworkSettings(proxy="http://wall:pass@proxy.lan:3128"))
