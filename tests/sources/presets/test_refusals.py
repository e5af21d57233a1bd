"""What managers are told when a CRM refuses: errors shaped as in the notes, said by each preset's rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from salesboard_display.settings.presets import load_preset
from salesboard_display.sources.http.errors import failure, judge

REFUSALS: list[tuple[str, int, Any, str, str]] = [
    (
        "salesforce",
        401,
        [{"message": "Session expired", "errorCode": "INVALID_SESSION_ID"}],
        "sign-in-again",
        "",
    ),
    (
        "salesforce",
        403,
        [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}],
        "rate-limited",
        "Salesforce's daily limit of requests is used up: TotalRequests Limit exceeded.",
    ),
    (
        "salesforce",
        400,
        [{"message": "No such column 'CurrencyIsoCode'", "errorCode": "INVALID_FIELD"}],
        "wrong-set-up",
        "Salesforce does not know a field, or its user may not see it: No such column 'CurrencyIsoCode'",
    ),
    ("salesforce", 420, None, "retry", ""),
    (
        "hubspot",
        403,
        {
            "status": "error",
            "category": "MISSING_SCOPES",
            "message": "This app hasn't been granted …",
            "errors": [{"message": "…", "context": {"requiredGranularScopes": ["crm.objects.deals.read"]}}],
        },
        "wrong-set-up",
        (
            "HubSpot says the key lacks the scope crm.objects.deals.read. Tick it in the private app, "
            "under Scopes."
        ),
    ),
    (
        "hubspot",
        403,
        {"status": "error", "message": "You may not."},
        "wrong-set-up",
        "HubSpot says the key may not read this. Look at the private app's scopes: You may not.",
    ),
    (
        "hubspot",
        401,
        {"status": "error", "message": "Authentication credentials not found."},
        "sign-in-failed",
        "HubSpot does not accept the access token. Copy it again from the private app's page.",
    ),
    ("hubspot", 429, {"errorType": "RATE_LIMIT", "policyName": "SECONDLY"}, "rate-limited", ""),
    ("hubspot", 477, {"message": "Account is being moved"}, "rate-limited", ""),
    (
        "pipedrive",
        401,
        {"success": False, "error": "unauthorized access"},
        "sign-in-failed",
        "Pipedrive does not accept the API token. Copy it again from Personal preferences > API.",
    ),
    (
        "pipedrive",
        403,
        {"success": False, "error": "Too many requests."},
        "rate-limited",
        (
            "Pipedrive refuses for now: too many requests were made, or the token may not see this. "
            "Too many requests."
        ),
    ),
    (
        "close",
        401,
        {"error": "The API key is invalid"},
        "sign-in-failed",
        "Close does not accept the API key. Make a new one under Settings > Developer > API keys.",
    ),
    (
        "close",
        400,
        {"errors": ["Skip is too large."], "field-errors": {}},
        "wrong-set-up",
        "Close does not accept the request (HTTP 400 Bad Request): Skip is too large.",
    ),
    (
        "outreach",
        403,
        {"errors": [{"id": "unauthorized", "title": "Unauthorized", "detail": "No such scope."}]},
        "wrong-set-up",
        (
            "Outreach does not let this app read that; look at its scopes, and whether your plan has "
            "opportunities: No such scope."
        ),
    ),
    (
        "zoho-crm",
        401,
        {"code": "OAUTH_SCOPE_MISMATCH", "message": "invalid oauth scope", "status": "error"},
        "wrong-set-up",
        (
            "Zoho says the token lacks a scope; make a new one with all the scopes of the page: "
            "invalid oauth scope"
        ),
    ),
    ("zoho-crm", 401, {"code": "INVALID_TOKEN", "message": "invalid oauth token"}, "sign-in-again", ""),
    ("zoho-crm", 429, {"code": "TOO_MANY_REQUESTS", "message": "…", "status": "error"}, "rate-limited", ""),
    (
        "dynamics-365-sales",
        403,
        {"error": {"code": "", "message": "Principal lacks prvReadOpportunity"}},
        "wrong-set-up",
        (
            "Dynamics does not let the application user read that; look at its security role: "
            "Principal lacks prvReadOpportunity"
        ),
    ),
    (
        "zendesk-sell",
        400,
        {"errors": [{"error": {"code": "invalid_user_agent", "message": "User-Agent is missing"}}]},
        "wrong-set-up",
        "Zendesk Sell does not accept the request (HTTP 400 Bad Request): User-Agent is missing",
    ),
    (
        "freshsales",
        401,
        {"errors": {"code": 401, "message": ["Login failed"]}},
        "sign-in-failed",
        "Freshsales does not accept the API key. Copy it again from Settings > API settings.",
    ),
    (
        "copper",
        401,
        {"success": False, "status": 401, "message": "Invalid"},
        "sign-in-failed",
        "Copper does not accept the API key for this e-mail address. Both have to be of the same user.",
    ),
    (
        "attio",
        403,
        {"status_code": 403, "type": "auth_error", "code": "unauthorized", "message": "Missing task:read"},
        "wrong-set-up",
        "Attio says the access token lacks a scope: Missing task:read",
    ),
    ("attio", 429, {"status_code": 429, "type": "rate_limit_error", "message": "…"}, "rate-limited", ""),
]


@pytest.mark.parametrize(
    ("name", "status", "body", "meaning", "sentence"),
    REFUSALS,
    ids=[f"{r[0]}-{r[1]}-{r[3]}" for r in REFUSALS],
)
def test_a_refusal_is_understood_and_said(
    name: str, status: int, body: Any, meaning: str, sentence: str, tmp_path: Path
) -> None:
    preset = load_preset(name, tmp_path)
    verdict = judge(preset, status, body, json.dumps(body), signs_in=True)
    assert verdict.meaning == meaning
    if sentence:
        said = failure(verdict, preset.name, None, 0.0).message
        assert said.id.format(**dict(said.args)) == sentence
