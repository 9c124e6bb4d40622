"""What is wrong with evidence, wherever it is kept: in a node's archive or in a bundle."""
# ruff: noqa: N818 - an error is named for what is wrong, as in ifx_sdk.errors

from ifx_sdk.errors import BadFile, OracleError


class DamagedArchive(OracleError, BadFile):
    """A file of the archive that does not hold what its name and its report say."""

    noun = "archived file"
    cure = "Move it aside and fetch it again from a node that has it: `ifx-oracle verify --from URL`."


class BadReport(OracleError):
    """A report that cannot be read, or is not by whom, or for what, it should be."""

    cure = "Ask the node for it again; a report that does not verify is never counted."

    def __init__(self, why: str) -> None:
        """`why` names the rule that it breaks."""
        super().__init__(f"not a usable report: {why}")
        self.why = why
