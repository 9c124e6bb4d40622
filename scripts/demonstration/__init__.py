"""The parts of `scripts/demo.py`: pages and time, oracle nodes, the market, and arithmetic of its own."""
