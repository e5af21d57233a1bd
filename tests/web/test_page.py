"""The page about webhooks can be followed: its settings receive what its commands send."""

from __future__ import annotations

import asyncio
import shutil
import tomllib
from pathlib import Path

import pytest

from tests.docs.pages import blocks
from tests.web.receiving import receiving

PAGE = "docs/sources/webhooks.md"
SHELL = [block.text for block in blocks(PAGE, "sh") if "curl" in block.text]
SETTINGS = {
    name: source
    for block in blocks(PAGE, "toml")
    for name, source in tomllib.loads(block.text).get("sources", {}).items()
}

pytestmark = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("openssl")), reason="needs curl and openssl"
)


async def said_by(script: str) -> str:
    """What a shell says when it runs this, without looking at anybody's settings of curl."""
    shell = await asyncio.create_subprocess_exec(
        "bash", "-c", f"curl() {{ command curl -q --silent --noproxy '*' \"$@\"; }}\n{script}",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await asyncio.wait_for(shell.communicate(), 20)
    return out.decode()


@pytest.mark.parametrize("script", SHELL, ids=["token", "signature", "life"])
async def test_what_the_page_sends_is_heard_by_what_it_sets_up(tmp_path: Path, script: str) -> None:
    name = "shop" if "/hooks/shop" in script else "zap"
    given = {key: value for key, value in SETTINGS[name].items() if key != "type"}
    given["secrets"] = ["replace this text"]
    async with receiving(tmp_path, given) as wall:
        here = script.replace(":8765", f":{wall.port}").replace(f"/hooks/{name}", "/hooks/crm")
        if "heartbeat" in script:
            assert await said_by(here) == '{"said":"alive"}'
            return
        assert await said_by(here) == '{"said":"kept"}'
        await wall.until(1)
        forged = here.replace("replace this text", "another secret")
        assert '"said":"the ' in await said_by(forged)
        assert wall.facts in (["D-17"], ["C-1"])
