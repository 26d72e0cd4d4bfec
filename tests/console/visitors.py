"""Users of the pages, signed in as a browser does it, without one."""

import re
from dataclasses import dataclass, field

import httpx

from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from fulfillment.store.commands.administration.users import NewUser, make_user
from fulfillment.store.transactions.session import Command
from tests.api.world import ACME, World

PASSWORD = "three words and a teapot"
HIDDEN = re.compile(r'<input type="hidden" name="(?P<name>\w+)" value="(?P<value>[^"]*)">')


def make(
    world: World, name: str, role: Role = Role.ADMIN, scope: Scope | None = None, full: str = ""
) -> None:
    """A user of acme, unless it is said otherwise."""
    new = NewUser(name, full or name.title(), role, scope or Scope(frozenset({ACME})))
    make_user(world.store, Command("*", "make_user", f"make_user:{name}", "test"), new, PASSWORD)


@dataclass
class Visitor:
    """Somebody with a browser's cookies and headers."""

    world: World
    client: httpx.Client
    token: str = field(default="")

    def sign_in(self, name: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        sent = {"name": name, "password": password, **more}
        return self.client.post("/sign-in", data=sent)

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def post(self, path: str, **values: str) -> httpx.Response:
        return self.client.post(path, data=values)

    def hidden(self, path: str) -> dict[str, str]:
        """The hidden fields of the last form of a page, and of those before it."""
        page = self.get(path)
        return {found["name"]: found["value"] for found in HIDDEN.finditer(page.text)}

    def do(self, path: str, **values: str) -> httpx.Response:
        """Look at an action's page, and press its button."""
        query = str(httpx.QueryParams({"look": "1", **values}))
        fields = self.hidden(f"{path}?{query}")
        return self.post(path, **fields)


def visitor(world: World, name: str | None = None) -> Visitor:
    """Somebody who was never here, or is signed in by this name."""
    client = httpx.Client(base_url=world.url, headers={"Sec-Fetch-Site": "same-origin"}, timeout=20)
    world.clients.append(client)
    one = Visitor(world, client)
    if name is not None:
        answer = one.sign_in(name)
        assert answer.status_code == 303, answer.text
    return one
