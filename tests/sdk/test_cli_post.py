"""Posting by command: what is let through, and what is refused beside it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support.chain import DAY, GPT, LUNA, START
from support.commands import Ran, Shell, refused

from ifx_sdk import devnet
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from ifx_sdk.oracle import Oracle
from ifx_sdk.outcomes import Outcome
from ifx_sdk.reports import Report, attest

TODAY = START // DAY


@pytest.fixture
def ifx(fresh_ifx: IFX) -> IFX:
    """The deployment that the prompts speak to."""
    return fresh_ifx


def report(ifx: IFX, *nodes: int, name: str = GPT, price: int = 8_000_000, day: int = TODAY) -> list[dict[str, Any]]:
    """What some nodes signed, as they write it."""
    made = (
        attest(devnet.signer(node), ifx.oracle.domain(), underlying=name, day=day, price=price, evidence=bytes(32))
        for node in nodes
    )
    return [each.to_json() for each in made]


def bundle(folder: Path, *attestations: dict[str, Any], name: str = "reports.json") -> str:
    """A file of attestations."""
    path = folder / name
    path.write_text(json.dumps({"attestations": list(attestations)}))
    return str(path)


def test_anyone_posts_what_a_quorum_signed(ifx: IFX, shells: dict[str, Shell], tmp_path: Path) -> None:
    """Two underlyings out of one file in one transaction, with the signers of each counted."""
    file = bundle(tmp_path, *report(ifx, 4, 5, 6), *report(ifx, 4, 5, 6, 7, name=LUNA, price=6_000_000))
    told = shells["outsider"].json("post", file)
    assert told["fixings"] == [
        {"underlying": GPT, "day": TODAY, "price": 8_000_000, "signers": 3},
        {"underlying": LUNA, "day": TODAY, "price": 6_000_000, "signers": 4},
    ]
    assert [each["call"] for each in told["transactions"]] == ["FixingOracle.post_many"]


def test_attestations_are_gathered_from_several_files(ifx: IFX, shells: dict[str, Shell], tmp_path: Path) -> None:
    """Each node's own file, of one attestation or a list; the node that saw another price is left out."""
    files = []
    for node in (4, 5, 6):
        path = tmp_path / f"node-{node}.json"
        path.write_text(json.dumps(report(ifx, node)[0] | {"signer": dev_address(node)}))
        files.append(str(path))
    odd = tmp_path / "node-7.json"
    odd.write_text(json.dumps(report(ifx, 7, price=4_320_000)))
    told = shells["outsider"].json("post", *files, str(odd))
    assert told["fixings"] == [{"underlying": GPT, "day": TODAY, "price": 8_000_000, "signers": 3}]


def test_a_quorum_is_posted_whatever_lies_beside_it(ifx: IFX, shells: dict[str, Shell], tmp_path: Path) -> None:
    """A duplicate, a stranger, a spoiled one, another day's and four forged ones are named on stderr and left out."""
    good, stray = report(ifx, 4, 5, 6), report(ifx, 7, day=TODAY - 1)
    spoiled = report(ifx, 7)[0] | {"price": 7_000_000}
    forged = [each for node in (8, 9, 10, 11) for each in report(ifx, node, price=1)]
    ran = shells["outsider"].run("post", bundle(tmp_path, *forged, *good, good[0], spoiled, *stray), "--json").ok()
    assert ran.json["fixings"] == [{"underlying": GPT, "day": TODAY, "price": 8_000_000, "signers": 3}]
    assert ran.err.count("not counted: ") == 7
    for why in ("no registered node", "signed twice", f"over day {TODAY - 1}"):
        assert why in ran.err


def test_lines_of_several_underlyings_are_posted(ifx: IFX, shells: dict[str, Shell], tmp_path: Path) -> None:
    """Files as `ifx-oracle fix` prints them, a line an underlying, the windows that gave none among them."""
    files = []
    for node in (4, 5, 6):
        thin = {"status": "INSUFFICIENT", "underlying": "a/b", "day": TODAY, "price": None, "valid": 6, "needed": 7}
        entries = [*report(ifx, node), *report(ifx, node, name=LUNA, price=6_000_000)]
        lines = [json.dumps(each) for each in (*(each | {"signer": dev_address(node)} for each in entries), thin)]
        path = tmp_path / f"node-{node}.jsonl"
        path.write_text("\n".join(lines) + "\n")
        files.append(str(path))
    told = shells["outsider"].json("post", *files)
    assert [(each["underlying"], each["price"]) for each in told["fixings"]] == [(GPT, 8_000_000), (LUNA, 6_000_000)]


