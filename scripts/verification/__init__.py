"""A deployment's record held against the chain: code, roles, underlyings, and what changed since."""
