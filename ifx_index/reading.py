"""Reading the parts of a document by type: what is not what it should be is named by its key, never guessed."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ifx_index.cati import Aggregation, Cells, Composition
from ifx_index.errors import Unreadable
from ifx_index.exact import exact_number


def inputs_of(entry: Mapping[str, object]) -> Mapping[str, object]:
    """What stands under `inputs`: an object. Raises Unreadable, as all of these."""
    inputs = entry.get("inputs")
    if not isinstance(inputs, Mapping):
        raise Unreadable("", "an object", inputs)
    return inputs


def a_list(inputs: Mapping[str, object], key: str) -> Sequence[object]:
    """The list under a key."""
    value = inputs.get(key)
    if not isinstance(value, list):
        raise Unreadable(key, "a list", value)
    return value


def a_table(value: object, key: str) -> Mapping[str, object]:
    """An object; `key` names it in a refusal."""
    if not isinstance(value, Mapping):
        raise Unreadable(key, "an object", value)
    return value


def whole(value: object, key: str) -> int:
    """An integer."""
    if type(value) is not int:  # bool is an int to isinstance
        raise Unreadable(key, "an integer", value)
    return value


def number(value: object, key: str) -> Fraction:
    """A number, or a text such as "0.7" or "3/10", exactly."""
    found = exact_number(value)
    if found is None:
        raise Unreadable(key, "a number, or a text such as 3/10", value)
    return found


def perhaps(value: object, key: str) -> Fraction | None:
    """A number, or None for null."""
    return None if value is None else number(value, key)


def aggregation(inputs: Mapping[str, object]) -> Aggregation:
    """How an entry combines its sources; `sum` where it does not say."""
    name = inputs.get("agg", str(Aggregation.SUM))
    if name not in tuple(Aggregation):
        raise Unreadable("agg", "sum or mean", name)
    return Aggregation(str(name))


def composition(inputs: Mapping[str, object]) -> Composition:
    """The composition that an entry describes; null cells are not reported."""
    reliability = a_table(inputs.get("reliability"), "reliability")
    shares = a_table(inputs.get("channel_share"), "channel_share")
    volumes = a_table(inputs.get("volume"), "volume")
    prices = a_table(inputs.get("price_out_micro"), "price_out_micro")
    return Composition(
        reliability={source: number(weight, f"reliability.{source}") for source, weight in reliability.items()},
        channel_share={channel: _cells(cells, f"channel_share.{channel}") for channel, cells in shares.items()},
        volume={
            channel: {
                model: _cells(cells, f"volume.{channel}.{model}")
                for model, cells in a_table(models, f"volume.{channel}").items()
            }
            for channel, models in volumes.items()
        },
        price={channel: _cells(models, f"price_out_micro.{channel}") for channel, models in prices.items()},
    )


def _cells(cells: object, key: str) -> Cells:
    return {source: perhaps(value, f"{key}.{source}") for source, value in a_table(cells, key).items()}
