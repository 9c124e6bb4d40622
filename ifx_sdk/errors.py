"""Every error of IFX, under one root.

An error says what happened, with the input that caused it, and then the cure; both are attributes too (`what`, `cure`).

    IFXError
    ├── InputError                     refused before anything was sent
    │   ├── BadValue                   one text or number: .given, .why
    │   │   ├── BadAmount  BadPrice  BadQuantity  BadTenor  BadDate  BadTime
    │   │   └── BadUnderlying  BadAddress  BadCalibration
    │   ├── BadMessage                 .field, .value; also a Reverted
    │   │   ├── BadTerms               one leaf for each refused check of `book`
    │   │   └── BadEnding              one leaf for each refused check of `terminate` and `novate`
    │   ├── TooLateToWithdraw          an announced signer set
    │   ├── NoQuote                    the tick leaves no indicative price: .spot, .published
    │   ├── UnknownVectorKind          .kind, .why
    │   ├── BadFile                    .path, .why
    │   │   └── BadTermsFile  BadMessageFile  MalformedVectors  BadDeployment
    │   └── BadSignature               .why
    │       └── WrongSigner            .expected, .recovered
    ├── SignerError                    the key that should sign
    │   ├── BadKeystore  BadKeystorePassword  KeyFileOpenToOthers  PasswordFileOpenToOthers
    │   ├── NoSigner
    │   └── SignerFailed               .why; a key that is elsewhere
    ├── ChainError                     the node or the chain behind it
    │   ├── NodeDown  WrongChain  NoContract  DevnetOnly  OfferedElsewhere  NotHandedOver  RpcError  NoFundsForGas
    │   ├── FeesAboveCap               .base_fee, .cap
    │   └── UnknownAnswer              .function; in codec.py
    ├── TransactionError               what became of one transaction
    │   ├── Reverted                   .reason, .tx_hash; REVERTS has a leaf for each reason in contracts/
    │   ├── OutcomeUnknown             .tx_hash; reconcile, never resend blindly
    │   └── TransactionDropped         .tx_hash; certainly not mined
    ├── OracleError                    readings, reports and quorums
    │   └── PageRefused  InsufficientSlots   AttestationsDisagree  NotEnoughAttestations
    └── MissingExtra                   .extra

A leaf of `BadMessage` is raised by the SDK before sending (`tx_hash` is None) and by the chain client when the contract
refuses, so that one `except QuantityNotInLots` catches both.
"""
# ruff: noqa: N818 - an error is named for what is wrong; `except QuantityNotInLots` reads better than an Error suffix

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

_SHOWN = 120  # characters of a refused value that a message repeats


class IFXError(Exception):
    """The root: `except IFXError` catches whatever IFX refuses or fails at."""

    cure: str = ""

    def __init__(self, what: str, *, cure: str | None = None) -> None:
        """Say `what` happened, with the input that caused it; `cure` replaces the class's own."""
        super().__init__(what)
        self.what = what
        if cure is not None:
            self.cure = cure

    def __str__(self) -> str:
        what = self.what.rstrip(".")
        return f"{what}. {self.cure}" if self.cure else what

    def __reduce__(self) -> tuple[object, ...]:
        # The leaves' constructors differ: without this they would not come back from another process.
        return _restore, (type(self), self.args, self.__dict__)


def _restore(kind: type[IFXError], args: tuple[object, ...], state: dict[str, object]) -> IFXError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


# --------------------------------------------------------------------------------------------------------- input


class InputError(IFXError):
    """What was given cannot be used; nothing was sent or written."""


class BadValue(InputError):
    """One value that cannot be read or is out of range."""

    noun: ClassVar[str] = "value"

    def __init__(self, given: object, why: str, *, cure: str | None = None) -> None:
        """`given` is the value as it came, `why` the rule that it breaks."""
        text = repr(given)
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
        super().__init__(f"{shown} is not a valid {self.noun}: {why}", cure=cure)
        self.given = given
        self.why = why


class BadAmount(BadValue):
    noun = "amount"
    cure = 'Write an amount of USDT such as "4,870,000 USDT", with at most 6 decimals.'


class BadPrice(BadValue):
    noun = "price"
    cure = 'Write a price per million output tokens such as "7.45" or "7.45 USD/Mtok", with at most 6 decimals.'


class BadQuantity(BadValue):
    noun = "quantity"
    cure = 'Write a number of tokens such as "100B" or "1T", or of millions of tokens such as "100000 Mtok".'


class BadTenor(BadValue):
    noun = "tenor"
    cure = "Offered tenors are 3, 6, 9 and 12 months from the trade date."


