"""What `ifx verify` found, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from ifx_sdk.bundle import Verdict, Verified
from ifx_sdk.cli.output import aligned


def document(found: Verified) -> dict[str, object]:
    """For programs."""
    wrong = found.mismatch
    return {
        "id": found.id,
        "verdict": str(found.verdict),
        "end": None if found.end is None else str(found.end),
        "steps": [{"what": each.what, "text": each.text} for each in found.steps],
        "mismatch": None
        if wrong is None
        else {"step": wrong.step, "part": wrong.part, "expected": wrong.expected, "found": wrong.found},
        "missing": list(found.missing),
        "signers": list(found.signers),
        "unproven_days": list(found.unproven),
        "blocks": [
            {"number": number, "hash": hash, "confirmed": hash in found.confirmed} for number, hash in found.blocks
        ],
        "not_proven": list(_open(found)),
    }


def text(found: Verified) -> str:
    """For people: the steps that hold, then the verdict, then what it does not cover."""
    lines = ["forward " + ("of an unreadable bundle" if found.id is None else "0x" + found.id.hex()), ""]
    if found.steps:
        lines += [aligned((each.what, f"ok  {each.text}") for each in found.steps), ""]
    lines.append(f"{found.verdict}: {_sentence(found)}")
    if found.mismatch is not None:
        wrong = found.mismatch
        rows = (("in", wrong.part), ("expected", wrong.expected), ("found", wrong.found))
        lines.append(aligned((f"  {name}", value) for name, value in rows))
        return "\n".join(lines)
    told = list(_open(found))
    if told:
        lines += ["", "Not proven here:", *(f"- {each}" for each in told)]
    return "\n".join(lines)


def _sentence(found: Verified) -> str:
    if found.mismatch is not None:
        return f"{found.mismatch.step} does not match; nothing after it was looked at"
    if found.verdict is Verdict.NOT_PROVEN:
        days = ", ".join(found.unproven[:5]) + (", ..." if len(found.unproven) > 5 else "")
        return f"all that is here holds, but no node's evidence is whole for {len(found.unproven)} fixings: {days}"
    if found.ending_is_open:
        return "every step holds up to the booking; the forward has not ended yet"
    return "every step holds, from the end back to the raw pages"


def _open(found: Verified) -> Iterator[str]:
    """What is not proven, in words."""
    if found.mismatch is not None:
        return
    unconfirmed = [(number, hash) for number, hash in found.blocks if hash not in found.confirmed]
    if unconfirmed:
        number, hash = unconfirmed[-1]
        yield (
            f"that {len(unconfirmed)} block hashes are the chain's, the newest {hash} of block {number}: compare them"
            " with a node that you trust, all with --rpc URL, one with --block-hash HASH"
        )
    yield from found.not_proven
    if found.unproven:
        yield "the pages of those fixings: fetch them with `ifx bundle --from` the URL of a node that has them"
