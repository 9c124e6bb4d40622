"""Tampering with any part is caught, also by a forger who writes `bundle.json` anew.

What a forger can do without being caught by the file alone is to invent whole blocks: those the chain's hashes tell.
"""

import json
from collections.abc import Callable, Mapping

import pytest
from support.proofs import GPT, Story, forged, found_in, read_once

from ifx_sdk.bundle import BadBundleFile, Bundle, Mismatch, Verdict, confirm, unpack, verify
from ifx_sdk.evidence import warc
from ifx_sdk.evidence.manifest import canonical_json, read_manifest
from ifx_sdk.terms import Terms


def flipped(data: bytes, at: int) -> bytes:
    """The same bytes with one bit changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def parts_of(bundle: Bundle, kind: str) -> list[str]:
    """The names of one kind."""
    return [name for name in bundle.parts if name.startswith(kind)]


def test_a_flipped_byte_in_the_file_is_caught_in_each_part(bundles: Mapping[str, Bundle]) -> None:
    """First, middle and last byte of every part, and of the zip's own structures: nothing comes through."""
    data = bundles["point"].pack()
    for name, part in bundles["point"].parts.items():
        start = data.index(part)
        for at in (0, len(part) // 2, len(part) - 1):
            with pytest.raises(BadBundleFile, match=name):
                unpack(flipped(data, start + at))
    directory = data.rindex(b"PK\1\2")
    for at in (*range(60), *range(directory, len(data))):
        with pytest.raises((BadBundleFile, Mismatch)):
            unpack(flipped(data, at))


@pytest.mark.parametrize("kind", ["manifests", "mined", "pages", "state.json", "terms.json"])
def test_a_flipped_byte_is_caught_although_the_hashes_were_written_anew(
    bundles: Mapping[str, Bundle], kind: str
) -> None:
    """Every part of the kind, at many places: what a part says must lead on to the next one."""
    bundle = bundles["on_chain"]
    for name in parts_of(bundle, kind):
        data = bundle.parts[name]
        for at in range(0, len(data), max(1, len(data) // 10)):
            assert found_in(forged(bundle, {name: flipped(data, at)})) is not None, (name, at)


def test_a_changed_block_is_caught_by_its_hash(bundles: Mapping[str, Bundle]) -> None:
    """A header's other fields are proven by nothing but the block's hash, which a node, or the user, confirms."""
    bundle = bundles["point"]
    true = dict(verify(bundle).blocks)
    caught = 0
    for name in parts_of(bundle, "blocks"):
        data = bundle.parts[name]
        for at in range(0, len(data), 60):
            changed = forged(bundle, {name: flipped(data, at)})
            if found_in(changed) is None:
                found = verify(changed, reader=read_once)
                confirm(found, true.get, "a node")
                assert found.mismatch is not None, (name, at)
                assert found.mismatch.step.startswith("hash of block")
                caught += 1
    assert caught > 0


@pytest.mark.parametrize("kind", ["blocks", "mined", "state.json", "terms.json"])
def test_a_part_that_was_taken_out_is_missed(bundles: Mapping[str, Bundle], kind: str) -> None:
    """Whichever it is: the next step does not find it."""
    for name in parts_of(bundles["on_chain"], kind):
        assert found_in(forged(bundles["on_chain"], {name: None})) is not None, name


def test_evidence_that_was_taken_out_is_named(bundles: Mapping[str, Bundle]) -> None:
    """It proves nothing then: the part is named as missing, and without any of a day the verdict is no PASS."""
    bundle = bundles["point"]
    manifests = parts_of(bundle, "manifests")
    found = verify(forged(bundle, {manifests[0]: None}))
    assert (found.verdict, found.missing) == (Verdict.PASS, (manifests[0],))
    without = forged(bundle, dict.fromkeys([*manifests, *parts_of(bundle, "pages")]))
    assert verify(without).verdict is Verdict.NOT_PROVEN
    page = parts_of(bundle, "pages")[0]
    found = verify(forged(bundle, {page: None}))
    assert (found.verdict, found.missing) == (Verdict.NOT_PROVEN, (page,))


def test_parts_of_another_forward_are_refused(bundles: Mapping[str, Bundle]) -> None:
    """Valid by themselves, and still: one too many is named, one in place of its own does not match."""
    own, other = bundles["point"], bundles["terminated"]
    for name in other.parts.keys() - own.parts.keys():
        error = found_in(forged(own, {name: other.parts[name]}))
        assert error is not None, name
        assert name in str(error) or "no part in this forward" in str(error) or "missing" in str(error)
    error = found_in(forged(own, {"terms.json": other.parts["terms.json"]}))
    assert isinstance(error, Mismatch)
    assert (error.step, error.expected) == ("terms: their digest", "0x" + own.id.hex())
    assert error.found == "0x" + other.id.hex()
    assert found_in(forged(own, id=other.id)) is not None
    assert found_in(forged(own, {"state.json": other.parts["state.json"]}, state=other.state)) is not None


def test_swapped_parts_do_not_match(bundles: Mapping[str, Bundle]) -> None:
    """Two of one kind under each other's names."""
    bundle = bundles["point"]
    for kind in ("blocks", "mined", "manifests", "pages"):
        first, second = parts_of(bundle, kind)[:2]
        swapped = {first: bundle.parts[second], second: bundle.parts[first]}
        assert found_in(forged(bundle, swapped)) is not None, kind


@pytest.mark.parametrize("field", ["chain_id", "escrow", "oracle", "state"])
def test_a_changed_field_of_bundle_json_does_not_match(bundles: Mapping[str, Bundle], field: str) -> None:
    """Another chain, contract or block: signatures, events and storage are of the true ones."""
    other = {"chain_id": 1, "escrow": "0x" + "11" * 20, "oracle": "0x" + "22" * 20, "state": 1}
    assert found_in(forged(bundles["point"], **{field: other[field]})) is not None


def test_the_first_mismatch_names_both_values(bundles: Mapping[str, Bundle]) -> None:
    """Terms with another price: the digest that should be there, and the one that is."""
    bundle = bundles["point"]
    document = json.loads(bundle.parts["terms.json"])
    changed = Terms.from_json(json.dumps(document | {"price": document["price"] + 1}))
    error = found_in(forged(bundle, {"terms.json": changed.to_json().encode()}))
    assert isinstance(error, Mismatch)
    assert (error.step, error.part) == ("terms: their digest", "part terms.json")
    assert error.expected == "0x" + bundle.id.hex()
    assert error.found != error.expected


def _price(document: dict[str, object]) -> None:
    document["price"] = 1


def _slot(document: dict[str, object]) -> None:
    slots = document["slots"]
    assert isinstance(slots, list)
    slots[0]["price"] = 1


@pytest.mark.parametrize("change", [_price, _slot])
def test_a_manifest_that_nobody_signed_is_no_evidence(
    bundles: Mapping[str, Bundle], change: Callable[[dict[str, object]], None]
) -> None:
    """Under its own root it belongs to nothing, under the signed one it has another hash."""
    bundle = bundles["point"]
    name = parts_of(bundle, "manifests")[0]
    document = json.loads(bundle.parts[name])
    change(document)
    data = canonical_json(document)
    assert read_manifest(data, name).underlying == GPT
    error = found_in(forged(bundle, {name: data}))
    assert isinstance(error, Mismatch)
    assert "evidence" in error.step


def test_another_page_under_the_pages_name_is_told(bundles: Mapping[str, Bundle]) -> None:
    """A sound WARC file of other bytes: the hash that the manifest names is not its."""
    bundle = bundles["point"]
    name = parts_of(bundle, "pages")[0]
    error = found_in(forged(bundle, {name: warc.pack(b"<p>8.00</p>", "https://pages.example/", 1)}))
    assert isinstance(error, Mismatch)
    assert (error.part, "the page in it has SHA-256" in error.found) == (name, True)


def test_a_page_read_otherwise_is_told(bundles: Mapping[str, Bundle]) -> None:
    """Both prices are named, and the page."""
    found = verify(bundles["point"], reader=lambda provider, body, model, on: 9_000_000)
    assert found.mismatch is not None
    assert (found.mismatch.expected, found.mismatch.found) == ("8000000 for gpt-4.1", "9000000")
    assert found.mismatch.part.startswith("pages/")


def test_a_story_is_not_its_neighbours(story: Story, bundles: Mapping[str, Bundle]) -> None:
    """Every pair: one forward's id over another's parts never passes."""
    for name, bundle in bundles.items():
        for other, id in story.ids.items():
            if other != name:
                assert found_in(forged(bundle, id=id)) is not None, (name, other)
