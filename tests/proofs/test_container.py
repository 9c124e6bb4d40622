"""The file: one form, bounded, and a clear error for any other bytes."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.proofs import forged, found_in

from ifx_sdk.bundle import BadBundleFile, Bundle, Mismatch, container, unpack, verify

PAGE = "pages/" + "ab" * 32 + ".warc.gz"


@pytest.fixture(scope="module")
def bundle(bundles: Mapping[str, Bundle]) -> Bundle:
    """One that passes."""
    return bundles["point"]


def members(data: bytes) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """What a file holds."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        yield from ((info, file.read(info)) for info in file.infolist())


def rezipped(data: bytes, change: Callable[[zipfile.ZipFile], None] = lambda file: None) -> bytes:
    """Written again as it was, and then changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for info, content in members(data):
            file.writestr(info, content)
        change(file)
    return out.getvalue()


def test_a_file_comes_back_as_it_was_packed(bundle: Bundle) -> None:
    """Whole and equal; written again by another hand in the same form it is the same file."""
    data = bundle.pack()
    assert unpack(data) == bundle
    assert rezipped(data) == data


def _extra(file: zipfile.ZipFile) -> None:
    file.writestr(_info(PAGE), b"x")


def _foreign(file: zipfile.ZipFile) -> None:
    file.writestr(_info("README"), b"x")


def _twice(file: zipfile.ZipFile) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        file.writestr(_info("terms.json"), b"x")


def _above(file: zipfile.ZipFile) -> None:
    file.writestr(_info("../../terms.json"), b"x")


def _absolute(file: zipfile.ZipFile) -> None:
    file.writestr(_info("/etc/passwd"), b"x")


def _folder(file: zipfile.ZipFile) -> None:
    file.writestr(_info("pages/"), b"")


def _link(file: zipfile.ZipFile) -> None:
    file.writestr(_info(PAGE, mode=0o120777), b"/etc/passwd")


def _bomb(file: zipfile.ZipFile) -> None:
    info = _info(PAGE)
    info.compress_type = zipfile.ZIP_DEFLATED
    file.writestr(info, bytes(10_000_000))


def _huge(file: zipfile.ZipFile) -> None:
    file.writestr(_info("blocks/1.rlp"), bytes(4_097))


def _comment(file: zipfile.ZipFile) -> None:
    file.comment = b"all is well"


def _info(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr = 3, mode << 16
    return info


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_extra, "does not name the part pages/abab"),
        (_foreign, "part 'README': no part of a bundle has such a name"),
        (_twice, "part 'terms.json': it is there twice"),
        (_above, "part '../../terms.json': no part of a bundle has such a name"),
        (_absolute, "part '/etc/passwd': no part of a bundle has such a name"),
        (_folder, "part 'pages/': no part of a bundle has such a name"),
        (_link, "it is no plain file: a bundle has no folders and no links"),
        (_bomb, "it is compressed or encrypted"),
        (_huge, "part 'blocks/1.rlp': it has 4097 bytes, more than 4096"),
        (_comment, "it was re-zipped, or added to"),
    ],
)
def test_what_was_put_into_the_zip_is_refused(
    bundle: Bundle, change: Callable[[zipfile.ZipFile], None], why: str
) -> None:
    """By name where there is one, and with the cure."""
    with pytest.raises(BadBundleFile) as refused:
        unpack(rezipped(bundle.pack(), change), "forward.zip")
    assert why in refused.value.what
    assert "ifx bundle ID" in refused.value.cure


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda data: b"", "it is no zip"),
        (lambda data: b"PK\5\6" + bytes(18), "it has no part bundle.json"),
        (lambda data: data[: len(data) // 2], "it is no zip"),
        (lambda data: b"#!/bin/sh\n" + data, "it was re-zipped, or added to"),
        (lambda data: data + b"\0", "is"),
    ],
)
def test_a_file_of_another_form_is_refused(bundle: Bundle, spoil: Callable[[bytes], bytes], why: str) -> None:
    """Empty, cut, or with something before or behind it."""
    with pytest.raises(BadBundleFile) as refused:
        unpack(spoil(bundle.pack()), "forward.zip")
    assert why in refused.value.what
    assert "forward.zip" in refused.value.what


def test_too_many_bytes_or_parts_are_refused(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any of them is read."""
    data = bundle.pack()
    monkeypatch.setattr(container, "MAX_BUNDLE", len(data) - 1)
    with pytest.raises(BadBundleFile, match="it is longer than"):
        unpack(data)
    monkeypatch.undo()
    monkeypatch.setattr(container, "MAX_PARTS", 3)
    with pytest.raises(BadBundleFile, match="parts, more than 3"):
        unpack(data)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b'"ifx-bundle-1"', b'"ifx-bundle-2"', "no manifest of the format ifx-bundle-1"),
        (b'"chain_id":31337', b'"chain_id":"x"  ', "'chain_id' must be an integer"),
        (b'"chain_id":31337', b'"chain_id":0    ', "'chain_id' must be above 0"),
        (b'"id":"0x', b'"id":"0y', "'id' must be 0x and 64"),
        (b'"escrow":"0x', b'"escrow":"0y', "0x and 40 hexadecimal digits"),
        (b'"parts":[', b'"parts":5,"x":[', "key 'x'"),
        (b'"state":', b'"stats":', "key 'state'"),
        (b"{", b"[", "it is not JSON"),
    ],
)
def test_a_manifest_of_another_shape_is_refused(bundle: Bundle, old: bytes, new: bytes, why: str) -> None:
    """`bundle.json` is read, or named with the key that is wrong."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for info, content in members(bundle.pack()):
            file.writestr(info, content.replace(old, new, 1) if info.filename == "bundle.json" else content)
    with pytest.raises(BadBundleFile, match=r"part bundle\.json") as refused:
        unpack(out.getvalue(), "forward.zip")
    assert why in refused.value.what


@given(data=st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_no_bundle(data: bytes) -> None:
    """An error with a cure, never another exception."""
    with pytest.raises(BadBundleFile) as refused:
        unpack(data)
    assert refused.value.cure


@given(data=st.data())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_of_a_bundles_bytes_is_refused(bundle: Bundle, data: st.DataObject) -> None:
    """Bytes replaced, cut out or put in anywhere: the file is refused, or does not match."""
    whole = bundle.pack()
    start = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(start, min(len(whole), start + 40)))
    put = data.draw(st.binary(max_size=40))
    changed = whole[:start] + put + whole[end:]
    if changed != whole:
        with pytest.raises((BadBundleFile, Mismatch)):
            unpack(changed)


@given(data=st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_as_a_part_are_refused_by_name(bundle: Bundle, data: st.DataObject) -> None:
    """With the hashes written anew: no exception but ours, and never a PASS."""
    name = data.draw(st.sampled_from(sorted(bundle.parts)))
    whole = bundle.parts[name]
    at = data.draw(st.integers(0, len(whole)))
    changed = data.draw(
        st.sampled_from([whole[:at], whole[at:], whole[:at] + data.draw(st.binary(max_size=9)) + whole[at:]])
    )
    put = data.draw(st.sampled_from([changed, data.draw(st.binary(max_size=60))]))
    if put == whole:
        return
    error = found_in(forged(bundle, {name: put}))
    if name.startswith("blocks/") and error is None:  # its other fields are for the block's hash to tell
        assert verify(forged(bundle, {name: put})).blocks != verify(bundle).blocks
    else:
        assert isinstance(error, BadBundleFile | Mismatch)
