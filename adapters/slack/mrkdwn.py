"""Rich text in Slack's markup, with everything that people typed kept literal."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final, assert_never

from bot.core.rich import Link, Mention, PlaceLink, Plain, Span, Text, When

ELLIPSIS: Final = "\u2026"
WORD_JOINER: Final = "\u2060"
"""Invisible: what stands between this and the beginning of a line, or of a token, begins neither."""

ZERO_WIDTH_SPACE: Final = "\u200b"
"""Invisible, and to Slack a border: our own bold may stand against a letter."""

_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LOOKALIKES: Final = {"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb"}
"""Slack's markup has no way to escape its own markers: these look the same and mean nothing, in every client."""

_LINKED: Final = ("https://", "http://", "mailto:")
_WIDEST_UNIT: Final = 2


def size(text: str) -> int:
    """How long Slack may find a text: in UTF-16 units, the strictest way to count."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // _WIDEST_UNIT


def clip(text: str, longest: int) -> str:
    """Plain text of at most `longest` units, ending in an ellipsis where it was longer."""
    if size(text) <= longest:
        return text
    kept = bisect_right(range(len(text)), longest - 1, key=lambda end: size(text[:end])) - 1
    return text[:kept].rstrip() + ELLIPSIS


def escape(text: str) -> str:
    """Text with Slack's three control characters as entities; enough where no markup is read."""
    return "".join(_ENTITIES.get(character, character) for character in text)


def literal(text: str) -> str:
    """Text that shows in markup exactly as it was typed."""
    return "".join(_literal(text, at) for at in range(len(text)))


def written(text: Text, longest: int = 3000) -> str:
    """Rich text in at most `longest` units, ending in an ellipsis where it was longer."""
    begun = list(islice(flow(text, longest), 2))
    if len(begun) <= 1:
        return begun[0] if begun else ""
    return next(flow(text, longest - 1)) + ELLIPSIS


def flow(text: Text, longest: int) -> Iterator[str]:
    """Rich text in pieces of at most `longest` units, cut between characters, never inside a token."""
    piece = ""
    waiting = list(reversed(_merged(text)))
    while waiting:
        span = waiting.pop()
        fits = not isinstance(span, Plain) or len(span.text) <= longest
        markup = _joined(piece, span) if fits else ""
        if fits and size(markup) <= longest:
            piece = markup
            continue
        head, tail = _cut(span, piece, longest)
        if head:
            piece = _joined(piece, head)
        if piece:
            yield piece
        piece = ""
        if tail:
            waiting.append(tail)
    if piece:
        yield piece


def _merged(text: Text) -> Text:
    """Plain spans of one look as one: Slack's clients do not read a bold that begins where another ends."""
    merged: list[Span] = []
    for span in text:
        last = merged[-1] if merged else None
        if isinstance(span, Plain) and isinstance(last, Plain) and replace(span, text=last.text) == last:
            merged[-1] = replace(last, text=last.text + span.text)
        else:
            merged.append(span)
    return tuple(merged)


def _cut(span: Span, before: str, longest: int) -> tuple[Span | None, Span | None]:
    """The part of a span that still fits behind `before`, and the rest of it."""
    if not isinstance(span, Plain):
        return None, span if before else Plain(ELLIPSIS)
    ends = range(min(len(span.text), longest + 1))
    fits = bisect_right(ends, longest, key=lambda end: size(_joined(before, replace(span, text=span.text[:end]))))
    end = max(fits - 1, 0) or (0 if before else 1)
    return replace(span, text=span.text[:end]) if end else None, replace(span, text=span.text[end:])


def _joined(before: str, span: Span) -> str:
    after = _span(span)
    styled = isinstance(span, Plain) and (span.bold or span.code)
    touching = before and after and not before[-1].isspace() and not after[0].isspace()
    border = touching and (styled or before[-1] in "*`")
    return f"{before}{ZERO_WIDTH_SPACE if border else ''}{after}"


def _span(span: Span) -> str:
    match span:
        case Plain():
            return _plain(span)
        case Mention(name=name, account=account):
            return f"<@{account}>" if account else literal(f"@{name}")
        case PlaceLink(name=name, key=key):
            return f"<#{key}>" if key else literal(f"#{name}")
        case Link(text=text, url=url):
            return f"<{_url(url)}|{literal(text)}>" if url.startswith(_LINKED) else literal(text)
        case When(at=at, written=spoken):
            fallback = "".join(character for character in spoken if character not in "<>|^&")
            return f"<!date^{int(at.timestamp())}^{{date_short_pretty}}, {{time}}|{fallback}>"
        case _:
            assert_never(span)


def _plain(span: Plain) -> str:
    if span.code:
        inside = escape(" ".join(span.text.split()).replace("`", _LOOKALIKES["`"]))
        return f"`{inside}`" if inside else ""
    if span.bold:
        return "\n".join(map(_bold, span.text.split("\n")))
    return literal(span.text)


def _bold(line: str) -> str:
    core = line.strip()
    if not core:
        return line
    head, tail = line[: line.index(core)], line[line.index(core) + len(core) :]
    return f"{head}*{literal(core)}*{tail}"


def _literal(text: str, at: int) -> str:
    character = text[at]
    if character == ">" and not text[text.rfind("\n", 0, at) + 1 : at].strip():
        return f"{WORD_JOINER}&gt;"  # else a line that begins so becomes a quotation
    if character == "<" and text[at + 1 : at + 2] in ("@", "#", "!"):
        return f"&lt;{WORD_JOINER}"
    if character not in _LOOKALIKES:
        return _ENTITIES.get(character, character)
    in_a_name = character == "_" and text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum()
    return character if in_a_name else _LOOKALIKES[character]


def _url(url: str) -> str:
    return escape(url.replace("|", "%7C").replace("<", "%3C").replace(">", "%3E").replace(" ", "%20"))
