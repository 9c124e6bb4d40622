"""The page's shell at every path that the page knows, and its files.

The shell carries what the page would otherwise have to ask for: chain, contracts, domain. It paints a header at once,
holds no script of its own, and names each file with its hash (`integrity`), so that what runs is what was built.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import partial
from importlib import resources
from typing import Final

import jinja2
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ifx_sdk.errors import NodeDown, RpcError
from otc_desk.desk import Desk, system_clock
from otc_desk.routes.callers import cookie_of
from otc_desk.web import saved
from otc_desk.web.static import FOLDER, KINDS, Asset, read_assets

PATHS: Final[Mapping[str, str]] = {
    "/": "market",
    "/sign-in": "sign-in",
    "/market": "market",
    "/request": "request",
    "/requests": "requests",
    "/requests/{id}": "requests",
    "/inbox": "inbox",
    "/profile": "profile",
    "/agreements/{id}": "agreement",
    "/positions": "positions",
    "/positions/{id}": "position",
    "/funds": "funds",
    "/documents": "documents",
    "/operator": "operator",
    "/if-we-vanish": "vanish",
}
"""Where the page is, and by which of its scripts; `web/src/routes.tsx` has the same."""
ENTRIES: Final = ("desk", "sandbox")
"""Scripts that the shell itself runs."""
FOREVER: Final = "public, max-age=31536000, immutable"
THEMES: Final = ("light", "dark")
THEME_COOKIE: Final = "ifx_theme"
"""What the page's switch sets, so that the shell comes in the right colours; without it the system's choice governs."""


class Page:
    """The shell and the files of one desk."""

    def __init__(self, desk: Desk) -> None:
        """Reads the package's files; asks nobody."""
        self._desk, self._assets = desk, read_assets()
        # It is given out whole and to be saved, never opened as a page of the desk.
        self._saved = saved.saved_page(desk.ifx.deployment, self._assets.pop(saved.NAME).content)
        self._served = {each.served_name: each for each in self._assets.values()}
        self._scripts: dict[str, list[str]] = json.loads(self._assets["scripts.json"].content)
        template = resources.files("otc_desk.web").joinpath("templates", "shell.html").read_text(encoding="utf-8")
        environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
        self._template = environment.from_string(template)
        self._built = self._what_is_built()

    def asset(self, built_name: str) -> Asset:
        """A file by the name that it is built under, such as `desk.js`."""
        return self._assets[built_name]

    def shell(self, request: Request, *, script: str = "", status: int = 200) -> Response:
        """The page for a path; `script` is the one that shows what is there, to be fetched with the others."""
        theme = request.cookies.get(THEME_COOKIE)
        text = self._template.render(
            script=self._assets["desk.js"],
            parts=dict.fromkeys([*self._parts("desk"), *self._parts(script)]),
            style=self._assets["desk.css"],
            theme=theme if theme in THEMES else None,
            sandbox=self._sandbox(),
            facts=self.facts() | {"session": cookie_of(self._desk) in request.cookies},
        )
        headers = {"Vary": "Cookie"}
        return Response(text, status_code=status, media_type="text/html", headers=headers)

    def _sandbox(self) -> dict[str, object] | None:
        """A script of its own: no other desk's page has a wallet in it."""
        found = self._desk.settings.sandbox
        if found is None:
            return None
        accounts = [{"name": each.name, "address": each.address} for each in found.accounts]
        return {"script": self._assets["sandbox.js"], "style": self._assets["sandbox.css"], "accounts": accounts}

    def facts(self) -> dict[str, object]:
        """What the page knows before it asks: public, and the same for everybody."""
        found, settings = self._desk.ifx.deployment, self._desk.settings
        return {
            "network": found.network,
            "chainId": found.chain_id,
            "escrow": found.escrow,
            "usdt": found.token,
            "oracle": found.oracle,
            "timelock": found.timelock,
            "block": found.block,
            "domain": settings.domain,
            "url": settings.url,
            "now": self._now(),
            "sandbox": settings.sandbox is not None,
            # A public chain's wallets know it already, and the desk's own endpoint may hold a key.
            "rpcUrls": [settings.chain.rpc] if settings.sandbox is not None else [],
        } | self._built

    def _what_is_built(self) -> dict[str, object]:
        """The part of the facts that does not change: all scripts' hash, each page's files with theirs, licences."""
        scripts = (self._assets[name].content for name in sorted(self._assets) if name.endswith(".js"))
        pages = [name for name in self._scripts if name not in ENTRIES]
        return {
            "bundle": hashlib.sha256(b"".join(scripts)).hexdigest(),  # as `cat *.js | sha256sum` has it
            "scripts": {name: [[each.url, each.integrity] for each in self._parts(name)] for name in pages},
            "licences": self._assets["licences.txt"].url,
            "saved": {"url": saved.URL, "sha256": self._saved.sha256},
        }

    def _parts(self, script: str) -> list[Asset]:
        """What a page's script or an entry imports, but the entries themselves."""
        named = self._scripts.get(script, [])
        return [self._assets[each] for each in named if each.removesuffix(".js") not in ENTRIES]

    def file(self, request: Request) -> Response:
        """A file by its served name. Raises 404 for every other one: there is nothing else in the folder."""
        found = self._served.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding", "ETag": f'"{found.sha256[:32]}"'}
        if not _takes_gzip(request.headers):
            return Response(found.content, media_type=found.kind, headers=headers)
        return Response(found.packed, media_type=found.kind, headers=headers | {"Content-Encoding": "gzip"})

    def saved(self, request: Request) -> Response:
        """ "If we vanish" as one file, with this desk's contracts in it."""
        headers = {"Content-Disposition": f'attachment; filename="{saved.NAME}"'}
        return Response(self._saved.content, media_type=KINDS[".html"], headers=headers)

    def _now(self) -> int:
        """The desk's time; the machine's where that is a local chain's, and its node is away: the page comes anyhow."""
        try:
            return self._desk.now()
        except (NodeDown, RpcError):
            return system_clock()


def add_page(app: FastAPI, desk: Desk) -> None:
    """Serve the page; to be called when every other route is there."""
    page = Page(desk)
    app.state.page = page
    # Plain routes: they are no part of the API, and answer HEAD as they answer GET.
    for path, script in PATHS.items():
        shown = partial(page.shell, script=script)
        app.router.routes.append(Route(path, shown, methods=["GET"], include_in_schema=False))
    app.router.routes.append(Route(saved.URL, page.saved, methods=["GET"], include_in_schema=False))
    app.router.routes.append(Route(FOLDER + "{name}", page.file, methods=["GET"], include_in_schema=False))


def wants_page(request: Request) -> bool:
    """Whether a person looks for something that is not there: told by the page, in its words."""
    found: str = request.url.path
    return not found.startswith(("/api/", FOLDER)) and "text/html" in request.headers.get("accept", "")


def _takes_gzip(headers: Headers) -> bool:
    """As browsers say it: a client that weighs encodings against each other gets the file as it is."""
    return any(each.strip() == "gzip" for each in headers.get("accept-encoding", "").split(","))
