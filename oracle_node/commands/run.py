"""`ifx-oracle run`: the always-on node."""

import signal
import threading
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from ifx_sdk.chain import Chain
from ifx_sdk.deploy import DEVNET_CHAIN_ID as LOCAL_CHAIN_ID
from ifx_sdk.deployment import Deployment
from ifx_sdk.errors import BadValue, NodeDown, RpcError
from ifx_sdk.signers import Signer
from oracle_node import logs, systemd
from oracle_node.assembly import Mode, assembled
from oracle_node.clocks import ChainClock, Clock, SystemClock
from oracle_node.serving import serve
from oracle_node.settings import Settings, read_settings, read_signer
from oracle_node.settling import keeper_signer
from oracle_node.steps import OnStep, unheard


def run(
    *,
    config: str,
    dry_run: bool = False,
    sign: bool = False,
    post: bool = False,
    settle: bool = False,
    rehearse: bool = False,
    debug: bool = False,
    on_step: OnStep = unheard,
    signer_of: Callable[[Settings], Signer] = lambda settings: read_signer(settings.key),
) -> int:
    """Run until SIGINT or SIGTERM; exit 0, or 1 where a loop failed. `signer_of` gives the signer if one is needed."""
    mode = _mode(dry_run=dry_run, sign=sign, post=post)
    settings = read_settings(config)
    if settle and settings.keeper is None:
        cure = "Write one, with the key of its account; the top of oracle_node/settings.py shows it."
        raise BadValue("--settle", "the settings have no section [keeper]", cure=cure)
    log, stop = _log(settings, debug=debug), threading.Event()
    signer = None if mode is Mode.DRY_RUN else signer_of(settings)
    clock = _clock(settings, stop, rehearse=rehearse)
    own = None if signer is None else signer.address
    keeper = partial(keeper_signer, settings, own) if settle else None
    with ExitStack() as running:
        node = running.enter_context(
            assembled(
                settings, mode=mode, signer=signer, keeper=keeper, clock=clock, log=log, stop=stop, on_step=on_step
            )
        )
        try:
            node.oracle.chain.connect({"FixingOracle": node.oracle.address})
        except (NodeDown, RpcError) as error:
            log.warning("the chain does not answer yet", why=str(error))
        url = running.enter_context(serve(node.routes, host=settings.serving.host, port=settings.serving.port))
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda *_: stop.set())
        log.info("running", mode=str(mode), account=own, url=url, settles=settle)
        with systemd.told(node.health):
            code = node.service.run()
        log.info("stopped", code=code)
    return code


def _log(settings: Settings, *, debug: bool) -> logs.Log:
    chain = settings.chain
    logs.configure(debug=debug, secrets=logs.secrets_of([chain.rpc, *chain.more_rpcs, settings.alerts.webhook]))
    log = logs.logger()
    logs.catch_uncaught(log)
    return log


def _mode(*, dry_run: bool, sign: bool, post: bool) -> Mode:
    if dry_run and (sign or post):
        raise BadValue("--dry-run", "it signs and posts nothing", cure="Leave it out beside --sign or --post.")
    if post:
        return Mode.POST
    return Mode.SIGN if sign else Mode.DRY_RUN


def _clock(settings: Settings, stop: threading.Event, *, rehearse: bool) -> Clock:
    if not rehearse:
        return SystemClock(stop)
    if Deployment.read(settings.chain.deployment).chain_id != LOCAL_CHAIN_ID:
        cure = f"A rehearsal follows the clock of a local chain, whose id is {LOCAL_CHAIN_ID}."
        raise BadValue("--rehearse", "the deployment is not on a local chain", cure=cure)
    return ChainClock(Chain(settings.chain.rpc, chain_id=LOCAL_CHAIN_ID), stop)
