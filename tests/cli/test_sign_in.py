"""`source sign-in` names what it cannot sign in to; the sign-in itself: tests/sources/http/test_signin.py."""

from __future__ import annotations

from tests.cli.conftest import Typed


def test_a_source_that_is_not_there_is_wrong_use(typed: Typed) -> None:
    said = typed("source", "sign-in", "crn")
    assert said.exit_code == 2
    assert "No source is called crn; there are: crm" in said.output


def test_a_file_needs_no_sign_in(typed: Typed) -> None:
    said = typed("source", "sign-in", "crm")
    assert said.exit_code == 1
    assert "The source crm needs no sign-in by a person." in said.output
