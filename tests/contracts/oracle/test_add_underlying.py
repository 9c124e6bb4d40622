"""`add_underlying`: the only list of names, which only grows."""

import boa
import pytest
from support.protocol import GPT, Protocol, refused

LETTERS = "abcdefghijklmnopqrstuvwxyz"
MARKS = "./:_-"


@pytest.mark.parametrize("review_required", [False, True])
def test_a_name_gets_the_next_index(protocol: Protocol, review_required: bool) -> None:
    """Counting from 1, and readable both ways."""
    name = "anthropic/claude-opus-4.8"
    receipt = protocol.send(protocol.oracle.add_underlying, name, review_required, by=protocol.owner)
    assert receipt.result == 4
    assert receipt.events == [
        ("oracle", "UnderlyingAdded", {"index": 4, "name": name, "review_required": review_required})
    ]
    assert protocol.oracle.underlying_count() == 4
    assert protocol.oracle.underlying_index(name) == 4
    assert tuple(protocol.oracle.underlying(4)) == (name, review_required)


@pytest.mark.parametrize(
    "name",
    ["abc", "0/9", "...", "a" * 64, LETTERS, "0123456789", MARKS, "google/gemini-2.5-flash:beta_1", "index/ifx"],
)
def test_names_of_the_alphabet_are_taken(protocol: Protocol, name: str) -> None:
    """3 to 64 characters of it."""
    assert protocol.oracle.add_underlying(name, False, sender=protocol.owner.address) == 4


@pytest.mark.parametrize("name", ["", "a", "ab"])
def test_a_name_of_less_than_3_reverts(protocol: Protocol, name: str) -> None:
    """Three characters are enough."""
    with refused("oracle: name too short"):
        protocol.oracle.add_underlying(name, False, sender=protocol.owner.address)
    protocol.oracle.add_underlying("abc", False, sender=protocol.owner.address)


def test_a_name_of_more_than_64_reverts(protocol: Protocol) -> None:
    """The decoder refuses it; 64 are taken."""
    with refused(None):
        protocol.oracle.add_underlying("a" * 65, False, sender=protocol.owner.address)
    protocol.oracle.add_underlying("a" * 64, False, sender=protocol.owner.address)


def test_every_other_byte_reverts(protocol: Protocol) -> None:
    """Of the 128 characters of ASCII exactly the alphabet is taken, in every place of a name."""
    allowed = set(LETTERS + "0123456789" + MARKS)
    for character in map(chr, range(128)):
        for name in (f"{character}aa", f"a{character}a", f"aa{character}"):
            if character in allowed:
                with boa.env.anchor():
                    protocol.oracle.add_underlying(name + "x", False, sender=protocol.owner.address)
            else:
                with refused("oracle: bad character"):
                    protocol.oracle.add_underlying(name, False, sender=protocol.owner.address)


def test_a_character_beyond_ascii_reverts(protocol: Protocol) -> None:
    """No byte of UTF-8's longer forms is in the alphabet."""
    for name in ("openai/gpt-\u00e9", "ope\u043dai/gpt", "\u200b" * 3):
        with refused("oracle: bad character"):
            protocol.oracle.add_underlying(name, False, sender=protocol.owner.address)


@pytest.mark.parametrize("review_required", [False, True])
def test_a_name_is_taken_once(protocol: Protocol, review_required: bool) -> None:
    """Neither again nor with another rule of review."""
    with refused("oracle: name taken"):
        protocol.oracle.add_underlying(GPT, review_required, sender=protocol.owner.address)
    protocol.oracle.add_underlying(GPT + "-mini", review_required, sender=protocol.owner.address)
    assert tuple(protocol.oracle.underlying(1)) == (GPT, False)


def test_the_list_ends_at_its_65535th_name(protocol: Protocol) -> None:
    """The last index that fits 16 bits is given, the next refused."""
    count = 2**16 - 2
    slot = protocol.oracle.compiler_data.storage_layout["storage_layout"]["underlying_count"]["slot"]
    boa.env.set_storage(protocol.oracle.address, slot, count)
    assert protocol.oracle.underlying_count() == count
    assert protocol.oracle.add_underlying("last/one", True, sender=protocol.owner.address) == count + 1
    assert protocol.oracle.underlying_index("last/one") == count + 1
    with refused("oracle: list is full"):
        protocol.oracle.add_underlying("one/more", False, sender=protocol.owner.address)
    protocol.post()


@pytest.mark.parametrize("role", ["reviewer", "desk", "outsider"])
def test_adding_by_another_than_the_owner_reverts(protocol: Protocol, role: str) -> None:
    """The owner alone."""
    with refused("ownable: caller is not the owner"):
        protocol.send(protocol.oracle.add_underlying, "some/name", False, by=getattr(protocol, role))
    assert protocol.oracle.underlying_count() == 3