class BadDate(BadValue):
    noun = "date"
    cure = 'Write a UTC date such as "2026-07-15".'


class BadTime(BadValue):
    noun = "time"
    cure = "Give unix seconds UTC, an integer from 0 to 253402300799."


class BadUnderlying(BadValue):
    noun = "underlying"
    cure = 'Write it as "provider/model-id", such as "openai/gpt-4.1".'


class BadAddress(BadValue):
    noun = "address"
    cure = "Write 0x and 40 hexadecimal digits; with mixed case the checksum must hold."


class BadCalibration(BadValue):
    noun = "calibration"
    cure = "Known calibrations are CAL-mid-1 and CAL-series-1."


class NoQuote(InputError):
    """The published tick gives 0 or more than the spot: there is no indicative price, hence no fee and no quote."""

    cure = "The tick is too coarse for so low a spot: no forward is quoted on it."

    def __init__(self, spot: int, published: int) -> None:
        """`spot` S0 and the `published` value refused, both in micro-USDT per Mtok."""
        super().__init__(f"no indicative price for a spot of {spot} micro-USDT/Mtok: its tick gives {published}")
        self.spot = spot
        self.published = published


class UnknownVectorKind(InputError):
    """A kind of golden vectors that was asked for and cannot be replayed."""

    cure = "Leave the kinds out to replay all that can be checked."

    def __init__(self, kind: str, why: str) -> None:
        """`kind` as it was named, `why` it cannot be replayed."""
        super().__init__(f"no vectors of kind {kind!r}: {why}")
        self.kind = kind
        self.why = why


class BadFile(InputError):
    """A file that cannot be read as what it should be."""

    noun: ClassVar[str] = "file"

    def __init__(self, path: object, why: str, *, cure: str | None = None) -> None:
        """`path` names the file (and the place in it), `why` what is wrong there."""
        super().__init__(f"{self.noun} {path}: {why}", cure=cure)
        self.path = str(path)
        self.why = why


class BadTermsFile(BadFile):
    noun = "terms file"
    cure = "Write it with `ifx terms`; every number is an integer in micro-USDT, Mtok or unix seconds."


class BadMessageFile(BadFile):
    noun = "message file"
    cure = (
        "Write it with `ifx termination` or `ifx novation`; numbers are integers, accounts and hashes hexadecimal text."
    )


class MalformedVectors(BadFile):
    noun = "vectors file"
    cure = "The shape is that of tests/agreement/vectors.json: lists of entries with id, inputs and expected."


class BadDeployment(BadFile):
    noun = "deployment file"
    cure = "Write it with `ifx deploy`, or copy the one published for the network."


class BadSignature(InputError):
    """Bytes that are no usable ECDSA signature."""

    cure = "Give the 65 bytes r, s, v that the wallet returned, as 0x and 130 hexadecimal digits, with the lower s."

    def __init__(self, why: str, *, cure: str | None = None) -> None:
        """`why` names the rule of the format that the bytes break."""
        super().__init__(f"not a usable signature: {why}", cure=cure)
        self.why = why


class WrongSigner(BadSignature):
    """A sound signature by another key, or over other terms."""

    cure = "Sign exactly these terms, on this chain and for this contract, with the account named in them."

    def __init__(self, expected: str, recovered: str) -> None:
        """Both are checksummed addresses."""
        super().__init__(f"it should be by {expected} but recovers to {recovered}")
        self.expected = expected
        self.recovered = recovered


# -------------------------------------------------------------------------------------------------------- signer


class SignerError(IFXError):
    """The key that should sign is missing or cannot be opened."""


class BadKeystore(SignerError):
    """A keystore file that is not one."""

    cure = "Give a JSON keystore of version 3, as geth, foundry and eth-account write it."

    def __init__(self, path: object, why: str) -> None:
        """`path` of the keystore, `why` it cannot be read."""
        super().__init__(f"keystore {path}: {why}")
        self.path = str(path)
        self.why = why


class BadKeystorePassword(SignerError):
    """The password does not open the keystore."""

    cure = "Check the password; the keystore itself is unharmed."

    def __init__(self, path: object) -> None:
        """`path` of the keystore."""
        super().__init__(f"wrong password for keystore {path}")
        self.path = str(path)


class KeyFileOpenToOthers(SignerError):
    """A plain key that other users of the machine can read."""

    cure = "Make the key file readable by its owner alone, or keep the key in a keystore."

    def __init__(self, path: object, mode: int) -> None:
        """`path` of the file and its permission bits."""
        super().__init__(
            f"key file {path} has mode {mode:04o}: others can read the key",
            cure=f"Run `chmod 600 {path}`, or keep the key in a keystore.",
        )
        self.path = str(path)


