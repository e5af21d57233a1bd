"""Who works in the demo office, what it sells and to whom; all of it made up."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from salesboard_display.core.people import PersonRecord

CURRENCY = "EUR"
TYPES = ("new", "upsell", "renewal")
PRODUCTS = ("Beacon", "Beacon Plus", "Compass", "Compass Teams", "Anchor Support")
CUSTOMERS = (
    "Abendrot Logistik", "Bluewater Foods", "Cendrillon Mode", "Dragonfly Optics", "Eastgate Hotels",
    "Fjordlys Energi", "Granite & Sons", "Helianthe Santé", "Ironbridge Rail", "Jacaranda Bank",
    "Kestrel Robotics", "Lagoa Verde", "Moorland Dairy", "Nightingale Clinics", "Oleandro Viaggi",
    "Pinewood Schools", "Quillfeder Verlag", "Riverbend Motors", "Saffron Kitchens", "Tidewater Ports",
    "Umbra Lighting", "Velvet Theatres", "Wolkenstein Bau", "Yarrow Textiles", "Zephyr Couriers",
)  # fmt: skip


class Colleague(NamedTuple):
    """One person of the demo office."""

    id: str
    name: str
    team: str
    region: str


def slug(name: str) -> str:
    """A name in plain lower-case letters and hyphens: ``Björn Ljungqvist`` → ``bjorn-ljungqvist``."""
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("ł", "l").replace("ı", "i"))
    letters = "".join(
        c.lower() if c.isascii() and c.isalnum() else "-" for c in plain if not unicodedata.combining(c)
    )
    return "-".join(part for part in letters.split("-") if part)


_TEAMS = {
    ("Harbour", "North"): (
        "Anneke Vandersteen", "Björn Ljungqvist", "Kary Oduya-Brandt", "Siobhán McGillicuddy",
        "Tomasz Wieliczko", "Zeynep Karagözlü",
    ),
    ("Lighthouse", "North"): (
        "Aarav Chandrasekhar", "Camille Duplantier", "Jörg Müllerschön", "Lucía Echeverría Soto",
        "Naledi Mokgosi",
    ),
    ("Skyline", "South"): (
        "Dimitra Papanikolopoulou", "Konstantin von Rabenhorst-Lindqvist", "Mei-Ling Hsu", "Rui Falcão",
        "Yara Haddad",
    ),
}  # fmt: skip

COLLEAGUES = tuple(
    Colleague(slug(name), name, team, region) for (team, region), names in _TEAMS.items() for name in names
)
"""Sixteen people in three teams in two regions."""

IDS = tuple(colleague.id for colleague in COLLEAGUES)


def people() -> tuple[PersonRecord, ...]:
    """The office as a source's people."""
    return tuple(
        PersonRecord(c.id, c.name, email=f"{c.id}@office.example", team=c.team, region=c.region)
        for c in COLLEAGUES
    )
