"""What both sides of a forward approve (the EIP-712 primary type `Forward`), and the checks that `book` makes of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from ifx_sdk.calendar import (
    MAX_DAYS_TO_MATURITY,
    MIN_DAYS_TO_MATURITY,
    SECONDS_PER_DAY,
    day_of,
    format_time,
    tenor_of,
)
from ifx_sdk.errors import (
    AveragingOutOfRange,
    BadAddress,
    BadLong,
    BadShort,
    BadTerms,
    BadTermsFile,
    BadUnderlying,
    BadValue,
    IndicativeOutOfRange,
    MaturityNotAtMidnight,
    NotListed,
    OneAccountOnBothSides,
    PriceOutOfRange,
    QuantityNotInLots,
    QuantityTooLarge,
    SpotNotTodaysFixing,
    SpotOutOfRange,
    TenorOutOfRange,
    TermsExpired,
)
from ifx_sdk.money import QUANTITY_LIMIT, SPOT_LIMIT
from ifx_sdk.money import format_price as usd
from ifx_sdk.money import format_quantity as tokens
from ifx_sdk.strict_json import loads

ZERO_ADDRESS: Final = "0x" + "0" * 40
SALT_BYTES: Final = 32

_UNDERLYING: Final = re.compile(r"[a-z0-9./:_-]{3,64}", re.ASCII)
_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_SALT: Final = re.compile(r"0x[0-9a-fA-F]{64}", re.ASCII)
_NUMBERS: Final = ("quantity", "price", "spot", "indicative", "maturity", "averaging_days", "deadline")


def parse_address(text: object) -> str:
    """Read an account's address and return it checksummed. Raises BadAddress, also for a checksum that fails."""
    from eth_utils.address import to_checksum_address  # costs import time, and only addresses need it

    if not isinstance(text, str) or not _ADDRESS.fullmatch(text):
        raise BadAddress(text, "it is not 0x and 40 hexadecimal digits")
    checksummed = str(to_checksum_address(text.lower()))
    digits = text[2:]
    if text != checksummed and digits != digits.lower() and digits != digits.upper():
        raise BadAddress(text, f"its checksum does not hold; {checksummed} would")
    return checksummed


