"""Draws the gallery (`make gallery`): the real data replayed, three slides at three sizes in two themes.

Pictures go to docs/gallery/, with a README.md that shows them. Needs the real data (SALESBOARD_REAL_DATA,
else the shared folder) but no display. Words limit it to the pictures that have them: ``podium light 1280``.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageChops, ImageStat

ROOT = Path(__file__).resolve().parent.parent.parent
GALLERY = ROOT / "docs" / "gallery"
SETTINGS = ROOT / "tests" / "real" / "crm-sales-opportunities.toml"

SLIDES = {
    "leaderboard": "who has won the most this month",
    "podium": "the first three by deals won",
    "teams": "team against team, each with its goal",
}
DATES = ("2017-03-14", "2017-06-15", "2017-12-29")
TIME = "15:30"
SIZES = ((1280, 720), (1920, 1080), (3840, 2160))
THEMES = ("dark", "light")
INVISIBLE = 1.0
"""How far 256 colours may be from the picture: root mean square, in 255ths."""


class Wanted(NamedTuple):
    """One picture of the gallery."""

    slide: str
    date: str
    size: tuple[int, int]
    theme: str

    @property
    def name(self) -> str:
        width, height = self.size
        return f"{self.slide}-{self.date}-{width}x{height}-{self.theme}.png"


def draw(pictures: list[Wanted], home: Path) -> None:
    """Draw them all in one process, from one store in a home of its own."""
    os.environ.update({"HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home)})
    from salesboard_display.app import draw_picture
    from salesboard_display.engine.answers import open_desk

    with open_desk(SETTINGS) as desk:
        for wanted in pictures:
            out = GALLERY / wanted.name
            state = desk.snapshot(wanted.slide, f"{wanted.date}T{TIME}", wanted.theme)
            draw_picture(state, wanted.slide, 0, wanted.size, out)
            compress(out)
            print(f"{out.relative_to(ROOT)}: {out.stat().st_size // 1024} KB")


def compress(file: Path) -> None:
    """Make the picture a third of its size: 256 colours where nobody can tell, else all of them."""
    with Image.open(file) as opened:
        full = opened.convert("RGB")
    few = full.quantize(256, method=Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
    error = max(ImageStat.Stat(ImageChops.difference(full, few.convert("RGB"))).rms)
    (few if error <= INVISIBLE else full).save(file, optimize=True)


def readme() -> str:
    """The page that shows the pictures."""
    lines = [
        "# Gallery",
        "",
        "A replay of real sales data (8,800 opportunities) at three moments of 2017, drawn by",
        "`make gallery`. Pictures lead to the same slide at 3840×2160.",
    ]
    for slide, says in SLIDES.items():
        lines += ["", f"## {slide.capitalize()}: {says}", "", "| | Dark | Light |", "|---|---|---|"]
        for date in DATES:
            cells = [_cell(slide, date, theme) for theme in THEMES]
            lines.append(f"| {date} {TIME} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(slide: str, date: str, theme: str) -> str:
    small, *larger = (Wanted(slide, date, size, theme) for size in SIZES)
    links = [f"[{w}×{h}]({one.name})" for one in (small, *larger) for w, h in [one.size]]
    return f"[![{slide}, {date}, {theme}]({small.name})]({larger[-1].name}) " + " · ".join(links)


def main(words: list[str]) -> int:
    """Draw what the words ask for. Gives the exit code."""
    shared = Path(os.environ.get("SALESBOARD_SHARED", ROOT.parent / "shared")).resolve()
    data = Path(
        os.environ.setdefault("SALESBOARD_REAL_DATA", str(shared / "data" / "crm-sales-opportunities"))
    )
    if not (data / "sales_pipeline.csv").is_file():
        print(f"there is no real data in {data}; SALESBOARD_REAL_DATA names another folder", file=sys.stderr)
        return 1
    everything = [Wanted(*picture) for picture in product(SLIDES, DATES, SIZES, THEMES)]
    pictures = [wanted for wanted in everything if all(word in wanted.name for word in words)]
    GALLERY.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        draw(pictures, Path(home))
    (GALLERY / "README.md").write_text(readme(), "utf-8")
    size = sum(file.stat().st_size for file in GALLERY.glob("*.png"))
    print(
        f"{len(pictures)} pictures in {time.monotonic() - began:.0f} s; the gallery has {size / 1e6:.1f} MB"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
