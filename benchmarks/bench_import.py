"""How long a cold `import ifx_sdk` takes, beside `import web3` (the baseline), each in a process of its own.

Prints medians; asserts nothing. The aim is at most 1.3 x the baseline.
"""

import statistics
import subprocess
import sys

ROUNDS = 15
TIMED = "import time; start = time.perf_counter(); import {0}; print(time.perf_counter() - start)"


def median_ms(module: str) -> float:
    """Median time of a first import, milliseconds; interpreter start is not counted."""
    command = [sys.executable, "-W", "ignore", "-c", TIMED.format(module)]
    times = [float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(ROUNDS)]
    return statistics.median(times) * 1_000


def main() -> None:
    """Measure and print."""
    web3, sdk, door = (median_ms(module) for module in ("web3", "ifx_sdk", "ifx_sdk.client"))
    print(f"cold import; medians of {ROUNDS}")
    print(f"{'web3 (baseline)':<36}{web3:>9.1f} ms")
    print(f"{'ifx_sdk':<36}{sdk:>9.1f} ms  {sdk / web3:>6.2f} x baseline")
    print(f"{'ifx_sdk.client (with the chain)':<36}{door:>9.1f} ms  {door / web3:>6.2f} x baseline")


if __name__ == "__main__":
    main()
