"""What a node does when it is put together again from what is left on its disk."""

import httpx
import pytest
from support.net import net
from support.nodes import DAY, GPT, MIDNIGHT, page

from oracle_node.assembly import Mode, assembled
from oracle_node.errors import AlreadyRunning


def test_a_lost_store_makes_no_node_sign_a_day_twice() -> None:
    """The archive has the report; the readings of another price do not become a second one."""
    with net(MIDNIGHT - 7_200, {GPT: "gpt-4.1"}) as one:
        node = one.start(0, Mode.SIGN)
        one.run_until(MIDNIGHT + 10)
        signed = node.store.book.get(GPT, DAY)
        assert signed is not None
        state = node.store.path
        one.stop(0)
        assert state is not None
        state.unlink()
        for beside in state.parent.glob(f"{state.name}-*"):
            beside.unlink()
        one.pages = lambda url, at: httpx.Response(200, text=page(gpt="9.00"))
        again = one.start(0, Mode.SIGN)
        assert again.store.book.get(GPT, DAY) == signed
        one.run_until(MIDNIGHT + 600)
        assert again.store.book.get(GPT, DAY) == signed


def test_two_processes_do_not_run_on_one_folder() -> None:
    """The second one is refused, and the first one goes on."""
    with net(MIDNIGHT - 7_200, {GPT: "gpt-4.1"}) as one:
        one.start(0, Mode.SIGN)
        with pytest.raises(AlreadyRunning, match="another process runs"), assembled(one.settings[0]):
            pass
        one.run_until(MIDNIGHT + 10)
        assert one.nodes[0].store.book.get(GPT, DAY) is not None