def parse_underlying(text: object) -> str:
    """Read the name of an underlying: `[a-z0-9./:_-]`, 3 to 64 characters. Raises BadUnderlying."""
    if not isinstance(text, str) or not _UNDERLYING.fullmatch(text):
        raise BadUnderlying(text, "a name has 3 to 64 characters of a-z, 0-9 and . / : _ -")
    return text


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """One forward as both sides approve it. Its digest (`ifx_sdk.signing.terms_digest`) is the forward's id.

    Construction holds the shape of every field (BadAddress, BadUnderlying, BadValue), `validate` the rules of `book`.
    """

    long: str
    """Account that receives when the price rises; kept checksummed."""

    short: str
    """Account that receives when the price falls; kept checksummed."""

    underlying: str
    """`provider/model-id` as listed, `[a-z0-9./:_-]`, 3 to 64 characters."""

    quantity: int
    """N in Mtok: a non-zero multiple of the lot, below 2^40."""

    price: int
    """F in micro-USDT per Mtok: above 0, at most twice the spot."""

    spot: int
    """S0 in micro-USDT per Mtok: the fixing of the day of booking, above 0, below 2^39."""

    indicative: int
    """F_ind in micro-USDT per Mtok, on which the fee is charged: above 0, at most the spot."""

    maturity: int
    """00:00:00 UTC of the maturity day, in unix seconds."""

    averaging_days: int
    """Days in the settlement price's mean, ending with the maturity's; 1 settles on that day alone."""

    deadline: int
    """Last second, in unix seconds, at which the terms can be booked."""

    salt: bytes
    """32 bytes that make otherwise equal terms differ."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "long", parse_address(self.long))
        object.__setattr__(self, "short", parse_address(self.short))
        parse_underlying(self.underlying)
        for name in _NUMBERS:
            value: object = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int):
                raise BadValue(value, f"{name} must be an integer", cure=f"Give {name} as a whole number.")
            if not 0 <= value < 2**256:
                raise BadValue(value, f"{name} must be within uint256", cure=f"Give {name} from 0 to 2^256 - 1.")
        if not isinstance(self.salt, bytes) or len(self.salt) != SALT_BYTES:
            raise BadValue(self.salt, f"salt must be {SALT_BYTES} bytes", cure="Draw 32 random bytes.")

    @property
    def parties(self) -> Mapping[str, str]:
        """Role -> account of all who must approve."""
        return {"long": self.long, "short": self.short}

    def validate(self, lot: int, now: int | None = None, *, escrow: str | None = None) -> None:
        """Refuse, in the contract's order and by the contract's reasons, whatever `book` refuses in the terms alone.

        `lot` is the underlying's in Mtok (0 where it is not listed), `now` the time of booking in unix seconds (None
        leaves out the deadline and the distance to maturity), `escrow` the contract that no side may be.
        Raises a leaf of BadTerms. What needs the chain (the fixing, approvals, revocations) is left to it; `check_spot`
        and `check_tenor` stand beside this.
        """
        if now is not None and now > self.deadline:
            raise _refused(
                self, TermsExpired, "deadline", f"the deadline {_time(self.deadline)} is over at {_time(now)}"
            )
        self._validate_sides(escrow)
        self._validate_amounts(lot)
        self._validate_days(now)

    def _validate_sides(self, escrow: str | None) -> None:
        nobody = {ZERO_ADDRESS} if escrow is None else {ZERO_ADDRESS, parse_address(escrow)}
        if self.long in nobody:
            raise _refused(self, BadLong, "long", f"the long is {self.long}")
        if self.short in nobody:
            raise _refused(self, BadShort, "short", f"the short is {self.short}")
        if self.long == self.short:
            raise _refused(self, OneAccountOnBothSides, "short", f"long and short are both {self.long}")

    def _validate_amounts(self, lot: int) -> None:
        n, f, s0, f_ind = self.quantity, self.price, self.spot, self.indicative
        if lot == 0:
            raise _refused(self, NotListed, "underlying", f"{self.underlying} is not listed")
        if n == 0 or n % lot:
            raise _refused(
                self, QuantityNotInLots, "quantity", f"{tokens(n)} is not a multiple of the lot of {tokens(lot)}"
            )
        if n >= QUANTITY_LIMIT:
            raise _refused(self, QuantityTooLarge, "quantity", f"{tokens(n)} is not below {tokens(QUANTITY_LIMIT)}")
        if not 0 < s0 < SPOT_LIMIT:
            what = f"the spot {usd(s0)} is not above 0 and below {usd(SPOT_LIMIT)}"
            raise _refused(self, SpotOutOfRange, "spot", what)
        if not 0 < f <= 2 * s0:
            what = f"the price {usd(f)} is not above 0 and at most {usd(2 * s0)}, twice the spot"
            raise _refused(self, PriceOutOfRange, "price", what)
        if not 0 < f_ind <= s0:
            what = f"the indicative price {usd(f_ind)} is not above 0 and at most {usd(s0)}, the spot"
            raise _refused(self, IndicativeOutOfRange, "indicative", what)

    def _validate_days(self, now: int | None) -> None:
        if self.maturity % SECONDS_PER_DAY:
            raise _refused(self, MaturityNotAtMidnight, "maturity", f"{_time(self.maturity)} is not 00:00:00 UTC")
        most = MAX_DAYS_TO_MATURITY
        if now is not None:
            most = self.maturity // SECONDS_PER_DAY - day_of(now)
            if not MIN_DAYS_TO_MATURITY <= most <= MAX_DAYS_TO_MATURITY:
                raise _refused(self, TenorOutOfRange, "maturity", f"{_time(self.maturity)} is {most} days ahead")
        if not 1 <= self.averaging_days <= most:
            days = self.averaging_days
            raise _refused(self, AveragingOutOfRange, "averaging_days", f"{days} days are not within 1 and {most}")

    def check_spot(self, fixing: int | None) -> None:
        """Refuse terms whose spot is not `fixing`, today's (None: not posted). Raises SpotNotTodaysFixing."""
        if fixing != self.spot:
            posted = "not posted" if fixing is None else usd(fixing)
            what = f"the spot is {usd(self.spot)}, today's fixing {posted}"
            raise _refused(self, SpotNotTodaysFixing, "spot", what)

    def check_tenor(self, trade_date: date) -> int:
        """The tenor in months, by the product's list of offered ones. Raises BadTenor for a maturity off that list."""
        return tenor_of(trade_date, self.maturity)

    def as_tuple(self) -> tuple[str, str, str, int, int, int, int, int, int, int, bytes]:
        """The fields in the order of the contract's struct, for an ABI encoder."""
        return (
            self.long,
            self.short,
            self.underlying,
            self.quantity,
            self.price,
            self.spot,
            self.indicative,
            self.maturity,
            self.averaging_days,
            self.deadline,
            self.salt,
        )

    def to_json(self) -> str:
        """The canonical `terms.json`: a key a line in the order above, integers, addresses checksummed, salt in hex."""
        import json

        document = {field.name: getattr(self, field.name) for field in fields(self)}
        document["salt"] = "0x" + self.salt.hex()
        return json.dumps(document, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes, path: object = "terms.json") -> "Terms":
        """Read `terms.json`. Raises BadTermsFile naming `path` and a key unknown, missing, given twice or mistyped."""
        document = loads(text, path, BadTermsFile)
        if not isinstance(document, dict):
            raise BadTermsFile(path, "it is not one object of terms")
        names = [field.name for field in fields(cls)]
        for key in document:
            if key not in names:
                raise BadTermsFile(path, f"unknown key {key!r}")
        for name in names:
            if name not in document:
                raise BadTermsFile(path, f"missing key {name!r}")
        return cls(**{name: _read_field(name, document[name], path) for name in names})


