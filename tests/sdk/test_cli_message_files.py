"""Files of messages by command: any bytes, another kind, a fault in one key, numbers that nobody means."""

import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.chain import GPT
from support.commands import Shell, refused

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address

LONG, SHORT = dev_address(devnet.LONG), dev_address(devnet.SHORT)
KINDS = {"terminate": "BadMessageFile", "novate": "BadMessageFile", "book": "BadTermsFile"}
ANY_KIND = ("sign", "approve", "revoke")


def test_a_file_without_an_end_is_refused_and_a_pipe_is_read(tmp_path: Path) -> None:
    """A command reads no more than any file of ours can have, and asks nothing of a file's kind."""
    ran = Shell().run("sign", "/dev/zero", "--json")
    assert ran.code == 2
    assert "it has more than" in ran.error["message"], ran.error
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"no message",))
    writer.start()
    assert Shell().run("sign", str(pipe), "--json").error["type"] == "NotAMessage"
    writer.join()


@pytest.mark.parametrize("command", [*KINDS, *ANY_KIND])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=100),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(st.sampled_from(["forward", "long", "incoming", "spot", "id", "salt"]), inner),
            ),
        ).map(lambda document: json.dumps(document).encode()),
    )
)
def test_any_bytes_are_refused_by_name(tmp_path: Path, command: str, content: bytes) -> None:
    """Exit 2 before a key or a node is asked for, with the file and a cure; never a traceback."""
    path = tmp_path / "message.json"
    path.write_bytes(content)
    ran = Shell().run(command, str(path), "--json")
    assert ran.code == 2, ran
    assert ran.error["type"] in {KINDS.get(command, "NotAMessage"), "BadMessageFile", "BadTermsFile"}
    assert str(path) in ran.error["message"]
    assert ran.error["cure"]


def test_a_file_of_another_kind_is_told_what_takes_it(
    shells: dict[str, Shell], id_: str, end: str, move: str, tmp_path: Path
) -> None:
    """Terms, termination, novation, approval: each command names what it was given, and the command for it."""
    terms = str(tmp_path / "terms.json")
    shells["long"].json("terms", GPT, "100B", "3M", "--long", LONG, "--short", SHORT, "--out", terms)
    approval = str(tmp_path / "approval.json")
    shells["long"].run("sign", end, "--out", approval).ok()
    told = {
        ("terminate", terms): "it holds terms, not a termination. `ifx book`",
        ("terminate", move): "it holds a novation, not a termination. `ifx novate`",
        ("novate", terms): "it holds terms, not a novation. `ifx book`",
        ("novate", end): "it holds a termination, not a novation. `ifx terminate`",
        ("book", end): "it holds a termination, not terms. `ifx terminate`",
        ("book", move): "it holds a novation, not terms. `ifx novate`",
    }
    for (command, file), words in told.items():
        ran = shells["desk"].run(command, file, "--json")
        assert words in f"{ran.error['message']}. {ran.error['cure']}"
        assert ran.code == 2
    for command in (*KINDS, *ANY_KIND):
        kind = KINDS.get(command, "NotAMessage")
        assert "it is an approval" in refused(shells["long"].run(command, approval, "--json"), 2, kind)


@pytest.mark.parametrize("change", [{"price": 1.5}, {"forward": "0x"}, {"long": LONG.swapcase()}, {"colour": "red"}])
def test_a_fault_in_a_message_is_told_with_its_key(
    shells: dict[str, Shell], end: str, change: dict[str, object]
) -> None:
    """Whichever command reads it."""
    Path(end).write_text(json.dumps(json.loads(Path(end).read_text()) | change))
    for command in ("sign", "approve", "revoke", "terminate"):
        assert next(iter(change)) in refused(shells["long"].run(command, end, "--json"), 2, "BadMessageFile")


def test_absurd_numbers_are_shown_and_refused(shells: dict[str, Shell], end: str, move: str) -> None:
    """The largest that a file can hold: the contract's reason, no traceback; without a node they can be signed."""
    for file, field, kind in ((end, "price", "AgreedPriceTooLarge"), (move, "payment", "PaymentTooLarge")):
        changed = json.loads(Path(file).read_text()) | {field: 2**256 - 1, "deadline": 2**256 - 1}
        Path(file).write_text(json.dumps(changed))
        refused(shells["long"].run("sign", file, "--json"), 1, kind)
        lone = Shell(env={name: value for name, value in shells["long"].env.items() if name != "IFX_RPC"})
        assert "(unix seconds)" in lone.run("sign", file).ok().err
