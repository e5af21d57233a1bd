"""Tests of salesboard_display.sources."""
