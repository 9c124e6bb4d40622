"""What goes wrong between us and a node, in our words.

It comes out as `NodeDown` (nobody answered), `RpcError` (the node refused the request) or a leaf of `Reverted` (a
contract refused the call). A URL is shown without user, password, path and query: keys live there.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from ifx_sdk.errors import NodeDown, RpcError, revert_error

_ERROR_STRING = bytes.fromhex("08c379a0")
_DATA = re.compile(r"0x(?:[0-9a-f]{2})*", re.IGNORECASE | re.ASCII)
_REASON = re.compile(
    r"(?:execution reverted|reverted with reason string|vm exception while processing transaction: revert)"
    r"[:\s]*['\"]?(?P<reason>.*?)['\"]?$",
    re.IGNORECASE,
)


def public_url(url: str) -> str:
    """The URL without what may be secret in it."""
    parts = urlsplit(url)
    if not parts.hostname:
        return url if parts.scheme in ("", "in-process") else f"{parts.scheme}://…"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}" + ("/…" if parts.path.strip("/") or parts.query else "")


@contextmanager
def speaking(url: str, method: str) -> Iterator[None]:
    """Turn what web3 and its transports raise into our errors. `url` is public already, `method` the one asked."""
    from requests.exceptions import ConnectionError as RequestsConnectionError
    from requests.exceptions import HTTPError, RequestException, Timeout
    from web3.exceptions import (
        BadResponseFormat,
        ContractLogicError,
        PersistentConnectionError,
        ProviderConnectionError,
        TimeExhausted,
        TooManyRequests,
        Web3RPCError,
    )

    # `from None` on transports: their messages hold the whole URL, with whatever key is in it.
    try:
        yield
    except ContractLogicError as error:
        raise revert_error(revert_reason(error.data, str(error.message or error))) from error
    except Web3RPCError as error:
        raise RpcError(method, _rpc_message(error), _rpc_code(error)) from error
    except HTTPError as error:
        status = "an error" if error.response is None else f"HTTP {error.response.status_code}"
        raise NodeDown(url, f"{method} answered with {status}") from None
    except (Timeout, TimeExhausted, TimeoutError):
        raise NodeDown(url, f"{method} timed out") from None
    except (RequestsConnectionError, ConnectionError, ProviderConnectionError, PersistentConnectionError, OSError):
        raise NodeDown(url, f"{method}: cannot connect") from None
    except (BadResponseFormat, json.JSONDecodeError, TooManyRequests, RequestException) as error:
        raise NodeDown(url, f"{method} got no JSON-RPC answer ({type(error).__name__})") from None
    except _tester_refusals() as error:
        text = str(error)
        if text.startswith("execution reverted"):
            raise revert_error(revert_reason(None, text)) from error
        raise RpcError(method, text) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        # What web3 stumbles over when it reads an answer of the wrong shape.
        raise NodeDown(url, f"{method} got an answer that cannot be read ({type(error).__name__})") from error


def revert_reason(data: object, message: str) -> str | None:
    """The contract's reason, from the returned data or else the node's words; None where it gave none."""
    from eth_abi.abi import decode
    from eth_abi.exceptions import DecodingError

    # An odd number of digits, or anything else that is no data, tells nothing.
    raw = bytes.fromhex(data[2:]) if isinstance(data, str) and _DATA.fullmatch(data) else b""
    if raw.startswith(_ERROR_STRING):
        try:
            return str(decode(["string"], raw[4:])[0])
        except (DecodingError, UnicodeDecodeError):
            return None
    found = _REASON.search(message)
    reason = found["reason"] if found else message
    return None if reason in ("", "no data", "b''", "0x") or reason.startswith(("(", "0x")) else reason


def _rpc_message(error: object) -> str:
    response = getattr(error, "rpc_response", None) or {}
    detail = response.get("error")
    return str(detail.get("message", detail)) if isinstance(detail, dict) else str(getattr(error, "message", error))


def _rpc_code(error: object) -> int | None:
    response = getattr(error, "rpc_response", None) or {}
    detail = response.get("error")
    code = detail.get("code") if isinstance(detail, dict) else None
    return code if isinstance(code, int) else None


def _tester_refusals() -> tuple[type[BaseException], ...]:
    """What eth-tester's own provider raises instead of answering, where it is in use (Ape's chain)."""
    tester = sys.modules.get("eth_tester.exceptions")
    if tester is None:
        return ()
    from eth_utils.exceptions import ValidationError

    return (tester.TransactionFailed, tester.ValidationError, ValidationError)
