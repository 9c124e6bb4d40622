"""The files of the page, read once: under a name that holds their hash, so that a browser keeps them for good."""

import gzip
import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import PurePosixPath
from typing import Final

_HASHED: Final = re.compile(r"-[A-Z0-9]{8}\.js")
"""End of a name that the build gives by content: other scripts import it by that name."""
FOLDER: Final = "/static/"
"""Where they are served from."""
KINDS: Final[Mapping[str, str]] = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
}
"""Media types of what `make page` writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file, as it is served."""

    name: str
    """As it is built, such as `desk.js`."""
    content: bytes
    """The file."""
    packed: bytes
    """The same, by gzip."""
    kind: str
    """Content-Type."""

    sha256: str
    """SHA-256 of the file, hexadecimal: what `sha256sum` says of it."""

    @property
    def integrity(self) -> str:
        """The same for the `integrity` attribute: a browser runs nothing else under this name."""
        return "sha256-" + b64encode(bytes.fromhex(self.sha256)).decode()

    @property
    def served_name(self) -> str:
        """`desk.0123456789abcdef.js`: another file has another name."""
        if _HASHED.search(self.name):
            return self.name
        path = PurePosixPath(self.name)
        return f"{path.stem}.{self.sha256[:16]}{path.suffix}"

    @property
    def url(self) -> str:
        """Path on the desk."""
        return FOLDER + self.served_name


def read_assets() -> dict[str, Asset]:
    """Every file of the page by its built name."""
    folder = resources.files("otc_desk.web").joinpath("static")
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        kind = KINDS.get(PurePosixPath(entry.name).suffix)
        if kind is not None:
            content = entry.read_bytes()
            found[entry.name] = Asset(
                name=entry.name,
                content=content,
                packed=gzip.compress(content, 9, mtime=0),
                kind=kind,
                sha256=hashlib.sha256(content).hexdigest(),
            )
    return found
