"""Input files of the index, made for tests: as recorded ones are shaped, with the figures a test is about."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from ifx_index.day import InputFile, Role

DAY = date(2026, 7, 20)
CLOSED = "2026-07-21T06:00:00+00:00"
HEADER = "permaslug,variant,date,total_prompt_tokens,total_completion_tokens,last_scraped_at"


def price_list(
    prices: Mapping[str, object], *, canonical: Mapping[str, str] | None = None, bare: bool = False, **around: object
) -> bytes:
    """A models list: price by id; `canonical` slugs where they are not the ids; `around` stands beside `data`."""
    slugs = canonical or {}
    models = [
        {"id": name, "canonical_slug": slugs.get(name, name.partition(":")[0]), "pricing": {"completion": price}}
        for name, price in prices.items()
    ]
    return json.dumps(models if bare else {"data": models, **around}).encode()


def activity_table(
    rows: Sequence[tuple[str, str, int, int]], *, day: date = DAY, closed: str = CLOSED, header: str = HEADER
) -> bytes:
    """A day's activity: (slug, variant, prompt tokens, completion tokens) a row."""
    lines = [header, *(f"{slug},{variant},{day},{prompt},{output},{closed}" for slug, variant, prompt, output in rows)]
    return ("\n".join(lines) + "\n").encode()


def endpoints_table(
    rows: Sequence[tuple[str, str, str, str, int]], *, day: date = DAY, disabled: bool = False
) -> bytes:
    """Offers of a day: (slug, variant, provider, price, requests) a row."""
    lines = ["scrape_date,permaslug,variant,provider_name,price_completion,discount,is_disabled,request_count"]
    lines += [
        f"{day},{slug},{variant},{provider},{price},0,{disabled},{requests}"
        for slug, variant, provider, price, requests in rows
    ]
    return ("\n".join(lines) + "\n").encode()


def dataset(rows: Sequence[tuple[date, str, int]], **meta: object) -> bytes:
    """The official daily dataset: (day, permaslug, tokens) a row."""
    data = [{"date": str(day), "model_permaslug": slug, "total_tokens": str(tokens)} for day, slug, tokens in rows]
    return json.dumps({"data": data, "meta": meta}).encode()


def files(
    activity: bytes, models: bytes | None = None, /, *, day: date = DAY, **others: tuple[str, bytes]
) -> list[InputFile]:
    """A day's inputs: `others` are (file name, contents) by role."""
    found = [InputFile(role=Role.ACTIVITY, name=f"{day}.csv", data=activity)]
    found += [InputFile(role=Role.MODELS, name=f"{day}.json", data=models)] if models is not None else []
    return found + [InputFile(role=Role(role), name=name, data=data) for role, (name, data) in others.items()]


def back(days: int) -> date:
    """A day so many before the usual one."""
    return DAY - timedelta(days=days)