class PasswordFileOpenToOthers(SignerError):
    """A keystore's password that other users of the machine can read."""

    cure = "Make the password file readable by its owner alone."

    def __init__(self, path: object, mode: int) -> None:
        """`path` of the file and its permission bits."""
        what = f"password file {path} has mode {mode:04o}: others can read the password"
        super().__init__(what, cure=f"Run `chmod 600 {path}`.")
        self.path = str(path)


class NoSigner(SignerError):
    """Something must be signed and no key was given for the account."""

    cure = "Give a key file or a keystore, or use an account that the node has unlocked."

    def __init__(self, account: str | None = None) -> None:
        """`account` that should have signed, where it is known."""
        super().__init__(f"no key for account {account}" if account else "no signing account was given")
        self.account = account


class SignerFailed(SignerError):
    """A key that is elsewhere, and does not sign now."""

    cure = "Look at the service that keeps the key; nothing was signed, and asking again does no harm."

    def __init__(self, account: str, why: str) -> None:
        """`account` that should have signed, `why` its service did not."""
        super().__init__(f"the signer of {account} failed: {why}")
        self.account = account
        self.why = why


# --------------------------------------------------------------------------------------------------------- chain


class ChainError(IFXError):
    """The node, or the chain behind it, is not what was asked for."""


class NodeDown(ChainError):
    """Nobody answers at the address of the node."""

    cure = "Check the URL and that the node is running; nothing was sent."

    def __init__(self, url: str, why: str = "no answer") -> None:
        """`url` of the node without credentials, `why` as the connection reported it."""
        super().__init__(f"node {url}: {why}")
        self.url = url
        self.why = why


class WrongChain(ChainError):
    """The node follows another chain than the deployment."""

    cure = "Connect to a node of the deployment's chain, or name the deployment of this chain."

    def __init__(self, expected: int, actual: int) -> None:
        """Both are chain ids."""
        super().__init__(f"the deployment is on chain {expected}, the node on chain {actual}")
        self.expected = expected
        self.actual = actual


class NoContract(ChainError):
    """There is no code where a contract should be."""

    cure = "Check the address and the network of the deployment file."

    def __init__(self, address: str, name: str = "contract") -> None:
        """`address` looked at, and the `name` of what should be there."""
        super().__init__(f"no {name} at {address}: the account has no code")
        self.address = address
        self.name = name


class DevnetOnly(ChainError):
    """A helper that moves time or prints money, off the local chain."""

    cure = "Use it against a chain with id 31337 only."

    def __init__(self, action: str, chain_id: int) -> None:
        """`action` refused, `chain_id` of the node."""
        super().__init__(f"{action} is for the local chain only, and this is chain {chain_id}")
        self.action = action
        self.chain_id = chain_id


class OfferedElsewhere(ChainError):
    """The deployer's next contract is not the address that it offered the ownership to."""

    cure = (
        "The deployer still owns oracle and escrow: run the same deployment with --resume, which offers them again. "
        "Send nothing else from its account meanwhile."
    )

    def __init__(self, deployer: str) -> None:
        """`deployer` whose other transaction came in between."""
        super().__init__(f"another transaction of {deployer} came between the offers and the timelock")
        self.deployer = deployer


class NotHandedOver(ChainError):
    """After a deployment the timelock is not the one owner with the roles of the plan."""

    cure = "Do not use this deployment; find out who else has the deployer's key, and deploy with another."


class RpcError(ChainError):
    """The node answered a request with an error of its own."""

    cure = "The node's message says what it refused; nothing of it is a revert of our contracts."

    def __init__(self, method: str, message: str, code: int | None = None) -> None:
        """The JSON-RPC `method`, the node's `message` and its error `code` where it gave one."""
        super().__init__(f"{method}: {message}" if code is None else f"{method}: {message} (code {code})")
        self.method = method
        self.message = message
        self.code = code


class NoFundsForGas(ChainError):
    """The sending account cannot pay for the transaction's gas."""

    cure = "Send it some of the chain's own coin; tokens do not pay for gas. Nothing was sent."

    def __init__(self, account: str, balance: int) -> None:
        """`account` that should pay and its `balance` in wei."""
        super().__init__(f"account {account} has {balance} wei, which does not pay for the gas")
        self.account = account
        self.balance = balance


class FeesAboveCap(ChainError):
    """The chain asks more for gas than the caller pays."""

    cure = "Wait until it asks less, or raise the cap. Nothing was sent."

    def __init__(self, base_fee: int, cap: int) -> None:
        """`base_fee` of the newest block and the caller's `cap`, both in wei per gas."""
        super().__init__(f"a block's base fee is {base_fee} wei per gas, and at most {cap} may be paid")
        self.base_fee = base_fee
        self.cap = cap


