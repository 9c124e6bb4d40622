"""A node's store on a full or failing disk, without rights, or damaged: an error with its cure; nothing is signed."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.nodes import DAY, DOMAIN, GPT, LUNA, SIGNERS
from support.processes import in_a_process

from ifx_sdk.errors import BadFile
from oracle_node.errors import BadStore
from oracle_node.report import SignedReport
from oracle_node.store import Store


def sign(store: Store, price: int = 8_000_000, *, name: str = GPT, day: int = DAY) -> SignedReport:
    """The first node signs."""
    return store.book.sign(SIGNERS[0], DOMAIN, underlying=name, day=day, price=price, evidence=bytes(32))


# ---------------------------------------------------------------------------------------- a disk that does not do


def test_a_full_disk_releases_nothing_and_loses_nothing(tmp_path: Path) -> None:
    """The error says so; with room again the same report is signed."""
    store = Store(tmp_path / "node.db")
    first = sign(store)
    with store.book._database.write() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (limit,) = store.book._database._opened().writer.execute(f"PRAGMA max_page_count = {pages}").fetchone()
    assert limit == pages

    def fill() -> None:
        for day in range(DAY + 1, DAY + 100):
            sign(store, day=day)

    with pytest.raises(BadStore, match="no space left on the disk") as refused:
        fill()
    assert "Make room" in refused.value.cure
    held = store.book.all()
    assert held[0] == first
    store.book._database._opened().writer.execute("PRAGMA max_page_count = 100000")
    assert sign(store, 7, day=held[-1].attestation.day + 1).attestation.price == 7


def test_a_disk_that_fails_releases_nothing(tmp_path: Path) -> None:
    """A write that the system refuses half way: an error with its cure, and the report is signed once there is room."""
    told = in_a_process(f"""
import resource, signal
from support.nodes import DAY, DOMAIN, GPT, SIGNERS
from oracle_node.errors import BadStore
from oracle_node.store import Store
store = Store({str(tmp_path / "node.db")!r})
def sign(day, price):
    return store.book.sign(SIGNERS[0], DOMAIN, underlying=GPT, day=day, price=price, evidence=bytes(32))
sign(DAY, 1)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = (store.path.parent / "node.db-wal").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, resource.RLIM_INFINITY))
try:
    sign(DAY + 1, 2)
except BadStore as error:
    print(error.why, "|", error.cure)
print(len(store.book.all()))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(sign(DAY + 1, 3).attestation.price)
""").splitlines()
    assert told[0].startswith("the disk failed")
    assert "neither stored nor released" in told[0]
    assert told[1:] == ["1", "3"]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


AS_NOBODY = """
import os
from support.nodes import DAY, DOMAIN, GPT, SIGNERS
from oracle_node.errors import BadStore
from oracle_node.store import Store
SIGNERS[0].sign_digest(bytes(32))
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    Store({path!r}).book.sign(SIGNERS[0], DOMAIN, underlying=GPT, day=DAY, price=1, evidence=bytes(32))
except BadStore as error:
    print(error)
"""


@pytest.mark.parametrize("kind", ["file of another", "folder of another", "closed folder"])
def test_a_place_that_cannot_be_written_is_named(open_folder: Path, kind: str) -> None:
    """A file or a folder without the right to write: the place and the cure, and nothing is released."""
    path = open_folder / "node.db"
    if kind == "file of another":
        Store(path).close()
        with Store(path):
            pass
        path.chmod(0o444)
    open_folder.chmod(0o700 if kind == "closed folder" and os.geteuid() == 0 else 0o555)
    if kind == "closed folder" and os.geteuid() != 0:
        open_folder.chmod(0)
    told = in_a_process(AS_NOBODY.format(path=str(path)))
    open_folder.chmod(0o755)
    assert told.startswith(f"node store {path}: it cannot be ")
    assert "a folder that the node's user can write" in told


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Nothing is made on the way, and nothing is released."""
    with pytest.raises(BadStore, match=r"missing/node\.db: it cannot be opened: No such file") as refused:
        sign(Store(tmp_path / "missing" / "node.db"))
    assert "a folder that the node's user can write" in refused.value.cure
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    """What stands there stays."""
    (tmp_path / "node.db").mkdir()
    with pytest.raises(BadStore, match="it is a folder"):
        sign(Store(tmp_path / "node.db"))


# --------------------------------------------------------------------------------------------------------- damage


def damaged_by_text(path: Path) -> None:
    """No database at all."""
    path.write_bytes(b"not a report book\n" * 100)


def damaged_in_the_middle(path: Path) -> None:
    """The pages in which the reports stand are lost."""
    content = bytearray(path.read_bytes())
    for start in range(4_096, len(content), 4_096):
        if b"0x" in content[start : start + 4_096]:
            content[start : start + 4_096] = bytes(4_096)
    path.write_bytes(content)


def damaged_by_a_cut(path: Path) -> None:
    """The file's end is lost."""
    os.truncate(path, path.stat().st_size // 2)


def damaged_in_a_report(path: Path) -> None:
    """A report is no report any more; SQLite does not mind."""
    path.write_bytes(path.read_bytes().replace(b'"signer":', b'"singer":'))


def damaged_in_a_name(path: Path) -> None:
    """The name in a report is another than the one under which it stands."""
    path.write_bytes(path.read_bytes().replace(b'"underlying":"openai/gpt-4.1"', b'"underlying":"openai/gpt-4.2"'))


@pytest.mark.parametrize(
    "damage", [damaged_by_text, damaged_in_the_middle, damaged_by_a_cut, damaged_in_a_report, damaged_in_a_name]
)
def test_a_damaged_book_signs_nothing(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """A node that cannot read what it signed must not sign, neither that day nor the next; the file stays."""
    path = tmp_path / "node.db"
    with Store(path) as store:
        for day in range(DAY, DAY + 40):
            sign(store, day=day)
    damage(path)
    before = path.read_bytes()
    for day in (DAY + 20, DAY + 40):
        with pytest.raises(BadFile, match=r"damaged|no SQLite database|not a report book") as refused:
            sign(Store(path), 1, day=day)
        assert "must not sign" in refused.value.cure
    assert path.read_bytes() == before


def test_a_changed_digit_of_a_report_is_not_signed_over(tmp_path: Path) -> None:
    """Its signature is over the price: the book is refused, and nobody who verifies believes the changed report."""
    path = tmp_path / "node.db"
    with Store(path) as store:
        sign(store)
    path.write_bytes(path.read_bytes().replace(b'"price":8000000', b'"price":7000000'))
    store = Store(path)
    with pytest.raises(BadStore, match="over another report"):
        sign(store, 7_000_000)
    with pytest.raises(BadStore, match="over another report"):
        sign(store, name=LUNA)


def test_a_file_that_is_gone_from_beside_its_log_is_not_made_anew(tmp_path: Path) -> None:
    """Whoever moves the file alone leaves the newest reports behind in its log."""
    path = tmp_path / "node.db"
    store = Store(path)
    sign(store)
    path.rename(tmp_path / "elsewhere.db")
    with pytest.raises(BadStore, match="its log still stands beside it"):
        sign(Store(path), 1)
    (tmp_path / "elsewhere.db").rename(path)
    assert Store(path).book.get(GPT, DAY) is not None
