"""The parts of `scripts/clear_signing.py`: what an ERC-7730 descriptor may say, our templates, what a wallet shows."""