# -------------------------------------------------------------------------------------------------- transactions


class TransactionError(IFXError):
    """What became of one transaction."""


class OutcomeUnknown(TransactionError):
    """It was broadcast and no receipt is known: it may or may not be mined."""

    cure = "Reconcile it by its hash before doing anything else; sending it again could pay twice."

    def __init__(self, tx_hash: str, why: str = "no receipt in time") -> None:
        """`tx_hash` known before the broadcast, `why` the outcome is not."""
        super().__init__(f"transaction {tx_hash}: {why}")
        self.tx_hash = tx_hash
        self.why = why


class TransactionDropped(TransactionError):
    """It is certainly not mined and never will be."""

    cure = "Nothing of it happened; it can be made and sent anew."

    def __init__(self, tx_hash: str, why: str) -> None:
        """`tx_hash`, or what it was to do where no hash was known, and `why` it is out."""
        super().__init__(f"transaction {tx_hash} was dropped: {why}")
        self.tx_hash = tx_hash
        self.why = why


class Reverted(TransactionError):
    """A contract refused the call, and nothing of it happened.

    A leaf names its reason, or several that have one cure; an unknown reason comes as plain `Reverted(reason)`.
    """

    reason: str = ""
    reasons: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, reason: str | None = None, tx_hash: str | None = None, *, what: str | None = None, cure: str | None = None
    ) -> None:
        """Keep the contract's `reason` and the `tx_hash` of the mined transaction, if it came that far."""
        if reason is not None:
            self.reason = reason
        refused = f"reverted: {self.reason}" if self.reason else "reverted without a reason"
        where = f"transaction {tx_hash} " if tx_hash else ""
        super().__init__(f"{what} ({self.reason})" if what else f"{where}{refused}", cure=cure)
        self.tx_hash = tx_hash


class BadMessage(InputError, Reverted):
    """A check that a message fails, found by the SDK beforehand or by the contract."""

    def __init__(
        self,
        reason: str | None = None,
        tx_hash: str | None = None,
        *,
        what: str | None = None,
        cure: str | None = None,
        field: str | None = None,
        value: object = None,
    ) -> None:
        """`field` of the message and its `value`, where the SDK made the check itself."""
        Reverted.__init__(self, reason, tx_hash, what=what, cure=cure)
        self.field = field
        self.value = value


class BadTerms(BadMessage):
    """A check of `book` that the terms fail."""


class BadEnding(BadMessage):
    """A check of `terminate` or `novate` that the message fails against the forward's record and the time."""


# The checks of `book`, in the contract's order. Those that need only the terms are leaves of BadTerms.


class NotTheDesk(Reverted):
    reason = "escrow: not the desk"
    cure = "Send the approved terms to the desk: it alone books."


class BookingPaused(Reverted):
    reason = "escrow: booking is paused"
    cure = "A pause lapses by itself after 3 days; settling and withdrawing go on."


class TermsExpired(BadTerms):
    reason = "escrow: terms expired"
    cure = "Make new terms with a later deadline and have both sides approve them."


class BadLong(BadTerms):
    reason = "escrow: bad long"
    cure = "The long is an account of its own: neither zero nor the escrow."


class BadShort(BadTerms):
    reason = "escrow: bad short"
    cure = "The short is an account of its own: neither zero nor the escrow."


class OneAccountOnBothSides(BadTerms):
    reason = "escrow: one account on both sides"
    cure = "Long and short are two different accounts."


class NotListed(BadTerms):
    reason = "escrow: not listed"
    cure = "Name an underlying that the escrow lists, exactly as it is listed."


class QuantityNotInLots(BadTerms):
    reason = "escrow: quantity not in lots"
    cure = "Trade a non-zero multiple of the underlying's lot (100B tokens unless listed otherwise)."


class QuantityTooLarge(BadTerms):
    reason = "escrow: quantity too large"
    cure = "Stay below 2^40 Mtok."


class SpotOutOfRange(BadTerms):
    reason = "escrow: spot out of range"
    cure = "A spot is above 0 and below 2^39 micro-USDT per Mtok."


class PriceOutOfRange(BadTerms):
    reason = "escrow: price out of range"
    cure = "The forward price is above 0 and at most twice the spot."


class IndicativeOutOfRange(BadTerms):
    reason = "escrow: indicative out of range"
    cure = "The indicative price is above 0 and at most the spot."


