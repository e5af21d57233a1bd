"""The settings of the way out to the internet."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from salesboard_display.settings.fieldtypes import Section, Shown
from salesboard_display.settings.problems import Expected

_SECRET = re.compile(r"\$\{secret:[^}]*\}")


def _proxy(text: str) -> str:
    try:
        parts = urlsplit(_SECRET.sub("secret", text))
        port = parts.port
    except ValueError:
        port, parts = None, urlsplit("")
    whole = parts.scheme in ("http", "https") and parts.hostname and port
    if text and (not whole or parts.path not in ("", "/") or parts.query or parts.fragment):
        raise Expected('an address with a port, such as "http://proxy.lan:3128"', found="another text")
    return text.rstrip("/")


class NetworkSettings(Section):
    """How APIs on the internet are reached. Hosts that a source lists in `allow_hosts` are in the office's
    own network and reached directly."""

    proxy: Annotated[str, AfterValidator(_proxy), Shown("address")] = Field(
        default="",
        title="Proxy",
        description=(
            "The office's HTTP proxy, where there is no other way out; with a name and a password: "
            "`http://wall:${secret:proxy}@proxy.lan:3128`."
        ),
        max_length=500,
        repr=False,
    )


def proxy_host(proxy: str) -> str:
    """The host and port of a proxy's address, without name and password: "proxy.lan:3128"."""
    return proxy.rpartition("@")[2].rpartition("//")[2]
