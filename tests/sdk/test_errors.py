"""The error tree: one root, values and cures on the leaves, and a drawing that is true."""

import inspect
import pickle
import re

import pytest

from ifx_sdk import errors
from ifx_sdk.errors import (
    BadAmount,
    BadTerms,
    IFXError,
    InputError,
    MissingExtra,
    NoQuote,
    OutcomeUnknown,
    Reverted,
    TransactionError,
    WrongSigner,
    revert_error,
)

CLASSES = {
    name: kind for name, kind in vars(errors).items() if inspect.isclass(kind) and kind.__module__ == errors.__name__
}


@pytest.mark.parametrize("kind", CLASSES.values(), ids=CLASSES)
def test_every_error_has_the_one_root(kind: type[IFXError]) -> None:
    """`except IFXError` catches whatever IFX refuses or fails at."""
    assert issubclass(kind, IFXError)


@pytest.mark.parametrize("kind", [k for k in CLASSES.values() if not k.__subclasses__()], ids=lambda k: k.__name__)
def test_every_leaf_has_a_cure(kind: type[IFXError]) -> None:
    """Nobody is refused without being told what to do; MissingExtra makes its cure of the extra."""
    assert kind.cure or kind is MissingExtra


def test_the_drawing_names_every_class_but_the_reverts() -> None:
    """The tree atop the module is the table of contents: none is missing, none is invented."""
    tree = str(errors.__doc__)
    words = set(re.findall(r"\w+", tree))
    here = [
        line for line in tree.splitlines() if not re.search(r"\bin \w+\.py$", line)
    ]  # others are drawn with a place
    branches = set(re.findall(r"[├└]── (\w+)", "\n".join(here)))
    not_drawn = {name for name, kind in CLASSES.items() if name not in words}
    assert {name for name in not_drawn if not issubclass(CLASSES[name], Reverted)} == set()
    assert branches - set(CLASSES) == set()


def test_an_error_says_what_happened_and_then_the_cure() -> None:
    """With the input in it, and both as attributes."""
    error = BadAmount("5 EUR", "an amount is in USDT, not in 'EUR'")
    assert str(error) == (
        "'5 EUR' is not a valid amount: an amount is in USDT, not in 'EUR'. "
        'Write an amount of USDT such as "4,870,000 USDT", with at most 6 decimals.'
    )
    assert error.what.startswith("'5 EUR'")
    assert error.cure.startswith("Write an amount")
    assert (error.given, error.why) == ("5 EUR", "an amount is in USDT, not in 'EUR'")


def test_an_errors_own_cure_replaces_the_classs() -> None:
    """Where more is known, more is said."""
    assert str(IFXError("It broke.", cure="Mend it.")) == "It broke. Mend it."
    assert str(IFXError("It broke")) == "It broke"


def test_a_long_input_is_not_repeated_whole() -> None:
    """A hostile input cannot fill a log."""
    assert len(str(BadAmount("9" * 100_000, "it is too long"))) < 400


@pytest.mark.parametrize(
    "error",
    [
        BadAmount("x", "y"),
        WrongSigner("0xaa", "0xbb"),
        NoQuote(4, 0),
        OutcomeUnknown("0xabc"),
        MissingExtra("oracle", "reading pages"),
        revert_error("escrow: quantity not in lots", "0xabc"),
        revert_error(None),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_survives_another_process(error: IFXError) -> None:
    """What a worker raises arrives whole."""
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


def test_a_refused_check_of_book_is_both_input_and_revert() -> None:
    """The SDK raises it before sending, the chain client after."""
    assert issubclass(BadTerms, InputError)
    assert issubclass(BadTerms, Reverted)
    assert issubclass(BadTerms, TransactionError)


def test_a_missing_extra_is_named_with_its_command() -> None:
    """The user can copy the cure."""
    assert str(MissingExtra("oracle", "reading pages")) == (
        "reading pages needs the extra [oracle]. Install it: pip install 'ifx[oracle]'"
    )