class MaturityNotAtMidnight(BadTerms):
    reason = "escrow: maturity not at midnight"
    cure = "A maturity is 00:00:00 UTC of its day: a multiple of 86400."


class TenorOutOfRange(BadTerms):
    reason = "escrow: tenor out of range"
    cure = "The maturity is 28 to 400 days after the day of booking."


class AveragingOutOfRange(BadTerms):
    reason = "escrow: averaging out of range"
    cure = "Average over at least 1 day and at most the days from booking to maturity."


class SpotNotTodaysFixing(BadTerms):
    reason = "escrow: spot is not today's fixing"
    cure = "Make new terms on the fixing of the day of booking, once it is posted."


class AlreadyRevoked(BadTerms):
    reason = "escrow: terms revoked"
    cure = "A revocation is final: make new terms with a new salt."


class AlreadyBooked(BadTerms):
    reason = "escrow: already booked"
    cure = "This forward exists; for a second one make terms with a new salt."


class LongHasNotApproved(BadTerms):
    reason = "escrow: long has not approved"
    cure = "Have the long sign exactly these terms or approve them on chain."


class ShortHasNotApproved(BadTerms):
    reason = "escrow: short has not approved"
    cure = "Have the short sign exactly these terms or approve them on chain."


# The escrow's other calls.


class TooLateToWithdraw(InputError):
    """An announced signer set takes effect before a cancellation could be executed."""

    cure = "Propose a cancellation together with every set, and cancel the proposal once the set is found good."


class NotASide(Reverted):
    reason = "escrow: not a side"
    cure = "Only an account that the message names approves it."


class ApprovalTooLate(Reverted):
    reason = "escrow: approval too late"
    cure = "It is booked, executed or revoked already, or its forward has ended; a new message needs a new salt."


class OnlyASideRevokes(Reverted):
    reason = "escrow: only a side revokes"
    cure = "Only an account that the message names revokes it."


class RevocationTooLate(Reverted):
    reason = "escrow: revocation too late"
    cure = "It is booked, executed or revoked already, or its forward has ended: look the forward up by its id."


# Early termination and novation. Those that need only the message and the record are leaves of BadEnding.


class MessageExpired(BadEnding):
    reason = "escrow: message expired"
    cure = "Make a new one with a later deadline and have all whom it names approve it."


class ForwardNotActive(BadEnding):
    reason = "escrow: forward not active"
    cure = "Only an active forward can be ended or moved: look it up by its id."


class MaturityHasCome(BadEnding):
    reason = "escrow: maturity has come"
    cure = "From maturity on the fixings alone decide: settle it."


class NotItsLong(BadEnding):
    reason = "escrow: not its long"
    cure = "Name the forward's long of today; a novation may have replaced it."


class NotItsShort(BadEnding):
    reason = "escrow: not its short"
    cure = "Name the forward's short of today; a novation may have replaced it."


class AgreedPriceTooLarge(BadEnding):
    reason = "escrow: agreed price too large"
    cure = "A price is below 2^40 micro-USDT per Mtok."


class OutgoingIsNoSide(BadEnding):
    reason = "escrow: outgoing is no side"
    cure = "Name the long or the short of the forward as the one who leaves."


class RemainingIsNoSide(BadEnding):
    reason = "escrow: remaining is no side"
    cure = "Name the other side of the forward as the one who stays."


class BadIncoming(BadEnding):
    reason = "escrow: bad incoming"
    cure = "Who enters is an account of its own: neither zero nor the escrow."


class IncomingIsASide(BadEnding):
    reason = "escrow: incoming is a side"
    cure = "Who enters is neither the long nor the short of the forward."


class PaymentTooLarge(BadEnding):
    reason = "escrow: payment too large"
    cure = "A payment is at most 2B, all that the forward can ever pay."


class IncomingLeftBefore(BadEnding):
    reason = "escrow: incoming left before"
    cure = "Who has left a forward cannot come back to it; enter with another account."


class MessageRevoked(Reverted):
    reason = "escrow: message revoked"
    cure = "One of those it names withdrew, for ever. A new one needs a new salt."


class LongHasNotAgreed(Reverted):
    reason = "escrow: long has not agreed"
    cure = "Have the long sign exactly this termination or approve it on chain."


class ShortHasNotAgreed(Reverted):
    reason = "escrow: short has not agreed"
    cure = "Have the short sign exactly this termination or approve it on chain."


class OutgoingHasNotAgreed(Reverted):
    reason = "escrow: outgoing has not agreed"
    cure = "Have the leaving side sign exactly this novation or approve it on chain."


class IncomingHasNotAgreed(Reverted):
    reason = "escrow: incoming has not agreed"
    cure = "Have the new party sign exactly this novation or approve it on chain."


