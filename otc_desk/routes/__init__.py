"""Routes parse, authorise, call one function and answer; they decide nothing."""
