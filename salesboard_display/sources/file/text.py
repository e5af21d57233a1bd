"""What a text file is written in: its encoding, its dialect, and whether it ends properly."""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from salesboard_display.settings.mapping import FileOptions

BLOCK = 1 << 20
_SAMPLE = 64 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Look:
    """What one pass over the bytes told: their hash, the first of them, the encoding they can be read in, and
    whether they end with a line end."""

    digest: str
    head: bytes
    encoding: str
    size: int
    ends_with_newline: bool


def look_at(path: Path) -> Look:
    """One pass over the whole file. Raises OSError.

    The encoding: a byte order mark's; else UTF-16 when every other byte is null; else UTF-8 when all of it
    is; else cp1252.
    """
    digest, utf8 = hashlib.blake2b(digest_size=16), codecs.getincrementaldecoder("utf-8")()
    head, tail, size, is_utf8 = b"", b"", 0, True
    for block in _blocks(path):
        digest.update(block)
        head, tail, size = head or block[:_SAMPLE], block[-4:], size + len(block)
        if is_utf8:
            try:
                utf8.decode(block)
            except UnicodeDecodeError:
                is_utf8 = False
    if is_utf8:
        try:
            utf8.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    newline = tail.rstrip(b"\0").endswith((b"\n", b"\r"))
    return Look(digest.hexdigest(), head, _encoding(head, is_utf8), size, newline)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _encoding(head: bytes, is_utf8: bool) -> str:
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    sample = head[:2000]
    if len(sample) >= 4 and b"\0" in sample:
        if sample[1::2].count(0) > len(sample) * 0.35:
            return "utf-16-le"
        if sample[::2].count(0) > len(sample) * 0.35:
            return "utf-16-be"
    return "utf-8" if is_utf8 else "cp1252"


def encoding_of(options: FileOptions, look: Look) -> str:
    """The encoding to read in: the declared one (and its byte order mark, if there is one), else the
    detected one."""
    declared = options.encoding.lower()
    if declared == "auto" or (declared in ("utf-8", "utf8") and look.encoding == "utf-8-sig"):
        return look.encoding
    return options.encoding


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV separates and quotes its fields."""

    delimiter: str = ","
    quote: str = '"'


def detect_dialect(sample: str, declared: str = "auto") -> Dialect:
    """The dialect of the first lines: the delimiter that cuts them into the same number (> 1) of fields
    most often."""
    lines = sample.splitlines()[:50]
    first = next((line for line in lines if line.strip()), "")
    quote = "'" if '"' not in sample and re.match(r"^'[^']*'\s*[,;\t|]\s*'", first) else '"'
    if declared != "auto":
        return Dialect(declared, quote)
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter, quotechar=quote) if row]
        wide = max(set(widths), key=widths.count) if widths else 0
        score = (widths.count(wide) / len(widths), wide) if wide > 1 else (0.0, 0)
        if score > best_score:
            best, best_score = delimiter, score
    return Dialect(best, quote)