def test_a_name_without_a_quorum_keeps_no_other_back(ifx: IFX, shells: dict[str, Shell], tmp_path: Path) -> None:
    """What has a quorum is posted, the rest is told with its reason, and the exit code says that something is left."""
    unlisted = report(ifx, 4, 5, 6, name="openai/unheard-of")
    ran = shells["outsider"].run(
        "post", bundle(tmp_path, *report(ifx, 4, 5, name=LUNA), *unlisted, *report(ifx, 4, 5, 6)), "--json"
    )
    assert ran.code == 1
    assert [each["underlying"] for each in ran.json["fixings"]] == [GPT]
    assert [(each["underlying"], each["type"]) for each in ran.json["refused"]] == [
        (LUNA, "QuorumNotReached"),
        ("openai/unheard-of", "UnknownUnderlying"),
    ]
    assert "2 attestations of the 3" in ran.err


def test_reports_without_a_quorum_are_refused(ifx: IFX, shells: dict[str, Shell], tmp_path: Path) -> None:
    """Too few, one twice, a stranger, two prices, a spoiled signature, another day, a day already posted."""
    outsider = shells["outsider"]

    def post(*attestations: dict[str, Any]) -> Ran:
        return outsider.run("post", bundle(tmp_path, *attestations), "--json")

    refused(post(*report(ifx, 4, 5)), 1, "QuorumNotReached")
    refused(post(*report(ifx, 4, 5, 5)), 1, "SignerTwice")
    refused(post(*report(ifx, 4, 5, 9)), 1, "NotASigner")
    refused(post(*report(ifx, 4, 5), *report(ifx, 6, 7, price=4_320_000)), 1, "AttestationsDisagree")
    spoiled = report(ifx, 4, 5, 6)
    spoiled[0]["price"] = 7_000_000
    spoiled[1]["price"] = 7_000_000
    spoiled[2]["price"] = 7_000_000
    refused(post(*spoiled), 1, "NotASigner")
    refused(post(*report(ifx, 4, 5, 6, day=TODAY + 1)), 1, "AnotherDay")
    refused(post(*report(ifx, 4, 5, 6, name="openai/unheard-of")), 1, "UnknownUnderlying")
    assert ifx.oracle.latest(GPT) is None
    assert post(*report(ifx, 4, 5, 6)).code == 0
    refused(post(*report(ifx, 4, 5, 6)), 1, "AlreadyPosted")


def test_a_day_already_posted_is_no_success(ifx: IFX, shells: dict[str, Shell], tmp_path: Path) -> None:
    """Alone it is refused with the fixing that stands, and nothing is sent; beside others it is named and skipped."""
    outsider = shells["outsider"]
    outsider.run("post", bundle(tmp_path, *report(ifx, 4, 5, 6, price=6_000_000))).ok()
    again = bundle(tmp_path, *report(ifx, 4, 5, 6, price=7_000_000))
    for arguments in ((again,), ("--devnet", f"{GPT}=7")):
        ran = outsider.run("post", *arguments, "--json")
        assert f"{GPT} has its fixing of 2026-07-15 already, 6.00 USD/Mtok" in refused(ran, 1, "AlreadyPosted")
        assert "sending" not in ran.err
    both = bundle(tmp_path, *report(ifx, 4, 5, 6, price=7_000_000), *report(ifx, 4, 5, 6, name=LUNA, price=1_200_000))
    mark = ifx.chain.node.request("evm_snapshot")
    for arguments in ((both,), ("--devnet", f"{GPT}=7", f"{LUNA}=1.20")):
        ran = outsider.run("post", *arguments, "--json").ok()
        assert [(each["underlying"], each["price"]) for each in ran.json["fixings"]] == [(LUNA, 1_200_000)]
        assert (ran.json["skipped"], ran.json["refused"]) == ([GPT], [])
        assert f"skipped: {GPT} has its fixing of 2026-07-15 already, 6.00 USD/Mtok" in ran.err
        ifx.chain.node.request("evm_revert", mark)
        mark = ifx.chain.node.request("evm_snapshot")
    short = bundle(tmp_path, *report(ifx, 4, 5, 6, price=7_000_000), *report(ifx, 4, 5, name=LUNA))
    ran = outsider.run("post", short, "--json")
    refused(ran, 1, "QuorumNotReached")
    assert f"{GPT} has its fixing" in ran.err