def _read_field(name: str, value: object, path: object) -> Any:  # typed by the field, which Terms checks again
    """One value of `terms.json` as its field holds it."""
    if name in _NUMBERS:
        if type(value) is not int:  # bool is an int to isinstance
            raise BadTermsFile(path, f"{name!r} must be an integer, not {value!r}")
        if not 0 <= value < 2**256:
            raise BadTermsFile(path, f"{name!r} must be within uint256, not {value}")
        return value
    if name == "salt":
        if not isinstance(value, str) or not _SALT.fullmatch(value):
            raise BadTermsFile(path, f"'salt' must be 0x and 64 hexadecimal digits, not {value!r}")
        return bytes.fromhex(value[2:])
    try:
        return parse_underlying(value) if name == "underlying" else parse_address(value)
    except BadValue as error:
        raise BadTermsFile(path, f"{name!r}: {error.what}") from error


def _time(timestamp: int) -> str:
    """A time for people; the bare seconds where no calendar reaches."""
    try:
        return format_time(timestamp)
    except BadValue:
        return f"{timestamp} (unix seconds)"


def _refused(terms: Terms, leaf: type[BadTerms], field: str, what: str) -> BadTerms:
    return leaf(what=what, field=field, value=getattr(terms, field))


@dataclass(frozen=True, kw_only=True, slots=True)
class Domain:
    """An EIP-712 domain: which contract, on which chain, a signature is for."""

    name: str
    """The contract's signing name."""

    version: str
    """The contract's signing version."""

    chain_id: int
    """Chain id, positive."""

    contract: str
    """Address of the verifying contract; kept checksummed."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "contract", parse_address(self.contract))
        if isinstance(self.chain_id, bool) or not isinstance(self.chain_id, int) or not 0 < self.chain_id < 2**256:
            raise BadValue(self.chain_id, "a chain id is a positive integer", cure="Ask the node: eth_chainId.")


def escrow_domain(chain_id: int, contract: str) -> Domain:
    """The domain of the escrow at `contract`, under which terms are signed."""
    return Domain(name="IFX Forward Escrow", version="1", chain_id=chain_id, contract=contract)


def oracle_domain(chain_id: int, contract: str) -> Domain:
    """The domain of the oracle at `contract`, under which nodes sign reports."""
    return Domain(name="IFX Fixing Oracle", version="1", chain_id=chain_id, contract=contract)
