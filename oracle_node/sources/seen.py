"""What a reader of a page never sees: comments, scripts, templates, struck blocks, and what is hidden for good."""

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

_GONE: Final = ("script", "style", "template", "noscript", "del", "s", "strike")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_STREAMED = re.compile(r"S:[0-9a-f]{1,8}")
_MAX_HIDDEN: Final = 5_000
"""Hidden elements and styles looked at; a page with more is refused as a whole by its number of tags."""
_TOKEN = re.compile(
    r"^[ ]{0,3}(?P<fence>```|~~~)|(?P<code>(?<!`)(?P<ticks>`{1,2})(?!`)[^`\n]{1,300}(?P=ticks))|(?P<comment><!--)|"
    rf"(?P<jsx>\{{/\*)|<(?P<tag>{'|'.join(_GONE)})(?=[\s>/])",
    re.IGNORECASE | re.MULTILINE,
)
_ALONE = re.compile(r"[^<>{]{0,2000}(?:/>|=\{)")
_ENDS: Final = {"comment": "-->", "jsx": "*/}"}


def seen_html(page: LexborHTMLParser) -> LexborHTMLParser:
    """Take out of the tree what no browser draws; the same tree.

    A pane that waits for its tab stays, and so does a part that React streamed in (`id="S:0"`) and shows by script.
    """
    for node in page.css(",".join(_GONE)):
        node.decompose()
    for node in page.css("[hidden],[style]")[:_MAX_HIDDEN]:
        if _is_hidden(node) and not _is_pane(node):
            node.decompose()
    return page


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or _HIDDEN_STYLE.search(attributes.get("style") or "") is not None


def _is_pane(node: LexborNode) -> bool:
    attributes = node.attributes
    if node.tag == "table":
        return False
    return (
        "data-content-switcher-pane" in attributes
        or attributes.get("role") == "tabpanel"
        or _STREAMED.fullmatch(attributes.get("id") or "") is not None
    )


def seen_markdown(text: str) -> str:
    """The text without what its rendering never shows; code keeps what only looks like it.

    An opening without an end hides the rest of the page, as it does in a browser.
    """
    kept: list[str] = []
    fenced, done, at = False, 0, 0
    lowered = text.lower() if len(text.lower()) == len(text) else text
    while found := _TOKEN.search(text, at):
        at = found.end()
        if found["fence"]:
            fenced = not fenced
        elif not fenced and not found["code"]:
            at = _end(lowered, found)
            kept += [text[done : found.start()], "\n" if "\n" in text[found.start() : at] else ""]
            done = at
    return "".join([*kept, text[done:]])


def _end(lowered: str, found: re.Match[str]) -> int:
    """Where the hidden piece that begins here ends."""
    name = "comment" if found["comment"] else "jsx" if found["jsx"] else ""
    close = _ENDS[name] if name else f"</{found['tag'].lower()}"
    if not name and (alone := _ALONE.match(lowered, found.end())):
        # Page source closes a component in its own tag: <style set:html={`...`} />.
        start = lowered.find("/>", alone.end() - 2)
        return start + 2 if start >= 0 else len(lowered)
    start = lowered.find(close, found.end())
    if start < 0:
        return len(lowered)
    end = start + len(close)
    return end if name else lowered.find(">", end) + 1 or len(lowered)
