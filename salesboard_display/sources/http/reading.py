"""From a reply's bytes to its text and its JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from email.message import EmailMessage
from typing import Any


def text_of(content: bytes, headers: Mapping[str, str]) -> str:
    """The body as text: UTF-8, else as its type says, else what old programs write."""
    head = EmailMessage()
    head["content-type"] = headers.get("content-type", "").replace("\n", " ")
    for encoding in ("utf-8-sig", head.get_content_charset()):
        try:
            return content.decode(encoding or "cp1252")
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("cp1252", "replace")


def json_of(text: str) -> tuple[Any, str]:
    """(the JSON with Decimals for numbers with a point, "") or (None, why it is none)."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_hook=_given_way), ""
    except RecursionError:
        return None, "it is nested too deeply"
    except json.JSONDecodeError as error:
        return None, f"{error.msg}, character {error.pos}"
    except ValueError:
        return None, "a number is none"


def is_page(text: str, headers: Mapping[str, str]) -> bool:
    """Whether it is a page for people instead of data."""
    if "html" in headers.get("content-type", "").lower():
        return True
    return text[:200].lstrip().lower().startswith(("<!doctype html", "<html"))


def _given_way(found: dict[str, Any]) -> dict[str, Any]:
    """The object as it is. That Python is called lets other threads have the interpreter in between; without
    it, the reading of 20 MB keeps it to itself for a third of a second (and does still where there are lists
    alone, as in a sheet)."""
    return found


def _no_number(text: str) -> Any:
    raise ValueError(text)
