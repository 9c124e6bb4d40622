"""Certificates for tests of TLS on the loopback: an authority of the test's own, made by the openssl command."""

import os
import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

MISSING = "openssl not found: install the package `openssl`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who signs certificates; nobody outside of the test trusts it."""

    folder: Path
    """Holds its key and certificate, and those that it signed."""

    def trusted(self) -> ssl.SSLContext:
        """A client that trusts it alone."""
        return ssl.create_default_context(cafile=str(self.folder / "authority.pem"))

    def server(self, name: str, *, days: int = 30, signed: bool = True) -> ssl.SSLContext:
        """A server with a certificate for `name`; by itself where it is not `signed`."""
        made = f"{name}-{days}-{signed}"
        key, request, certificate = (self.folder / f"{made}.{end}" for end in ("key", "csr", "pem"))
        _openssl("req", "-new", *_KEY, "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        extensions = self.folder / f"{made}.ext"
        extensions.write_text(f"subjectAltName=DNS:{name}\n")
        by = ["-CA", self.folder / "authority.pem", "-CAkey", self.folder / "authority.key", "-CAcreateserial"]
        by = by if signed else ["-signkey", key]
        _openssl("x509", "-req", "-in", request, *by, "-days", days, "-extfile", extensions, "-out", certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context


def authority(folder: Path) -> Authority:
    """A new one in an empty folder; skips loudly where openssl is missing, and fails in CI."""
    if shutil.which("openssl") is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    subject = ["-subj", "/CN=authority of a test", "-days", "30"]
    _openssl("req", "-x509", *_KEY, "-keyout", folder / "authority.key", "-out", folder / "authority.pem", *subject)
    return Authority(folder=folder)


_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)
