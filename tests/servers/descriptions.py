"""An API description as it is written: which operations it has, and which names they know."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

import httpx

from tests.servers.running import installed

JS_YAML = "prism/node_modules/js-yaml"
_AS_JSON = """
const text = require("fs").readFileSync(process.argv[1], "utf8");
process.stdout.write(JSON.stringify(require("js-yaml").load(text)));
"""


class Description:
    """An API description: OpenAPI 3 or Swagger 2, as JSON or YAML."""

    def __init__(self, file: Path, base: str = "") -> None:
        """``base`` is the URL its paths stand behind, where it does not say that itself."""
        node = ["node", "-e", _AS_JSON, str(file)]
        said = subprocess.run(node, cwd=installed(JS_YAML), capture_output=True, check=True)
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
        bodies = [one for one in operation["parameters"] if one["in"] == "body"]
        for body in [*bodies, *([operation["requestBody"]] if "requestBody" in operation else [])]:
            odd |= self._odd_keys(json.loads(request.content), [_schema(body)])
        return odd

    def undeclared_reply(self, request: httpx.Request, status: int, body: Any) -> set[str]:
        """The names in a reply's body that the description does not have for that status."""
        operation = self.operation(request)
        assert operation is not None, f"{self.file.name} has no {request.method} {request.url.path}"
        replies = operation["responses"]
        return self._odd_keys(body, [_schema(self._whole(replies.get(str(status)) or replies["default"]))])

    def _odd_keys(self, value: Any, schemas: list[Mapping[str, Any]]) -> set[str]:
        """The keys, at any depth, that none of an object's schemas lists; where none lists any, all may be
        there."""
        parts = [part for schema in schemas for part in self._parts(schema)]
        if isinstance(value, list):
            items = [part["items"] for part in parts if "items" in part]
            return {key for one in value for key in self._odd_keys(one, items)}
        known = {name for part in parts for name in part.get("properties", {})}
        if not isinstance(value, dict) or not known:
            return set()
        odd = value.keys() - known
        for name in value.keys() & known:
            odd |= self._odd_keys(
                value[name],
                [part["properties"][name] for part in parts if name in part.get("properties", {})],
            )
        return odd

    def _parts(self, schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The schema, and those it is put together from."""
        whole = self._whole(schema)
        yield whole
        for one in [*whole.get("allOf", []), *whole.get("anyOf", []), *whole.get("oneOf", [])]:
            yield from self._parts(one)

    def _whole(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a reference names."""
        found: Any = self._tree if "$ref" in part else part
        for key in part.get("$ref", "").split("/")[1:]:
            found = found[key]
        assert isinstance(found, Mapping)
        return found


def _template(path: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(map(re.escape, re.split(r"\{[^}]*\}", path))))


def _schema(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of a request's or a reply's body: OpenAPI 3 has one for each type of content."""
    holder = body if "schema" in body else next(iter(body.get("content", {}).values()), {})
    schema: Mapping[str, Any] = holder.get("schema", {})
    return schema
