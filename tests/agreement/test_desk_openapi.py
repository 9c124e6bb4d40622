"""The desk's OpenAPI as it is committed, its routes, and the SDK's client say the same."""

import ast
import importlib
import inspect
import json
import pkgutil
from collections import Counter
from typing import Any

import pytest
from support.tree import ROOT

import ifx_sdk.desk
from ifx_sdk.desk.client import Desk
from ifx_sdk.desk.errors import REFUSALS, DeskRefusal
from ifx_sdk.desk.market import MarketDesk
from ifx_sdk.desk.operator import OperatorDesk
from ifx_sdk.desk.papers import DocumentsDesk, NoticesDesk
from ifx_sdk.desk.shapes import Model
from otc_desk import errors as desk_errors
from scripts.export_openapi import document

DOCUMENT: Any = json.loads((ROOT / "docs" / "openapi.json").read_text())
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
OPERATIONS: dict[str, Any] = {
    operation["operationId"]: operation | {"path": path, "method": method}
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
GROUPS = (Desk, OperatorDesk, MarketDesk, DocumentsDesk, NoticesDesk)


def models() -> list[type[Model]]:
    """Every model of the client that stands for a schema."""
    modules = [
        importlib.import_module(f"ifx_sdk.desk.{each.name}") for each in pkgutil.iter_modules(ifx_sdk.desk.__path__)
    ]
    found = {
        each
        for module in modules
        for each in vars(module).values()
        if inspect.isclass(each) and issubclass(each, Model) and each.schema_name
    }
    return sorted(found, key=lambda each: each.schema_name)


MODELS = {each.schema_name: each for each in models()}


def references(node: object) -> set[str]:
    """Names of the schemas that a part of the document leads to, directly or not."""
    found: set[str] = set()
    if isinstance(node, dict):
        for key, value in node.items():
            found |= {value.rpartition("/")[2]} if key == "$ref" else references(value)
    elif isinstance(node, list):
        for value in node:
            found |= references(value)
    return found


def answered() -> set[str]:
    """The objects that routes answer with, and what these are made of."""
    found = set()
    for operation in OPERATIONS.values():
        for status, response in operation["responses"].items():
            found |= references(response) if status.startswith("2") else set()
    while new := set().union(*(references(SCHEMAS[name]) for name in found)) - found:
        found |= new
    return {name for name in found if SCHEMAS[name].get("type") == "object"}


def test_the_committed_document_is_what_the_routes_say() -> None:
    """Byte for byte; `make openapi` writes it."""
    assert (ROOT / "docs" / "openapi.json").read_text() == document()


def test_it_is_openapi_3_1() -> None:
    """The version whose schemas are JSON Schema."""
    assert DOCUMENT["openapi"].startswith("3.1.")


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_says_what_it_is_and_how_it_refuses(name: str) -> None:
    """A summary, one typed answer, and refusals as problem+json."""
    operation = OPERATIONS[name]
    assert operation["summary"]
    [good] = [status for status in operation["responses"] if status.startswith("2")]
    assert good == "204" or operation["responses"][good]["content"]
    for status in ("4XX", "5XX"):
        assert operation["responses"][status]["content"].keys() == {"application/problem+json"}


@pytest.mark.parametrize("name", sorted(n for n, each in OPERATIONS.items() if each["method"] != "get"))
def test_every_write_but_those_of_a_session_takes_an_idempotency_key(name: str) -> None:
    """What a client repeats happens once; the client's method takes `key`."""
    headers = {each["name"] for each in OPERATIONS[name].get("parameters", []) if each["in"] == "header"}
    is_session = OPERATIONS[name]["path"] == "/api/session"
    assert ("Idempotency-Key" in headers) is not is_session
    assert ("key" in inspect.signature(methods()[name]).parameters) is not is_session


def methods() -> dict[str, Any]:
    """Operation -> the client's method."""
    found = {}
    for group in GROUPS:
        for method in vars(group).values():
            for operation in getattr(method, "operations", ()):
                found[operation] = method
    return found


def test_the_client_has_one_method_for_each_operation() -> None:
    """No route is left out, none is there twice, and none is asked for that does not exist."""
    marks = Counter(
        operation
        for group in GROUPS
        for method in vars(group).values()
        for operation in getattr(method, "operations", ())
    )
    assert marks == Counter(dict.fromkeys(OPERATIONS, 1))


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_a_method_takes_what_its_operation_takes(name: str) -> None:
    """As many values as the route has in path, query and body; `key` and `account` are the client's own."""
    operation = OPERATIONS[name]
    wanted = {each["name"] for each in operation.get("parameters", []) if each["in"] in {"path", "query"}}
    body = operation.get("requestBody")
    if body is not None:
        [schema] = references(body)
        wanted |= set(SCHEMAS[schema]["properties"])
    given = set(inspect.signature(methods()[name]).parameters) - {"self", "key"}
    renamed = {
        "session_sign_in": {"cookie": None},
        "market_fixings": {"from": "first", "to": "last"},
        "operator_confirm": dict.fromkeys(("long", "short", "quantity", "price"), "match"),
        "positions_one": {"id": "forward"},
        "positions_terminate": {"id": "forward"},
        "positions_novate": {"id": "forward"},
    }.get(name, {})
    assert given == {renamed.get(each, each) for each in wanted} - {None}


def test_the_client_has_one_model_for_each_answer() -> None:
    """No answer is untyped, no type is left over."""
    assert len(models()) == len(MODELS)
    assert set(MODELS) == answered()


def shape(schema: Any, definitions: dict[str, Any], names: dict[str, str]) -> Any:
    """A schema without its texts and bounds: what a reader must know to take it apart."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        target = definitions[name]
        return names.get(name, name) if target.get("type") == "object" else shape(target, definitions, names)
    if "anyOf" in schema:
        return frozenset(shape(each, definitions, names) for each in schema["anyOf"])
    if "const" in schema:
        return ("one of", frozenset([schema["const"]]))
    if "enum" in schema:
        return ("one of", frozenset(schema["enum"]))
    if schema["type"] == "array":
        return ("list of", shape(schema["items"], definitions, names))
    if schema["type"] == "object":
        return ("map of", shape(schema["additionalProperties"], definitions, names))
    return schema["type"]


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_model_has_the_fields_of_its_schema(name: str) -> None:
    """The same names, the same types on the wire, all of them always there; money is text there and an integer here."""
    schema, model = SCHEMAS[name], MODELS[name]
    own = model.model_json_schema()
    definitions = own.get("$defs", {})
    names = {each.__name__: each.schema_name for each in models()}
    theirs = {field: shape(each, SCHEMAS, {}) for field, each in schema["properties"].items()}
    ours = {field: shape(each, definitions, names) for field, each in own["properties"].items()}
    assert ours == theirs
    assert set(own["required"]) == set(schema["properties"])


def slugs(kind: type[desk_errors.DeskError]) -> set[str]:
    """The slug of a class and of all below it."""
    return {kind.slug}.union(*(slugs(each) for each in kind.__subclasses__()))


def test_every_refusal_of_the_desk_has_a_class_with_a_cure() -> None:
    """Each slug that the server can write is one class of the client."""
    written = slugs(desk_errors.DeskError)
    for path in (ROOT / "otc_desk").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if getattr(getattr(node, "func", None), "id", "") == "problem" and len(node.args) > 1:
                slug = getattr(node.args[1], "value", None)
                written |= {slug} if isinstance(slug, str) else set()
    written |= {"not-found", "no-such-method"}
    assert written == set(REFUSALS)
    assert all(issubclass(each, DeskRefusal) and each.cure for each in REFUSALS.values())