def test_what_somebody_else_posts_meanwhile_is_not_ours(
    ifx: IFX, shells: dict[str, Shell], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The contract skips it in the same block: it is told as skipped, with the fixing that stands."""
    file = bundle(tmp_path, *report(ifx, 4, 5, 6), *report(ifx, 4, 5, 6, name=LUNA, price=1_200_000))
    post_many = Oracle.post_many

    def overtaken(self: Oracle, reports: Sequence[Report]) -> Outcome:
        monkeypatch.setattr(Oracle, "post_many", post_many)
        devnet.post(ifx, {GPT: 6_000_000})
        return post_many(self, reports)

    monkeypatch.setattr(Oracle, "post_many", overtaken)
    ran = shells["outsider"].run("post", file, "--json").ok()
    assert [each["underlying"] for each in ran.json["fixings"]] == [LUNA]
    assert ran.json["skipped"] == [GPT]
    assert "6.00 USD/Mtok" in ran.err


def test_two_prices_of_one_name_are_refused(ifx: IFX, shells: dict[str, Shell]) -> None:
    """Exit 2 and nothing is sent, were they even equal; one price each is posted."""
    for second in ("7", "8.00"):
        ran = shells["outsider"].run("post", "--devnet", f"{GPT}=8", f"{LUNA}=6", f"{GPT}={second}", "--json")
        assert GPT in refused(ran, 2, "BadValue")
        assert "two prices" in ran.error["message"]
        assert ifx.oracle.latest(GPT) is None
        assert ifx.oracle.latest(LUNA) is None
    shells["outsider"].run("post", "--devnet", f"{GPT}=8", f"{LUNA}=6").ok()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "not JSON"),
        ("{}\n{", ":2"),
        ("[]", "no attestations"),
        ('{"attestations": 3}', "no attestations"),
        ("[3]", "missing: everything"),
        ('[{"underlying": "a/b"}]', "missing: day, evidence, price, signature"),
        ('[{"underlying": "a/b", "day": 1, "price": 1.5, "evidence": "", "signature": ""}]', "price must be"),
        ('[{"underlying": "a/b", "day": -1, "price": 1, "evidence": "", "signature": ""}]', "day must be"),
        ('[{"underlying": "a/b", "day": 1, "price": 1, "evidence": "0x12", "signature": ""}]', "evidence must be"),
        ('[{"underlying": "A", "day": 1, "price": 1, "evidence": "0x' + "00" * 32 + '", "signature": ""}]', "'A'"),
    ],
)
def test_a_broken_bundle_is_refused(shells: dict[str, Shell], tmp_path: Path, content: str, why: str) -> None:
    """The file, the place in it and the form are named; exit 2."""
    path = tmp_path / "broken.json"
    path.write_text(content)
    told = refused(shells["outsider"].run("post", str(path), "--json"), 2, "BadBundle")
    assert str(path) in told
    assert why in told


@pytest.mark.parametrize("given", [f"{GPT}", f"{GPT}=8 EUR", "=8", f"{GPT}=", "GPT=8"])
def test_a_devnet_price_has_its_form(shells: dict[str, Shell], given: str) -> None:
    """NAME=PRICE, each in its own form; its twin is posted."""
    assert shells["outsider"].run("post", "--devnet", given).code == 2
    shells["outsider"].run("post", "--devnet", f"{GPT}=8", f"{LUNA}=6.00 USD/Mtok").ok()
