"""Which way the APIs on the internet are asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from salesboard_display.core.findings import Finding
from salesboard_display.core.messages import message
from salesboard_display.settings.http import HttpSource
from salesboard_display.settings.model import Settings
from salesboard_display.settings.network import proxy_host

_NAMED_IN = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


def network_findings(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """What ``check`` says of the proxy: through which one APIs are asked, and where one seems to be meant."""
    if not any(isinstance(source, HttpSource) for source in settings.sources.values()):
        return
    proxy = settings.network.proxy
    if proxy:
        yield Finding("network", "", True, message("check-proxy", proxy=proxy_host(proxy)))
        return
    variable = next((name for name in _NAMED_IN if environ.get(name)), None)
    if variable is not None:
        yield Finding("network", "", True, message("check-proxy-unused", variable=variable))
