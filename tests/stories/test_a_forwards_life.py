"""Two companies, one forward: from empty wallets to the last micro withdrawn, on every kind of chain."""

from ifx_sdk import devnet
from ifx_sdk.calendar import date_of, day_of, maturity_date, midnight
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX

GPT = "openai/gpt-4.1"
QUANTITY = 1_000_000  # Mtok: 1T tokens
FUNDS = 8_037_250 * 10**6  # each side's prefunding and half fee, to the micro


def fund(ifx: IFX, index: int) -> IFX:
    """A party with exactly what the forward needs in its wallet, allowed to the escrow."""
    party = ifx.as_signer(devnet.signer(index))
    devnet.faucet(ifx, party.account, usdt=FUNDS)
    for outcome in party.token.allow(FUNDS):
        outcome.confirmed()
    return party


def test_a_forwards_life(story_chain: Chain) -> None:
    """Quote, approve twice, book, fix daily, settle at the capped payoff, withdraw: every balance to the micro."""
    ifx = devnet.start(story_chain, [GPT])
    devnet.travel(ifx, midnight(day_of(story_chain.now()) + 1) + 3_600)
    devnet.post(ifx, {GPT: 8_000_000})
    long, short = fund(ifx, devnet.LONG), fund(ifx, devnet.SHORT)
    desk, outsider = (ifx.as_signer(devnet.signer(index)) for index in (devnet.DESK, devnet.OUTSIDER))

    quote = ifx.quote(GPT, QUANTITY, 6)
    assert (quote.indicative, quote.fee, quote.prefunding) == (7_450_000, 74_500 * 10**6, 8_000_000 * 10**6)
    assert (quote.long_needs, quote.short_needs) == (FUNDS, FUNDS)

    terms = ifx.terms(quote, long=long.account, short=short.account)
    id_ = ifx.escrow.terms_id(terms)
    assert ifx.escrow.onchain_id(terms) == id_
    long_signature = devnet.signer(devnet.LONG).sign_digest(id_)
    short.escrow.approve(terms).confirmed()  # a wallet that signs no messages

    booked = desk.escrow.book(terms, long_signature).confirmed()
    assert booked.event("ForwardBooked").args["id"] == id_
    assert (ifx.token.balance(long.account), ifx.token.balance(short.account)) == (0, 0)
    assert ifx.token.balance(ifx.deployment.escrow) == 2 * FUNDS
    assert not ifx.escrow.is_settleable(id_)

    trade_date = date_of(day_of(story_chain.now()))
    assert date_of(terms.maturity // 86_400) == maturity_date(trade_date, 6)
    devnet.travel(ifx, terms.maturity + 60)
    devnet.post(ifx, {GPT: 4_320_000})
    settled = outsider.escrow.settle(id_).confirmed().event("ForwardSettled").args
    assert settled == {
        "id": id_,
        "price": 4_320_000,
        "long_payout": 4_870_000 * 10**6,
        "short_payout": 11_130_000 * 10**6,
    }

    long.escrow.withdraw(4_870_000 * 10**6).confirmed()
    short.escrow.withdraw(11_130_000 * 10**6).confirmed()
    assert ifx.token.balance(long.account) == 4_870_000 * 10**6
    assert ifx.token.balance(short.account) == 11_130_000 * 10**6
    fees = ifx.escrow.balance_of(ifx.escrow.fee_recipient())
    assert fees == 74_500 * 10**6 == ifx.token.balance(ifx.deployment.escrow)
