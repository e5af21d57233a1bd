"""Colours: luminance, contrast, the grey that is as light as a colour, and how different two look."""

from __future__ import annotations


def luminance(colour: str) -> float:
    """Relative luminance 0..1 of "#RRGGBB" (WCAG 2.2, "relative luminance")."""
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio 1..21 of two colours (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def grey_of(colour: str) -> str:
    """The grey of the same luminance: contrasts stay what they were, within rounding."""
    light = luminance(colour)
    channel = light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return f"#{round(channel * 255):02X}" + f"{round(channel * 255):02X}" * 2


def difference(one: str, other: str) -> float:
    """How different two colours look: the distance in CIE 1976 L*a*b*; 2 is just noticeable, 20 plain."""
    return float(sum((a - b) ** 2 for a, b in zip(_lab(one), _lab(other), strict=True)) ** 0.5)


def best_ink(surface: str, inks: tuple[str, ...]) -> str:
    """Whichever of the inks reads best on the surface."""
    return max(inks, key=lambda ink: contrast(ink, surface))


def _channels(colour: str) -> tuple[float, float, float]:
    if len(colour) != 7 or colour[0] != "#":
        raise ValueError(f"{colour!r} is not a colour like #1A2B3C")
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _lab(colour: str) -> tuple[float, float, float]:
    """L*, a*, b* under D65 (CIE 15:2004)."""
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    x = _cube_root((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047)
    y = _cube_root(0.2126729 * red + 0.7151522 * green + 0.0721750 * blue)
    z = _cube_root((0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _cube_root(share: float) -> float:
    return float(share ** (1 / 3)) if share > 0.008856 else 7.787 * share + 16 / 116
