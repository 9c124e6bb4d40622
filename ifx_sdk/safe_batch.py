"""A batch file for Safe's Transaction Builder: what a multisig's owners load, look at and sign. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from eth_utils.crypto import keccak

from ifx_sdk.chain import Call

BUILDER_VERSION = "1.18.2"
"""The Transaction Builder whose format this is."""


def batch(calls: Sequence[Call], *, chain_id: int, created_at: int, name: str, description: str) -> dict[str, object]:
    """The file's content, with its checksum; `created_at` in unix seconds. Safe's page takes it by drag and drop."""
    meta = {
        "name": name,
        "description": description,
        "txBuilderVersion": BUILDER_VERSION,
        "createdFromSafeAddress": "",
        "createdFromOwnerAddress": "",
    }
    document = {
        "version": "1.0",
        "chainId": str(chain_id),
        "createdAt": created_at * 1_000,
        "meta": meta,
        "transactions": [_transaction(call) for call in calls],
    }
    return document | {"meta": meta | {"checksum": checksum(document)}}


def checksum(document: dict[str, object]) -> str:
    """keccak-256 over the file in the builder's own order, its name and any checksum in it left out."""
    meta = document["meta"]
    if not isinstance(meta, dict):
        raise TypeError("a batch file has meta data")
    plain = {key: value for key, value in meta.items() if key != "checksum"} | {"name": None}
    return "0x" + keccak(text=_serialized(document | {"meta": plain})).hex()


def _serialized(value: object) -> str:
    # The builder writes an object as its sorted keys, then each value with a comma after it, the last one too.
    if isinstance(value, list):
        return "[" + ",".join(map(_serialized, value)) + "]"
    if isinstance(value, dict):
        keys = sorted(value)
        return "{" + _json(keys) + "".join(_serialized(value[key]) + "," for key in keys) + "}"
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _transaction(call: Call) -> dict[str, object]:
    return {
        "to": call.to,
        "value": str(call.value),
        "data": "0x" + call.data.hex(),
        "contractMethod": None,
        "contractInputsValues": None,
    }
