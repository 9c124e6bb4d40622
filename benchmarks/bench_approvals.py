"""How long it takes to check 1,000 approvals, beside eth-account's own recovery from typed data (the baseline).

Prints medians; asserts nothing.
"""

from eth_account import Account
from eth_account.messages import encode_typed_data
from timing import median_ms

from ifx_sdk import signing
from ifx_sdk.terms import Terms, escrow_domain

COUNT, ROUNDS = 1_000, 3
KEY = (7).to_bytes(32, "big")
DOMAIN = escrow_domain(31337, "0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0")


def terms(number: int) -> Terms:
    """Terms that differ by their salt."""
    return Terms(
        long=Account.from_key(KEY).address, short=Account.from_key((8).to_bytes(32, "big")).address,
        underlying="openai/gpt-4.1", quantity=1_000_000, price=7_450_000, spot=8_000_000, indicative=7_450_000,
        maturity=1_799_971_200, averaging_days=1, deadline=1_784_160_000, salt=number.to_bytes(32, "big"),
    )  # fmt: skip


def main() -> None:
    """Measure and print."""
    approvals = [
        (each, signing.sign_digest(signing.terms_digest(each, DOMAIN), KEY)) for each in map(terms, range(COUNT))
    ]
    account = Account.from_key(KEY).address

    def ours() -> None:
        for each, signature in approvals:
            signing.verify_terms_signature(each, DOMAIN, account, signature)

    def theirs() -> None:
        for each, signature in approvals:
            message = encode_typed_data(full_message=signing.terms_typed_data(each, DOMAIN))
            if Account.recover_message(message, signature=signature) != account:
                raise SystemExit("eth-account recovers another signer")

    baseline, sdk = median_ms(theirs, ROUNDS), median_ms(ours, ROUNDS)
    print(f"{COUNT:,} approvals checked; medians of {ROUNDS}")
    print(f"{'eth-account typed data (baseline)':<36}{baseline:>9.0f} ms")
    print(f"{'ifx_sdk.signing':<36}{sdk:>9.0f} ms  {sdk / baseline:>6.2f} x baseline")


if __name__ == "__main__":
    main()