class RemainingHasNotAgreed(Reverted):
    reason = "escrow: remaining has not agreed"
    cure = "Have the remaining side sign exactly this novation or approve it on chain."


class UnknownForward(Reverted):
    reason = "escrow: unknown forward"
    cure = "Check the id: it is the digest that both sides signed, and the forward must have been booked."


class NotActive(Reverted):
    reason = "escrow: not active"
    cure = "It was settled, terminated or revoked already: look the forward up by its id."


class BeforeMaturity(Reverted):
    reason = "escrow: before maturity"
    cure = "Settle it from 00:00:00 UTC of the maturity day on."


class PriceNotCertain(Reverted):
    reason = "escrow: price not certain yet"
    cure = "Wait for the fixing of the maturity day or of the next two; it is certain at the latest after 3 days."


class NoSuchForward(Reverted):
    reason = "escrow: no such forward"
    cure = "Check the id: it is the digest that both sides signed, and the forward must have been booked."


class SettlementPriceTooLarge(Reverted):
    reason = "escrow: price too large"
    cure = "A settlement price is below 2^40 micro-USDT per Mtok."


class NotTheGuardian(Reverted):
    reason = "escrow: not the guardian"
    cure = "Only the guardian pauses booking."


class PauseNotRearmed(Reverted):
    reason = "escrow: pause not re-armed yet"
    cure = "Wait 3 days from the end of the last pause."


class OracleDoesNotKnow(Reverted):
    reason = "escrow: oracle does not know it"
    cure = "Add the underlying to the oracle first."


class BadLot(Reverted):
    reason = "escrow: bad lot"
    cure = "A lot is above 0 and below 2^40 Mtok."


class NothingToDelist(Reverted):
    reason = "escrow: nothing to delist"
    cure = "Name an underlying that is listed."


class BadFeeRecipient(Reverted):
    reason = "escrow: bad fee recipient"
    cure = "The fee recipient is neither zero nor the escrow."


class OracleIsNoContract(Reverted):
    reason = "escrow: oracle is no contract"
    cure = "Deploy the oracle first and give its address."


class NoOwner(Reverted):
    reasons = ("oracle: no owner", "escrow: no owner")
    cure = "Name the account that will own it: a timelock or a multisig."


class NoFeeRecipient(Reverted):
    reason = "escrow: no fee recipient"
    cure = "The fee recipient is neither zero nor the escrow."


class Unpackable(Reverted):
    reason = "packed: a field is too wide"
    cure = "No terms that pass the checks of `book` get here: report it."


# The money.


class WrongDecimals(Reverted):
    reason = "ledger: token decimals are not 6"
    cure = "Deploy with the address of USDT, or of a token with 6 decimals."


class ZeroAmount(Reverted):
    reason = "escrow: amount is zero"
    cure = "Deposit more than 0."


class BadAccount(Reverted):
    reason = "escrow: bad account"
    cure = "The account is neither zero nor the escrow."


class AmountTooLarge(Reverted):
    reason = "escrow: amount too large"
    cure = "Deposit less than 2^128 micro-USDT."


class TokenDidNotDeliver(Reverted):
    reason = "ledger: token did not deliver"
    cure = "Check balance and allowance; while the token takes a fee nothing is collected, withdrawing goes on."


class NothingToWithdraw(Reverted):
    reason = "escrow: nothing to withdraw"
    cure = "Withdraw more than 0."


class BadReceiver(Reverted):
    reason = "escrow: bad receiver"
    cure = "The receiver is neither zero nor the escrow."


class BalanceTooLow(Reverted):
    reason = "ledger: balance too low"
    cure = "Withdraw at most the free balance; prefunding is locked until the forward is settled."


class TokenRefused(Reverted):
    reasons = ("ledger: token refused the pull", "ledger: token refused a pull", "ledger: token refused the transfer")
    cure = "The token would not move: it may be paused, or an account blacklisted. Every balance is unchanged."


# The token itself. Mainnet USDT gives no reasons; these are those of the test token that behaves like it.


class AllowanceTooLow(Reverted):
    reason = "usdt: allowance too low"
    cure = "Allow the escrow to collect what the deposit or the booking needs: `ifx allow AMOUNT`."


class AllowanceNotZero(Reverted):
    reason = "usdt: set the allowance to zero first"
    cure = "USDT changes an allowance only from or to zero: set it to zero, then to the new amount."


class TokenBalanceTooLow(Reverted):
    reason = "usdt: balance too low"
    cure = "Put more USDT into the wallet."


