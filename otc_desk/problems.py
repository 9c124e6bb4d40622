"""How a refusal is told (RFC 9457), and what the OpenAPI says of it."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi.responses import JSONResponse

PROBLEM: Final = "application/problem+json"
TYPE: Final = "urn:ifx:desk:"
"""In front of a problem's slug."""
SCHEMA: Final[dict[str, Any]] = {
    "title": "Problem",
    "description": "Why it was refused, and what to do.",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": f"{TYPE} and a word that never changes."},
        "title": {"type": "string", "description": "What was refused, and why."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "cure": {"type": "string", "description": "What to do."},
        "field": {"type": "string", "description": "The value that cannot be taken."},
    },
}
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": why, "content": {PROBLEM: {"schema": SCHEMA}}}
    for status, why in {"4XX": "Refused: nothing was done.", "5XX": "Not now, or a fault of the desk's."}.items()
}
"""Of every route."""


def problem(
    status: int, slug: str, title: str, cure: str = "", *, headers: Mapping[str, str] | None = None, **more: object
) -> JSONResponse:
    """A refusal: what, why, and what to do."""
    body = problem_body(status, slug, title, cure, **more)
    return JSONResponse(body, status_code=status, media_type=PROBLEM, headers=dict(headers or {}))


def problem_body(status: int, slug: str, title: str, cure: str = "", **more: object) -> dict[str, object]:
    """Its JSON."""
    return {"type": TYPE + slug, "title": title, "status": status} | ({"cure": cure} if cure else {}) | more
