"""What the oracle node's tests share: a clock that is told, small pages, four registered signers and their settings."""

from pathlib import Path

from ifx_sdk import devnet
from ifx_sdk.oracle import SignerSet
from ifx_sdk.reports import attest
from ifx_sdk.terms import Domain, oracle_domain
from oracle_node.report import SignedReport
from oracle_node.settings import UnderlyingSettings

GPT, LUNA = "openai/gpt-4.1", "openai/gpt-5.6-luna"
DAY = 20_649
"""2026-07-15."""
MIDNIGHT = DAY * 86_400
DOMAIN: Domain = oracle_domain(31337, "0x" + "11" * 20)
SIGNERS = tuple(devnet.signer(index) for index in devnet.NODES)
REGISTERED = SignerSet(signers=tuple(each.address for each in SIGNERS), quorum=3, from_day=0)
PAGE = "https://pages.example/pricing"


class ToldClock:
    """A clock that stands until it is told, and remembers what it was asked to wait for."""

    def __init__(self, now: int) -> None:
        self._now = now
        self.waited: list[int] = []

    def now(self) -> int:
        """Unix seconds UTC."""
        return self._now

    def wait_until(self, at: int) -> None:
        """Be at `at`."""
        self.waited.append(at)
        self._now = max(self._now, at)

    def put_back(self, to: int) -> None:
        """Be at `to`, earlier: somebody set the machine's clock."""
        self._now = to


def page(gpt: str = "8.00", luna: str = "6.00") -> str:
    """A vendor's page with two models."""
    return (
        "<html lang=en><body><h1>OpenAI API pricing</h1><h3>Standard</h3><p>Prices per 1M tokens.</p><table>"
        "<tr><th>Model</th><th>Input</th><th>Cached input</th><th>Output</th></tr>"
        f"<tr><td>gpt-4.1</td><td>$2.00</td><td>$0.50</td><td>${gpt}</td></tr>"
        f"<tr><td>gpt-5.6-luna</td><td>$1.00</td><td>$0.10</td><td>${luna}</td></tr></table></body></html>"
    )


def asked(url: str = PAGE) -> tuple[UnderlyingSettings, ...]:
    """Both models on one page."""
    return tuple(
        UnderlyingSettings(name=name, provider="openai", model=name.partition("/")[2], page=url) for name in (GPT, LUNA)
    )


def report(
    node: int, price: int = 8_000_000, *, name: str = GPT, day: int = DAY, domain: Domain = DOMAIN
) -> SignedReport:
    """A report by the registered node number `node`, 0 to 3."""
    made = attest(SIGNERS[node], domain, underlying=name, day=day, price=price, evidence=bytes([node]) * 32)
    return SignedReport(attestation=made, signer=SIGNERS[node].address)


def write_settings(folder: Path, *, page_url: str = PAGE, rpc: str = "http://127.0.0.1:1", extra: str = "") -> Path:
    """A node's TOML file with its key file beside it: the first registered node."""
    from ifx_sdk.devkeys import dev_key

    (folder / "node.key").touch(mode=0o600)
    (folder / "node.key").write_text(dev_key(devnet.NODES[0]).hex() + "\n")
    path = folder / "node.toml"
    path.write_text(
        f"""
[key]
file = "node.key"
[chain]
rpc = "{rpc}"
deployment = "local.toml"
[reading]
timeout_seconds = 5
lead_seconds = 10
[[underlyings]]
name = "{GPT}"
provider = "openai"
model = "gpt-4.1"
page = "{page_url}"
[[underlyings]]
name = "{LUNA}"
provider = "openai"
model = "GPT-5.6 Luna"
page = "{page_url}"
{extra}
"""
    )
    return path