class TokenPaused(Reverted):
    reasons = ("usdt: transfers are paused", "usdt: pulls are paused")
    cure = "The token's owner paused it: try again when it is not; balances in the escrow are unchanged."


class Blacklisted(Reverted):
    reasons = ("usdt: sender is blacklisted", "usdt: payer is blacklisted")
    cure = "The token's owner blacklisted this account: its tokens cannot move."


class NotBlacklisted(Reverted):
    reason = "usdt: account is not blacklisted"
    cure = "Only a blacklisted account's tokens can be destroyed."


class TokenFeeTooHigh(Reverted):
    reasons = ("usdt: fee too high", "usdt: maximum fee too high")
    cure = "The token's fee is at most 20 basis points and 50 USDT."


class NotTheTokensOwner(Reverted):
    reason = "usdt: caller is not the owner"
    cure = "Only the token's owner calls this."


# The oracle.


class AnotherDay(Reverted):
    reason = "oracle: another day"
    cure = "A fixing is posted during its own UTC day only."


class UnknownUnderlying(Reverted):
    reason = "oracle: unknown underlying"
    cure = "Name an underlying of the oracle's list."


class NotTheReviewer(Reverted):
    reason = "oracle: not the reviewer"
    cure = "This underlying is posted by its reviewer only."


class AlreadyPosted(Reverted):
    reason = "oracle: already posted"
    cure = "The fixing of that day is final; nothing needs to be done."


class PriceTooLarge(Reverted):
    reason = "oracle: price too large"
    cure = "A fixing is below 2^40 micro-USDT per Mtok."


class NotASigner(Reverted):
    reason = "oracle: not a signer"
    cure = "Each attestation is by a node registered for that day, over exactly this underlying, day and price."


class BadAttestation(Reverted):
    reason = "oracle: bad signature"
    cure = "An attestation is a sound EIP-2098 signature: r, and s with the parity of y in its top bit."


class SignerTwice(Reverted):
    reason = "oracle: signer twice"
    cure = "Give one attestation for each node."


class QuorumNotReached(Reverted):
    reason = "oracle: quorum not reached"
    cure = "Gather more attestations of the same price."


class NameTooShort(Reverted):
    reason = "oracle: name too short"
    cure = "A name has 3 to 64 characters."


class BadCharacter(Reverted):
    reason = "oracle: bad character"
    cure = "A name has only a-z, 0-9 and . / : _ -."


class NameTaken(Reverted):
    reason = "oracle: name taken"
    cure = "The underlying is on the list already."


class ListIsFull(Reverted):
    reason = "oracle: list is full"
    cure = "The list holds no more names; a new oracle is needed."


class TooSoon(Reverted):
    reason = "oracle: less than 8 days ahead"
    cure = "A new signer set starts at least 8 days from today."


class DayTooFar(Reverted):
    reason = "oracle: day too far"
    cure = "A first day is a day number (unix seconds // 86400) below 2^24."


class BadQuorum(Reverted):
    reason = "oracle: bad quorum"
    cure = "The quorum is at least 1 and at most the number of signers."


class QuorumTooSmall(Reverted):
    reason = "oracle: quorum too small"
    cure = "The quorum is more than two thirds of the signers: floor(2n/3) + 1."


class SignerIsZero(Reverted):
    reason = "oracle: signer is zero"
    cure = "Every signer is an account."


class SignerListedTwice(Reverted):
    reason = "oracle: signer listed twice"
    cure = "List every signer once."


class NothingScheduled(Reverted):
    reason = "oracle: nothing scheduled"
    cure = "There is no announced signer set to withdraw."


# The feed for other protocols.


class FeedOfUnknownName(Reverted):
    reason = "feed: unknown underlying"
    cure = "Name an underlying of the oracle's list."


class NoDataPresent(Reverted):
    reason = "No data present"
    cure = "That day has no fixing: ask for a day that has one."


# Ownership (snekmate's modules, whose reasons these are, but for the deployment's own checks).


class NoProposer(Reverted):
    reason = "timelock: no proposer"
    cure = "Name at least one account that proposes what the timelock does."


class ProposerIsZero(Reverted):
    reason = "timelock: proposer is zero"
    cure = "Every proposer is an account."


class OperationExpired(Reverted):
    reason = "timelock: operation expired"
    cure = "It could be executed for 14 days. Propose it again, with --again where the old one was not cancelled."


class TimelockNotSafe(Reverted):
    reasons = ("timelock: delay is not 7 days", "timelock: outside admin")
    cure = "No deployment from these sources gets here: report it."


class AlreadyProposed(Reverted):
    reason = "timelock_controller: operation already scheduled"
    cure = "Look at it with `ifx admin show`; to do the same once more propose it with another salt."


