"""What `make sandbox` is made of: an oracle on sample pages, and people who traded before the visitor came."""
