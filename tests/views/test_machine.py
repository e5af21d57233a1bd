"""What the wall needs of the machine: a renderer, letters, pictures, words, and a thread that is on time."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from salesboard_display.views import avatars, fonts, graphics
from salesboard_display.views.language import Language, translator_for
from salesboard_display.views.meter import LagProbe, percentile


@pytest.mark.parametrize(
    "renderer",
    ["", "llvmpipe (LLVM 15.0.6, 256 bits)", "softpipe", "Software Rasterizer", "SwiftShader", "GDI Generic"],
)
def test_what_the_processor_draws_is_software(renderer: str) -> None:
    assert graphics.is_software_renderer(renderer)


@pytest.mark.parametrize(
    "renderer", ["Mesa Intel(R) UHD Graphics 620 (KBL GT2)", "NVIDIA GeForce", "V3D 4.2"]
)
def test_a_graphics_card_is_none(renderer: str) -> None:
    assert not graphics.is_software_renderer(renderer)


def test_off_screen_is_drawn_in_software(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QUICK_BACKEND")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert graphics.choose_backend() == "software"
    assert graphics.draws_in_software()
    assert graphics.describe_backend().id == "screen-software"


def test_somebody_s_own_choice_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QUICK_BACKEND", "rhi")
    assert graphics.choose_backend() == "gpu"
    assert not graphics.draws_in_software()


def test_the_renderer_is_asked_once_per_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(graphics.platformdirs, "user_cache_dir", lambda *_args, **_how: str(tmp_path))
    asked = []
    monkeypatch.setattr(graphics, "probe_renderer", lambda: asked.append(1) or "llvmpipe")
    assert graphics._remembered_renderer() == "llvmpipe"
    assert graphics._remembered_renderer() == "llvmpipe"
    assert len(asked) == 1
    (kept,) = tmp_path.iterdir()
    kept.write_text("{", "utf-8")  # a cache that cannot be read is asked for again
    assert graphics._remembered_renderer() == "llvmpipe"
    assert json.loads(kept.read_text("utf-8"))["renderer"] == "llvmpipe"
    assert len(asked) == 2


def test_a_probe_that_crashes_or_says_nothing_means_no_gpu() -> None:
    assert graphics.probe_renderer([sys.executable, "-c", "import os; os.abort()"]) == ""
    assert graphics.probe_renderer([sys.executable, "-c", "print('renderer: V3D 4.2')"]) == "V3D 4.2"
    assert graphics.probe_renderer(["/nowhere/python"]) == ""


@pytest.mark.expected_log("the graphics card cannot be used")
@pytest.mark.expected_log("the software renderer failed, too")
def test_a_failing_gpu_restarts_with_software_once(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(graphics.os, "execv", lambda _program, words: started.append(words))
    monkeypatch.setenv(graphics.RESTARTED, "")
    monkeypatch.setenv("QT_QUICK_BACKEND", "rhi")
    graphics.restart_with_software()
    assert started == [sys.orig_argv]
    assert graphics.needs_software()
    graphics.restart_with_software()
    assert len(started) == 1


def test_the_wall_s_typeface_is_manrope_with_figures_of_one_width(qapp: QGuiApplication) -> None:
    assert fonts.load_fonts()
    assert fonts.load_fonts(), "and again"
    assert qapp.font().families()[0] == "Manrope"


def test_scripts_without_letters_are_named_with_a_package(
    qapp: QGuiApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts.QFontDatabase, "families", lambda *_system: [])
    missing = dict(fonts.missing_scripts())
    assert missing["emoji"] == "fonts-noto-color-emoji"
    assert missing["Japanese"] == "fonts-noto-cjk"
    assert missing["Arabic"] == "fonts-noto-core"
    monkeypatch.setattr(fonts.QFontDatabase, "families", lambda *_system: ["Noto Color Emoji"])
    assert fonts.missing_scripts() == []


def photo(folder: Path, width: int, height: int) -> str:
    """A red picture with a blue frame's worth of nothing."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0xFF0000)
    path = folder / f"{width}x{height}.png"
    assert image.save(str(path))
    return str(path)


@pytest.mark.parametrize(("width", "height"), [(64, 64), (200, 40), (40, 200), (7, 7)])
def test_a_picture_is_cut_round_and_fills_its_circle(tmp_path: Path, width: int, height: int) -> None:
    cut = avatars.round_picture(photo(tmp_path, width, height), 48)
    assert (cut.width(), cut.height()) == (48, 48)
    assert cut.pixelColor(24, 24).name() == "#ff0000"
    assert cut.pixelColor(24, 1).alpha() > 0
    assert cut.pixelColor(0, 0).alpha() == cut.pixelColor(47, 47).alpha() == 0


def test_a_stale_picture_is_grey(tmp_path: Path) -> None:
    middle = avatars.round_picture(photo(tmp_path, 64, 64), 48, grey=True).pixelColor(24, 24)
    assert middle.red() == middle.green() == middle.blue()


@pytest.mark.parametrize("path", ["/nowhere.png", "", "http://127.0.0.1:1/a.png", __file__])
def test_what_is_no_picture_here_is_one_clear_pixel(path: str) -> None:
    found = avatars.AvatarProvider().requestImage(f"plain/{path.replace('/', '%2F')}", QSize(), QSize(48, 48))
    assert (found.width(), found.height()) == (1, 1)
    assert found.pixelColor(0, 0).alpha() == 0


def test_a_picture_that_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = photo(tmp_path, 64, 64)
    monkeypatch.setattr(avatars, "LARGEST", 63)
    assert avatars.round_picture(path, 48).isNull()


def test_words_are_installed_once_and_taken_back(qapp: QGuiApplication) -> None:
    language = Language()
    assert not language.speak("en_GB"), "nothing reads differently"
    assert language.speak("de_DE")
    assert QCoreApplication.translate("PrizeCard", "Prize") == "Preis"
    assert not language.speak("de_DE")
    assert language.speak("en_GB")
    assert QCoreApplication.translate("PrizeCard", "Prize") == "Prize"


@pytest.mark.parametrize(
    ("locale", "known"), [("de_AT", True), ("de", True), ("sv_SE", False), ("en_US", False)]
)
def test_a_country_s_language_is_its_language(locale: str, known: bool) -> None:
    assert (translator_for(locale) is not None) is known


def test_a_busy_thread_is_late(qtbot: QtBot) -> None:
    probe = LagProbe()
    qtbot.wait(60)
    probe.reset()
    assert probe.figures()["lag_worst_ms"] == 0.0
    sum(range(3_000_000))  # nobody rings meanwhile
    qtbot.waitUntil(lambda: probe.figures()["lag_worst_ms"] > 5)
    probe.stop()


@pytest.mark.parametrize(
    ("values", "percent", "found"), [([], 99, 0.0), ([5.0], 50, 5.0), (list(range(1, 101)), 99, 99)]
)
def test_a_percentile_is_one_of_the_values(values: list[float], percent: float, found: float) -> None:
    assert percentile(values, percent) == found
