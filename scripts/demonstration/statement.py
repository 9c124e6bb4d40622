"""The statement at the end of the demo: every figure in full, on a terminal and in a file alike."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from ifx_sdk.calendar import date_of, day_of
from ifx_sdk.money import decimal_text, format_amount, format_quantity
from scripts.demonstration.charts import columns, share
from scripts.demonstration.market import Day, Play, Trade
from scripts.demonstration.reference import price_of_day
from scripts.demonstration.scenario import NODES, Kind

WIDTH = 100
"""Characters of the statement's rules where there is no terminal."""
_CHART = 84


def show(play: Play, console: Console) -> None:
    """Print the whole statement."""
    console.rule(f"[bold]Statement: {escape(play.scenario.title)}")
    for line in play.scenario.notes:
        console.print(line, style="dim", markup=False)
    _forwards(play, console)
    _payoffs(play, console)
    for name in dict.fromkeys(each.order.underlying for each in play.trades):
        _fixings(play, name, console)
    _oracle(play, console)
    _money(play, console)
    _gas(play, console)
    _proofs(play, console)


def _table(console: Console, rows: Sequence[Sequence[str]], left: int = 1) -> None:
    """Columns as wide as their widest cell, the first `left` to the left, numbers to the right; the first row heads."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for index, row in enumerate(rows):
        cells = (
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        console.print("  ".join(cells).rstrip(), style="bold" if index == 0 else "", markup=False)


def _head(console: Console, text: str) -> None:
    console.print()
    console.print(f"[bold cyan]{text}")


def _forwards(play: Play, console: Console) -> None:
    _head(console, f"Forwards, booked on {date_of(play.scenario.trade_day)} after that day's fixing")
    rows = [("forward", "maturity", "settled", "N", "S0", "F = F_ind", "F_ref", "mean of")]
    for trade in play.trades:
        quote, settled = trade.quote, trade.settlement
        rows.append(
            (
                trade.order.label,
                str(date_of(day_of(quote.maturity))),
                _settled_on(trade),
                format_quantity(trade.order.quantity),
                _price(quote.spot),
                _price(quote.indicative),
                "" if settled is None else _price(settled.price),
                f"{quote.averaging_days} day{'s' if quote.averaging_days > 1 else ''}",
            )
        )
    _table(console, rows, left=3)
    amounts = [("forward", "B, each side", "fee, both", "long receives", "short receives")]
    for trade in play.trades:
        settled = trade.settlement
        paid = ("", "") if settled is None else (_amount(settled.long_payout), _amount(settled.short_payout))
        amounts.append((trade.order.label, _amount(trade.quote.prefunding), _amount(trade.quote.fee), *paid))
    console.print()
    _table(console, amounts)
    console.print("Prices in USD per million output tokens, amounts in USDT.", style="dim")


def _payoffs(play: Play, console: Console) -> None:
    _head(console, "Payoffs: how 2B was divided, long █ short ░")
    for trade in play.trades:
        if trade.settlement is not None:
            bar = share(trade.settlement.long_payout, 2 * trade.quote.prefunding, 40)
            gain = trade.settlement.long_payout - trade.quote.prefunding
            words = "the long pays" if gain < 0 else "the long receives"
            console.print(f"{trade.order.label:<24} [cyan]{bar}[/cyan] {words} {format_amount(abs(gain))}")


def _fixings(play: Play, name: str, console: Console) -> None:
    last = max(day_of(each.quote.maturity) for each in play.trades)
    days = [each for each in play.days if each.day <= last]
    posted = {each.day: each.fixings[name].price for each in play.days if name in each.fixings}
    values = [posted.get(each.day) for each in days]
    _head(console, f"Fixings of {name}: {len(posted)} posted in {len(play.days)} days")
    top = max(posted.values(), default=0)
    rows = columns(values, _CHART, 6)
    for index, row in enumerate(rows):
        label = _price(top) if index == 0 else "0.00" if index == len(rows) - 1 else ""
        console.print(f"{label:>9} [cyan]{row}[/cyan]")
    gap = " " * (len(rows[0]) - 20)
    console.print(f"{'':>9} {date_of(days[0].day)}{gap}{date_of(days[-1].day)}", style="dim")
    for first, end, text in _spans(days, posted, play):
        console.print(f"  {_days(first, end):<24} {text}")


def _spans(days: Sequence[Day], posted: dict[int, int], play: Play) -> list[tuple[int, int, str]]:
    """Runs of days with one price that came in one way from one source."""
    spans: list[tuple[int, int, str]] = []
    for each in days:
        price, how = price_of_day(posted, each.day)
        text = f"{_price(price):>6}  {how}"
        text += f": {play.scenario.source(each.day)}" if how == "posted" else _whose(posted, each.day, how)
        if spans and spans[-1][2] == text:
            spans[-1] = (spans[-1][0], each.day, text)
        else:
            spans.append((each.day, each.day, text))
    return spans


def _whose(posted: dict[int, int], day: int, how: str) -> str:
    if how == "postponed":
        return f" to {date_of(day + 1 if day + 1 in posted else day + 2)}, the first fixing of the next two days"
    newest = max(each for each in posted if each < day)
    return f" to {date_of(newest)}, the newest earlier fixing"


def _oracle(play: Play, console: Console) -> None:
    _head(console, "Oracle: four nodes, three signatures of one price make a fixing")
    counts = Counter(fixing.signers.bit_count() for day in play.days for fixing in day.fixings.values())
    for signatures, number in sorted(counts.items(), reverse=True):
        console.print(f"  {number:>4} fixings with {signatures} of 4 signatures")
    for fault in sorted(play.scenario.faults, key=lambda each: each.first):
        what = {
            Kind.DOWN: "was down: no report, and the next in turn posted",
            Kind.STALE: "read a stale mirror and signed an old price alone",
            Kind.VARIANT: "read a page variant and signed its batch prices alone",
            Kind.WALL: "met a bot wall and stayed silent",
        }[fault.kind]
        console.print(f"  {_days(fault.first, fault.last):<24} {fault.node} {what}")
    _wrong(play, console)
    posters = Counter(day.poster for day in play.days if day.poster is not None)
    told = ", ".join(f"{name} {posters[name]}" for name in NODES if posters[name])
    again = sum(day.second_look for day in play.days)
    console.print(f"  posted by: {told}; the next in turn found it posted and sent nothing on {again} days")
    console.print(f"  pages: {play.requests:,} requests, {play.unchanged:,} of them answered 304 not modified")
    alarms = [(day.day, node.node, text) for day in play.days for node in day.nodes for text in node.alarms]
    console.print(f"  alarms for jumps above 50%: {len(alarms)}; they block nothing. The first of each day:")
    told_days: set[int] = set()
    for number, name, text in alarms:
        if number not in told_days:
            told_days.add(number)
            console.print(f"    {date_of(number)}  {name}: {text}")


def _wrong(play: Play, console: Console) -> None:
    """Counted from what the nodes signed, not from what was planned."""
    wrong: Counter[str] = Counter()
    for day in play.days:
        for node in day.nodes:
            for report in node.reports:
                attestation = getattr(report, "attestation", None)
                if attestation is None:
                    continue
                fixing = day.fixings.get(attestation.underlying)
                if fixing is not None and fixing.price != attestation.price:
                    wrong[node.node] += 1
    told = ", ".join(f"{name} {wrong[name]}" for name in NODES if wrong[name]) or "none"
    console.print(f"  reports that differ from the day's fixing, none of which was posted: {told}")


def _money(play: Play, console: Console) -> None:
    _head(console, "Wallets, USDT")
    rows = [("", "before", "while booked", "after withdrawal", "result")]
    for role, name in (("long", "long"), ("short", "short"), ("fees", "desk (fees)")):
        before, booked, after = (each[role] for each in (play.wallets.before, play.wallets.booked, play.wallets.after))
        rows.append((name, _amount(before), _amount(booked), _amount(after), _amount(after - before)))
    totals = [sum(each.values()) for each in (play.wallets.before, play.wallets.booked, play.wallets.after)]
    together = [_amount(each) for each in totals]
    rows.append(("together", together[0], together[1], together[2], _amount(totals[2] - totals[0])))
    _table(console, rows)
    console.print(f"left in the escrow: {format_amount(play.escrow_left)}")


def _gas(play: Play, console: Console) -> None:
    _head(console, "Gas")
    posts = [day.gas for day in play.days if day.gas]
    rows = [("", "transactions", "gas", "each")]
    for name, each in (
        ("post, all underlyings at once", posts),
        ("book", [trade.book_gas for trade in play.trades]),
        ("settle", [trade.settle_gas for trade in play.trades]),
        ("withdraw", list(play.withdraw_gas.values())),
    ):
        if each:
            spread = f"{min(each):,}" if min(each) == max(each) else f"{min(each):,} to {max(each):,}"
            rows.append((name, f"{len(each):,}", f"{sum(each):,}", spread))
    _table(console, rows)


def _proofs(play: Play, console: Console) -> None:
    _head(console, "Proof: `ifx verify` of each forward's own file, from the settlement back to the raw pages")
    rows = [("forward", "", "steps", "file")]
    for trade in play.trades:
        if trade.verified is not None:
            steps, size = str(len(trade.verified.steps)), f"{trade.bundle_bytes:,} bytes"
            rows.append((trade.order.label, str(trade.verified.verdict), steps, size))
    _table(console, rows, left=2)


def _settled_on(trade: Trade) -> str:
    """The date on which a forward was settled; empty while it was not."""
    return str(date_of(day_of(trade.settled_at))) if trade.settlement is not None else ""


def _price(price: int) -> str:
    return decimal_text(price, places=2)


def _amount(amount: int) -> str:
    return format_amount(amount).removesuffix(" USDT")


def _days(first: int, last: int) -> str:
    return str(date_of(first)) if first == last else f"{date_of(first)} to {date_of(last)}"
