"""Prism serves an API description and refuses what it does not allow; beside it, what Prism lets pass."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator, Set
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from tests.servers.descriptions import Description
from tests.servers.running import Server, folder, free_port, installed

PROGRAM = "prism/node_modules/.bin/prism"


class Prism(Server):
    """Prism, serving one description."""

    unprivileged = False

    def __init__(self, home: Path, description: Description) -> None:
        self.description = description
        port = free_port()
        command: list[str | Path] = [installed(PROGRAM), "mock", "--errors", "--host", "127.0.0.1"]
        super().__init__([*command, "--port", str(port), description.file], home, port, self._listens)
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False)

    def _listens(self) -> bool:
        try:
            return self._client.get("/").status_code > 0
        except httpx.TransportError:
            return False

    def faults(self, request: httpx.Request, instead: Set[str] = frozenset()) -> list[str]:
        """What is wrong with a request to this API; nothing if the description allows it. ``instead`` as for
        Description.undeclared."""
        path = self.description.path_of(request)
        if path is None:
            return [f"{request.url} is behind none of the description's addresses"]
        query = request.url.query.decode()
        sent = {name: value for name, value in request.headers.items() if name != "host"}
        answer = self._client.request(
            request.method, f"{path}?{query}" if query else path, headers=sent, content=request.content
        )
        odd = () if (wrong := _objections(answer)) else self.description.undeclared(request, instead)
        return [*wrong, *(f"the description does not have {name}" for name in sorted(odd))]

    def close(self) -> None:
        """Close the client."""
        self._client.close()


def _objections(answer: httpx.Response) -> list[str]:
    """What Prism has against a request. They are in a header where the description has a reply for invalid
    ones. Prism's own reply, put together from the description's examples, may be invalid as well: that says
    nothing about the request."""
    problem = answer.json() if answer.headers["content-type"] == "application/problem+json" else {}
    found = json.loads(answer.headers.get("sl-violations", "null")) or problem.get("validation", [])
    if not found and not answer.is_success:
        return [f"{problem['title']}: {problem['detail']}" if problem else answer.text]
    return [str(one["message"]) for one in found if one.get("location", ["request"])[0] != "response"]


@contextmanager
def prisms(descriptions: list[Description]) -> Iterator[list[Prism]]:
    """A Prism for each description, running."""
    with ExitStack() as stack:
        running = []
        for description in descriptions:
            server = Prism(stack.enter_context(folder("prism")), description)
            stack.callback(server.close)
            stack.callback(server.stop, signal.SIGTERM)
            server.start()
            running.append(server)
        yield running
