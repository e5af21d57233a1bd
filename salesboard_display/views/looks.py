"""What ``check`` says about screens and letters."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from salesboard_display.core.findings import Finding
from salesboard_display.core.messages import message
from salesboard_display.views import fonts


def look_at_screens() -> list[Finding]:
    """Every screen there is."""
    app = _application()
    screens = app.screens()
    if not screens:
        return [Finding("screen", "display", False, message("screen-none"), message("screen-none-advice"))]
    return [
        Finding(
            "screen",
            f"{number} {screen.name()}".strip(),
            True,
            message("screen-size", width=str(screen.size().width()), height=str(screen.size().height())),
        )
        for number, screen in enumerate(screens)
    ]


def look_at_fonts() -> list[Finding]:
    """Whether the wall's typeface is there, and which scripts nobody's name can be written in."""
    _application()
    if not fonts.load_fonts():
        advice = message("fonts-missing-advice")
        return [Finding("fonts", fonts.FAMILY, False, message("fonts-missing"), advice)]
    findings = [Finding("fonts", fonts.FAMILY, True, message("fonts-loaded"))]
    by_package: dict[str, list[str]] = {}
    for script, package in fonts.missing_scripts():
        by_package.setdefault(package, []).append(script)
    for package, scripts in by_package.items():
        text = message("fonts-script-missing", scripts=", ".join(scripts))
        advice = message("fonts-script-missing-advice", package=package)
        findings.append(Finding("fonts", package, False, text, advice))
    return findings


def _application() -> QGuiApplication:
    app = QGuiApplication.instance()
    return app if isinstance(app, QGuiApplication) else QGuiApplication(["salesboard-display"])
