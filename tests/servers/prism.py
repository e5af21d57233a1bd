"""Prism serves an API description and refuses what it does not allow; beside it, what Prism lets pass."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Set
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.servers.running import Server, folder, free_port, installed

PROGRAM = "prism/node_modules/.bin/prism"
_AS_JSON = """
const text = require("fs").readFileSync(process.argv[1], "utf8");
process.stdout.write(JSON.stringify(require("js-yaml").load(text)));
"""


class Description:
    """An API description: OpenAPI 3 or Swagger 2, as JSON or YAML."""

    def __init__(self, file: Path, base: str = "") -> None:
        """``base`` is the URL its paths stand behind, where it does not say that itself."""
        node = ["node", "-e", _AS_JSON, str(file)]
        said = subprocess.run(node, cwd=installed(PROGRAM).parent, capture_output=True, check=True)
        self.file = file
        self._tree: dict[str, Any] = json.loads(said.stdout)
        self._base = httpx.URL((base or self._says_base()).rstrip("/"))

    def _says_base(self) -> str:
        if "swagger" in self._tree:
            return f"{self._tree['schemes'][0]}://{self._tree['host']}{self._tree.get('basePath', '')}"
        return str(self._tree["servers"][0]["url"])

    def path_of(self, request: httpx.Request) -> str | None:
        """The request's path behind the base, as it was sent; None if it goes elsewhere."""
        same = (request.url.scheme, request.url.host, request.url.port)
        path, base = request.url.raw_path.decode().partition("?")[0], self._base.path.rstrip("/")
        if same != (self._base.scheme, self._base.host, self._base.port) or not path.startswith(f"{base}/"):
            return None
        return path.removeprefix(base)

    def operation(self, request: httpx.Request) -> dict[str, Any] | None:
        """What it says of such a request, with the parameters that all of its path's have."""
        path = self.path_of(request)
        fitting = [one for one in self._tree["paths"] if path is not None and _template(one).fullmatch(path)]
        for one in sorted(fitting, key=lambda template: template.count("{")):
            item = self._tree["paths"][one]
            if request.method.lower() in item:
                own: dict[str, Any] = item[request.method.lower()]
                given = [*item.get("parameters", []), *own.get("parameters", [])]
                return {**own, "parameters": [self._whole(parameter) for parameter in given]}
        return None

    def undeclared(self, request: httpx.Request, instead: Set[str] = frozenset()) -> set[str]:
        """The names in its query and its body that the description does not have: Prism ignores those.
        ``instead`` are the query's where the description has none."""
        operation = self.operation(request)
        assert operation is not None, f"{self.file.name} has no {request.method} {request.url.path}"
        known = {one["name"] for one in operation["parameters"] if one["in"] == "query"} or instead
        odd = set(request.url.params) - known
        for body in [one["schema"] for one in operation["parameters"] if one["in"] == "body"]:
            odd |= _odd_keys(json.loads(request.content), body)
        return odd

    def _whole(self, parameter: Mapping[str, Any]) -> Mapping[str, Any]:
        found: Any = self._tree if "$ref" in parameter else parameter
        for key in parameter.get("$ref", "").split("/")[1:]:
            found = found[key]
        assert isinstance(found, Mapping)
        return found


def _template(path: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(map(re.escape, re.split(r"\{[^}]*\}", path))))


def _odd_keys(value: Any, schema: Mapping[str, Any]) -> set[str]:
    """The keys, at any depth, that an object's schema does not list; one that lists none may have any."""
    assert "$ref" not in schema, "no description with a body has had one yet"
    if isinstance(value, list):
        return {key for one in value for key in _odd_keys(one, schema.get("items", {}))}
    known = schema.get("properties")
    if not isinstance(value, dict) or not known:
        return set()
    deeper = {key for name in value.keys() & known for key in _odd_keys(value[name], known[name])}
    return deeper | (value.keys() - known)


class Prism(Server):
    """Prism, serving one description."""

    unprivileged = False

    def __init__(self, home: Path, description: Description) -> None:
        self.description = description
        port = free_port()
        command = [installed(PROGRAM), "mock", "--errors", "--host", "127.0.0.1", "--port", str(port)]
        super().__init__([*command, description.file], home, port, self._listens)
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
