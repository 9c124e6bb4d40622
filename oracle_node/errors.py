"""What an oracle node refuses; leaves of the one tree of `ifx_sdk.errors`.

OracleError
├── BadReport        .why          a report that cannot be read or is not by whom it should be; of ifx_sdk.evidence
├── SecondReport     .underlying .day .stored .refused
├── BadSource        .entry .why
├── BadSigner        .name .why    also a SignerError
├── EndpointsDisagree  .method .said   also a NodeDown
├── NotArchived      .what
├── DamagedArchive   .path .why    also a BadFile; of ifx_sdk.evidence
└── BadStore         .path .why    also a BadFile
    ├── ForeignBook
    └── ForgottenBook
    BadSettings      .path .why    also a BadFile
    BadReadings      .path .why    also a BadFile
"""
# ruff: noqa: N818 - an error is named for what is wrong, as in ifx_sdk.errors

from ifx_sdk.calendar import date_of
from ifx_sdk.errors import BadFile, NodeDown, OracleError, SignerError
from ifx_sdk.evidence.errors import BadReport as BadReport
from ifx_sdk.evidence.errors import DamagedArchive as DamagedArchive


class BadSettings(OracleError, BadFile):
    """A settings file that a node does not start with."""

    noun = "settings file"
    cure = "The top of oracle_node/settings.py shows a whole file; a key that is not its own is refused."


class BadReadings(OracleError, BadFile):
    """A file of readings that cannot be read."""

    noun = "readings file"
    cure = "Write it with `ifx-oracle observe --out FILE`: one reading of one underlying a line."


class BadStore(OracleError, BadFile):
    """A node's store that cannot be read or written, or must not be."""

    noun = "node store"
    cure = "Keep it in a folder that the node's user can write, on a local disk with room."


class ForeignBook(BadStore):
    """The reports of another key, or for another oracle."""

    noun = "report book"
    cure = "A book belongs to one key and one oracle: keep it, and name a new folder under `state` of the settings."


class ForgottenBook(BadStore):
    """A file in which an earlier version kept what the store does not hold: a node without it could sign twice."""


class AlreadyRunning(BadStore):
    """A `state` folder in which another process runs."""

    cure = "One process runs on a folder: stop the other one, or name another folder under `state` of the settings."

    def __init__(self, path: object) -> None:
        """`path` of the folder."""
        super().__init__(path, "another process runs on it")


class NotArchived(OracleError):
    """Something that is not in the archive."""

    cure = "Fetch it from a node that has it: `ifx-oracle verify --from URL`."


class SecondReport(OracleError):
    """A node signs one report of one underlying and day, and no other one ever after."""

    cure = "The first one stands; where it is wrong, the other nodes' quorum decides the day."

    def __init__(self, underlying: str, day: int, *, stored: int, refused: int) -> None:
        """`stored` is the price signed first, `refused` the one asked for now, both micro-USD per Mtok."""
        what = f"{underlying} of {date_of(day)} is reported already at {stored} micro-USD/Mtok"
        super().__init__(f"{what}; not signed again at {refused}")
        self.underlying = underlying
        self.day = day
        self.stored = stored
        self.refused = refused


class BadSource(OracleError):
    """A page family of another package that cannot be used."""

    cure = "docs/adding-a-source.md shows a whole one; take the package away to go on without it."

    def __init__(self, entry: str, why: str) -> None:
        """`entry` is what its entry point names, `why` what is wrong with it."""
        super().__init__(f"source {entry}: {why}")
        self.entry = entry
        self.why = why


class EndpointsDisagree(NodeDown, OracleError):
    """Endpoints contradict one another, and no more than half of them say the same: nothing is decided."""

    cure = "Look which one lies or hangs, and replace it; with three endpoints one liar is outvoted. Nothing was sent."

    def __init__(self, method: str, said: tuple[tuple[str, str], ...]) -> None:
        """`method` asked, and each endpoint's public URL with what it `said`."""
        told = "; ".join(f"{url} says {what}" for url, what in said)
        super().__init__(said[0][0], f"the endpoints disagree on {method}: {told}")
        self.method = method
        self.said = said


class BadSigner(OracleError, SignerError):
    """A signer of another package that cannot be used."""

    cure = "docs/operations.md shows a whole package; `signer` under [key] names its entry point."

    def __init__(self, name: str, why: str) -> None:
        """`name` as the settings have it, `why` it gives no signer."""
        super().__init__(f"signer {name!r}: {why}")
        self.name = name
        self.why = why