class DelayTooShort(Reverted):
    reason = "timelock_controller: insufficient delay"
    cure = "Schedule with the timelock's own delay of 7 days, or more."


class NothingToCancel(Reverted):
    reason = "timelock_controller: operation cannot be cancelled"
    cure = "Only an operation that waits or is ready can be cancelled: see `ifx admin show`."


class OperationNotReady(Reverted):
    reason = "timelock_controller: operation is not ready"
    cure = "See `ifx admin show`: an operation is executed once, from 7 days after it was proposed on."


class EarlierOperationMissing(Reverted):
    reason = "timelock_controller: missing dependency"
    cure = "Execute the operation that it was proposed to follow first."


class OperationFailed(Reverted):
    reason = "timelock_controller: underlying transaction reverted"
    cure = "The call itself was refused without a reason: check its target and its arguments."


class UnequalBatch(Reverted):
    reason = "timelock_controller: length mismatch"
    cure = "Give one target, one amount and one payload for each call of the batch."


class RoleMissing(Reverted):
    reason = "access_control: account is missing role"
    cure = "Proposers alone propose and cancel: `ifx admin show` names them."


class RenouncedForAnother(Reverted):
    reason = "access_control: can only renounce roles for itself"
    cure = "An account renounces its own roles only."


class NotTheOwner(Reverted):
    reason = "ownable: caller is not the owner"
    cure = "Only the owner calls this."


class NewOwnerIsZero(Reverted):
    reason = "ownable: new owner is the zero address"
    cure = "Name the new owner's account."


class NotTheNewOwner(Reverted):
    reason = "ownable_2step: caller is not the new owner"
    cure = "Only the account that was offered the ownership accepts it."


def _leaves(branch: type[Reverted]) -> Iterator[tuple[str, type[Reverted]]]:
    for leaf in branch.__subclasses__():
        for reason in leaf.reasons or ([leaf.reason] if leaf.reason else []):
            yield reason, leaf
        yield from _leaves(leaf)


REVERTS: Mapping[str, type[Reverted]] = MappingProxyType(dict(_leaves(Reverted)))
"""On-chain reason -> leaf. tests/agreement/test_revert_table.py holds it equal to the asserts of contracts/."""


def revert_error(reason: str | None, tx_hash: str | None = None) -> Reverted:
    """The error for an on-chain `reason` (None where the contract gave none), to be raised by the caller."""
    leaf = REVERTS.get(reason) if reason is not None else None
    return (Reverted if leaf is None else leaf)(reason, tx_hash)


# -------------------------------------------------------------------------------------------------------- oracle


class OracleError(IFXError):
    """Readings, reports and quorums that give no fixing."""


class PageRefused(OracleError):
    """A page that gives no price."""

    cure = "Look at the page: the node stays silent rather than guess."

    def __init__(self, page: str, reason: str) -> None:
        """`page` read and the `reason` for which it gives no price."""
        super().__init__(f"{page}: {reason}")
        self.page = page
        self.reason = reason


class InsufficientSlots(OracleError):
    """Too few valid slots in the window for a median."""

    cure = "No report is made for that day; the other nodes' quorum decides."

    def __init__(self, valid: int, needed: int) -> None:
        """Counts of slots."""
        super().__init__(f"{valid} valid slots of the {needed} needed")
        self.valid = valid
        self.needed = needed


class AttestationsDisagree(OracleError):
    """Signed reports of one underlying and day that name different prices."""

    cure = "Only reports of one price make a fixing: post those that a quorum signed."

    def __init__(self, prices: Sequence[int]) -> None:
        """The different `prices`, in micro-USDT per Mtok."""
        super().__init__(f"the attestations name different prices: {', '.join(map(str, prices))} micro-USDT/Mtok")
        self.prices = tuple(prices)


class NotEnoughAttestations(OracleError):
    """No price has a quorum."""

    cure = "Wait for more nodes' reports; without a quorum there is no fixing of that day."

    def __init__(self, have: int, need: int) -> None:
        """`have` signers agree, `need` is the quorum."""
        super().__init__(f"{have} attestations of the {need} that the quorum needs")
        self.have = have
        self.need = need


# -------------------------------------------------------------------------------------------------------- extras


class MissingExtra(IFXError):
    """A part of IFX that is not installed."""

    def __init__(self, extra: str, needed_for: str) -> None:
        """`extra` of the distribution, `needed_for` what the user asked."""
        super().__init__(f"{needed_for} needs the extra [{extra}]", cure=f"Install it: pip install 'ifx[{extra}]'")
        self.extra = extra
        self.needed_for = needed_for
