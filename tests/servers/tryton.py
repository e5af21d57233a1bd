"""A Tryton server with the module Sale Opportunity, and its life of an opportunity by Tryton's own means."""

from __future__ import annotations

import base64
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.servers.running import Server, folder, free_port, installed, run

DATABASE, ADMIN = "crm", "admin"
_CONFIGURATION = """
[database]
uri = sqlite://
path = {home}/db
[web]
listen = 127.0.0.1:{port}
[queue]
worker = True
"""
# With a worker, sales are processed when it comes to them; here none does. Without one they are processed as
# they are confirmed, and a processed sale cannot go back to a draft.


class Tryton(Server):
    """The server; two employees, Ada and Grace, and opportunities that become what happens to them."""

    unprivileged = False

    def __init__(self, home: Path, database: Path) -> None:
        """``database``: the file to begin with a copy of."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.key = ""
        configured = _configured(home, port)
        super().__init__([installed("tryton/bin/trytond"), *configured], home, port, self._answers_rpc)
        self._client = httpx.Client(timeout=60)
        self._context: dict[str, Any] = {}
        self._company, self._currency = 0, 0
        self.employees: dict[str, int] = {}
        shutil.copy(database, _file(home))

    def _answers_rpc(self) -> bool:
        try:
            self._client.post(
                f"{self.url}/rpc/", json={"id": 0, "method": "common.server.version", "params": []}
            )
        except httpx.TransportError:
            return False
        return True

    def _rpc(self, method: str, *params: Any) -> Any:
        body = {"id": 1, "method": method, "params": list(params)}
        answer = self._client.post(f"{self.url}/{DATABASE}/rpc/", json=body).json()
        assert not (isinstance(answer, dict) and answer.get("error")), (method, answer["error"][:2])
        return answer["result"] if isinstance(answer, dict) and "result" in answer else answer

    def _do(self, model: str, method: str, *params: Any, **context: Any) -> Any:
        return self._rpc(f"model.{model}.{method}", *params, {**self._context, **context})

    def _party(self, name: str) -> int:
        address = {"street": "1 Main St"}
        return int(
            self._do("party.party", "create", [{"name": name, "addresses": [("create", [address])]}])[0]
        )

    def set_up(self) -> None:
        """A company, its two employees, and a key for the wall."""
        user, token = self._rpc("common.db.login", ADMIN, {"password": ADMIN}, "en")[:2]
        session = base64.b64encode(f"{ADMIN}:{user}:{token}".encode()).decode()
        self._client.headers["Authorization"] = f"Session {session}"
        rate = {"date": {"__class__": "date", "year": 2020, "month": 1, "day": 1}, "rate": _decimal("1")}
        euro = {"name": "Euro", "code": "EUR", "symbol": "€", "rounding": _decimal("0.01"), "digits": 2}
        found = self._do("currency.currency", "search", [("code", "=", "EUR")], 0, None, None)
        found = found or self._do("currency.currency", "create", [{**euro, "rates": [("create", [rate])]}])
        self._currency = found[0]
        company = {"party": self._party("Berg & Co"), "currency": self._currency}
        self._company = self._do("company.company", "create", [company])[0]
        for name in ("Ada", "Grace"):
            employee = {"party": self._party(name), "company": self._company}
            made = self._do("company.employee", "create", [employee], company=self._company)
            self.employees[name] = made[0]
        everybody = list(self.employees.values())
        mine = {"companies": [("add", [self._company])], "company": self._company}
        mine |= {"employees": [("add", everybody)], "employee": everybody[0]}
        self._do("res.user", "write", [user], mine)
        self._context = {"company": self._company, "employee": everybody[0]}
        (application,) = self._do("res.user.application", "create", [{"user": user, "application": "rest"}])
        self.key = self._do("res.user.application", "read", [application], ["key"])[0]["key"]

    def opportunity(self, employee: str, amount: str) -> int:
        """An opportunity that is being worked on."""
        return self.opportunities(employee, amount, 1)[0]

    def opportunities(self, employee: str, amount: str, count: int) -> list[int]:
        """Several alike."""
        stated = {
            "company": self._company, "currency": self._currency, "party": self._party("A customer"),
            "employee": self.employees[employee], "description": "A deal", "amount": _decimal(amount),
        }  # fmt: skip
        made: list[int] = self._do("sale.opportunity", "create", [stated] * count)
        self._do("sale.opportunity", "opportunity", made)
        return made

    def convert(self, opportunity: int, amount: str) -> int:
        """It becomes a sale, which is a draft."""
        self._do("sale.opportunity", "convert", [opportunity])
        origin = ("origin", "=", f"sale.opportunity,{opportunity}")
        (sale,) = self._do("sale.sale", "search", [origin], 0, None, None)
        line = {"quantity": 1.0, "unit_price": _decimal(amount), "description": "Licence"}
        by_hand = {"invoice_method": "manual", "shipment_method": "manual"}
        self._do("sale.sale", "write", [sale], {**by_hand, "lines": [("create", [line])]})
        return int(sale)

    def confirm(self, sale: int) -> None:
        """The sale, a draft or a quotation, is confirmed: Tryton sets its opportunity to won."""
        if self._do("sale.sale", "read", [sale], ["state"])[0]["state"] == "draft":
            self._do("sale.sale", "quote", [sale])
        self._do("sale.sale", "confirm", [sale])

    def win(self, employee: str, amount: str) -> tuple[int, int]:
        """A new opportunity, won; it and its sale."""
        opportunity = self.opportunity(employee, amount)
        sale = self.convert(opportunity, amount)
        self.confirm(sale)
        return opportunity, sale

    def edit(self, sale: int, amount: str) -> None:
        """A confirmed sale goes back to a draft, its price is another, and it is confirmed again."""
        self._do("sale.sale", "draft", [sale])
        (line,) = self._do("sale.line", "search", [("sale", "=", sale)], 0, None, None)
        self._do("sale.line", "write", [line], {"unit_price": _decimal(amount)})
        self.confirm(sale)

    def cancel(self, sale: int) -> None:
        """A confirmed sale goes back to a draft and is cancelled: its opportunity stays won, over nothing."""
        self._do("sale.sale", "draft", [sale])
        self._do("sale.sale", "cancel", [sale])

    def reopen(self, sale: int) -> None:
        """A confirmed sale becomes a quotation again: Tryton sets its opportunity back to converted."""
        self._do("sale.sale", "draft", [sale])
        self._do("sale.sale", "quote", [sale])

    def lose(self, *opportunities: int) -> None:
        """Opportunities are lost."""
        self._do("sale.opportunity", "lost", list(opportunities))

    def take_up(self, opportunity: int) -> None:
        """A lost opportunity is worked on again."""
        for step in ("lead", "opportunity"):
            self._do("sale.opportunity", step, [opportunity])

    def make_older(self, *, hours: int) -> None:
        """Let every opportunity have been made and changed that much earlier."""
        with closing(sqlite3.connect(_file(self.home), timeout=30)) as database, database:
            for field in ("create_date", "write_date"):
                earlier = f"strftime('%Y-%m-%d %H:%M:%f000', {field}, '-{hours} hours')"
                database.execute(f"UPDATE sale_opportunity SET {field} = {earlier}")

    def delete_won(self, opportunity: int, sale: int) -> None:
        """The sale is a quotation again and is cancelled, which loses its opportunity; both are deleted."""
        self.reopen(sale)
        self._do("sale.sale", "cancel", [sale])
        self._do("sale.sale", "delete", [sale])
        self.delete_lost(opportunity)

    def delete_lost(self, opportunity: int) -> None:
        """A lost opportunity is opened again, cancelled and deleted."""
        for step in ("lead", "cancel", "delete"):
            self._do("sale.opportunity", step, [opportunity])

    def close(self) -> None:
        """Close the client."""
        self._client.close()


def _decimal(text: str) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": text}


def _file(home: Path) -> Path:
    return home / "db" / f"{DATABASE}.sqlite"


def _configured(home: Path, port: int) -> list[str | Path]:
    """The options that name a new configuration."""
    (home / "db").mkdir()
    path = home / "trytond.conf"
    path.write_text(_CONFIGURATION.format(home=home, port=port), "utf-8")
    return ["-c", path, "-d", DATABASE]


def database() -> Path:
    """A new database with the module in it, as a file to copy. Making one takes a minute: it is kept beside
    the installed server, and goes with it."""
    admin = installed("tryton/bin/trytond-admin")
    kept = admin.parents[1] / "database.sqlite"
    if kept.exists():
        return kept
    with folder("tryton-database") as home:
        options = _configured(home, free_port())
        _file(home).touch()
        (home / "pass").write_text(ADMIN, "utf-8")
        modules = ["-u", "sale_opportunity", "--activate-dependencies"]
        command = [admin, *options, *modules, "--email", "admin@example.com", "-l", "en", "-p"]
        run(*command, cwd=home, unprivileged=False, TRYTONPASSFILE=str(home / "pass"))
        made = kept.with_suffix(f".{home.name}")
        shutil.copy(_file(home), made)
        made.replace(kept)
    return kept


@contextmanager
def tryton(database: Path) -> Iterator[Tryton]:
    """The server, running, with a company in it."""
    with folder("tryton") as home:
        server = Tryton(home, database)
        server.start()
        try:
            server.set_up()
            yield server
        finally:
            server.stop()
            server.close()
