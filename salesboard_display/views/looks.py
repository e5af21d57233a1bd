"""What ``check`` says about screens and letters."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from salesboard_display.core.findings import Finding
from salesboard_display.views import fonts


def look_at_screens() -> list[Finding]:
    """Every screen there is."""
    app = _application()
    screens = app.screens()
    if not screens:
        return [
            Finding("screen", "display", False, "no screen is connected", "Switch the TV on, or connect it.")
        ]
    return [
        Finding(
            "screen",
            f"{number} {screen.name()}".strip(),
            True,
            f"{screen.size().width()} × {screen.size().height()}",
        )
        for number, screen in enumerate(screens)
    ]


def look_at_fonts() -> list[Finding]:
    """Whether the wall's typeface is there, and which scripts nobody's name can be written in."""
    _application()
    if not fonts.load_fonts():
        return [Finding("fonts", fonts.FAMILY, False, "it cannot be loaded", "Install the program again.")]
    findings = [Finding("fonts", fonts.FAMILY, True, "loaded")]
    by_package: dict[str, list[str]] = {}
    for script, package in fonts.missing_scripts():
        by_package.setdefault(package, []).append(script)
    for package, scripts in by_package.items():
        text = f"no letters for {', '.join(scripts)}: such names would show as boxes"
        findings.append(Finding("fonts", package, False, text, f"Install the package {package}."))
    return findings


def _application() -> QGuiApplication:
    app = QGuiApplication.instance()
    return app if isinstance(app, QGuiApplication) else QGuiApplication(["salesboard-display"])
