"""The views there are. Adding one is a module, a QML file of the same name, and a line here."""

from __future__ import annotations

from salesboard_display.views.slides import challenge, leaderboard, podium, teams
from salesboard_display.views.slides.view import View

VIEWS: dict[str, View] = {
    "leaderboard": leaderboard.VIEW,
    "podium": podium.VIEW,
    "teams": teams.VIEW,
    "challenge": challenge.VIEW,
}


def view_named(name: str) -> View:
    """The view of that name. Raises KeyError, naming the views there are."""
    if name not in VIEWS:
        raise KeyError(f"there is no view {name!r}; there are {', '.join(VIEWS)}")
    return VIEWS[name]
