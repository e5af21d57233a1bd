"""A Tryton server with the module Sale Opportunity, and its life of an opportunity by Tryton's own means."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
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
"""


class Tryton(Server):
    """The server; two employees, Ada and Grace, and opportunities that become what happens to them."""

    unprivileged = False

    def __init__(self, home: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.key = ""
        self._configuration = home / "trytond.conf"
        self._configuration.write_text(_CONFIGURATION.format(home=home, port=port), "utf-8")
        options = ["-c", self._configuration, "-d", DATABASE]
        super().__init__([installed("tryton/bin/trytond"), *options], home, port, self._answers_rpc)
        self._client = httpx.Client(timeout=60)
        self._context: dict[str, Any] = {}
        self._company, self._currency = 0, 0
        self.employees: dict[str, int] = {}
        self._make_database(home, options)

    def _make_database(self, home: Path, options: list[Any]) -> None:
        (home / "db").mkdir()
        (home / "db" / f"{DATABASE}.sqlite").touch()
        (home / "pass").write_text(ADMIN, "utf-8")
        modules = ["-u", "sale_opportunity", "--activate-dependencies"]
        command = [installed("tryton/bin/trytond-admin"), *options, *modules]
        command += ["--email", "admin@example.com", "-l", "en", "-p"]
        run(*command, cwd=home, unprivileged=False, TRYTONPASSFILE=str(home / "pass"))

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
        stated = {
            "company": self._company, "currency": self._currency, "party": self._party("A customer"),
            "employee": self.employees[employee], "description": "A deal", "amount": _decimal(amount),
        }  # fmt: skip
        (one,) = self._do("sale.opportunity", "create", [stated])
        self._do("sale.opportunity", "opportunity", [one])
        return int(one)

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
        """The sale is confirmed: Tryton sets its opportunity to won."""
        self._do("sale.sale", "quote", [sale])
        self._do("sale.sale", "confirm", [sale])

    def win(self, employee: str, amount: str) -> int:
        """A new opportunity, won; the sale."""
        sale = self.convert(self.opportunity(employee, amount), amount)
        self.confirm(sale)
        return sale

    def lose(self, opportunity: int) -> None:
        """The opportunity is lost."""
        self._do("sale.opportunity", "lost", [opportunity])

    def delete_lost(self, opportunity: int) -> None:
        """A lost opportunity is opened again, cancelled and deleted."""
        for step in ("lead", "cancel", "delete"):
            self._do("sale.opportunity", step, [opportunity])

    def close(self) -> None:
        """Close the client."""
        self._client.close()


def _decimal(text: str) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": text}


@contextmanager
def tryton() -> Iterator[Tryton]:
    """The server, running, with a company in it."""
    with folder("tryton") as home:
        server = Tryton(home)
        server.start()
        try:
            server.set_up()
            yield server
        finally:
            server.stop()
            server.close()
