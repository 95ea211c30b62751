"""Rich text in the Markdown of Adaptive Cards, with everything that people typed kept literal.

Sources: the Adaptive Cards text features (a subset of Markdown, `{{DATE()}}` and `{{TIME()}}`), CommonMark's rules of
emphasis, and Teams' mentions in cards.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final, assert_never
from urllib.parse import quote

from bot.core.rich import Link, Mention, PlaceLink, Plain, Span, Text, When

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>&~|{])")
_SLASH: Final = re.compile(r"^/(?=\w)")
_OPENER: Final = re.compile(r"^([-+#]|\d+(?=[.)]))", re.MULTILINE)
_INDENT: Final = re.compile(r"^[^\S\n]+", re.MULTILINE)
_BREAKS: Final = re.compile(r"\n+")
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
_SAFE: Final = ":/?#[]@!$&'*+,;=%~._-"


def escape(text: str) -> str:
    """Text that a card shows exactly as it was typed, but for the width of its white space."""
    lines = _INDENT.sub("", text.replace("\r\n", "\n").replace("\r", "\n").strip("\n"))
    literal = _OPENER.sub(_shielded, _SPECIAL.sub(r"\\\1", lines))
    return _BREAKS.sub("\n\n", literal)


def markdown(text: Text) -> str:
    """Rich text as a TextBlock's text; its mentions need `entities` beside it."""
    merged = _merged(text)
    return "".join(_joined(merged, [_span(span) for span in merged])).strip()


def entities(text: Text) -> Iterator[dict[str, Any]]:
    """What Teams wants to know of each mention in `markdown(text)`."""
    for span in text:
        if isinstance(span, Mention) and span.account:
            yield {
                "type": "mention",
                "text": _at(span.name),
                "mentioned": {"id": span.account, "name": span.name},
            }


def _merged(text: Text) -> Text:
    """Neighbours in bold as one: `**a****b**` would not be bold at all. Cards have no code font: it is bold, too.

    Commands lose their slash, which in Teams' compose box begins Teams' own commands.
    """
    merged: list[Span] = []
    for span in text:
        last = merged[-1] if merged else None
        if isinstance(span, Plain):
            bold = span.bold or span.code
            words = _SLASH.sub("", span.text) if span.code else span.text
            if isinstance(last, Plain) and last.bold == bold:
                merged[-1] = Plain(last.text + words, bold)
            else:
                merged.append(Plain(words, bold))
        else:
            merged.append(span)
    return tuple(merged)


def _joined(text: Text, pieces: Sequence[str]) -> Iterator[str]:
    for number, (span, piece) in enumerate(zip(text, pieces, strict=True)):
        if isinstance(span, Plain) and span.bold:
            before = pieces[number - 1][-1:] if number else ""
            after = pieces[number + 1][:1] if number + 1 < len(pieces) else ""
            yield _strong(piece, before, after)
        else:
            yield piece


def _span(span: Span) -> str:
    match span:
        case Plain(text=text):
            return _inline(text)
        case Mention(name=name, account=account):
            return _at(name) if account else _inline(f"@{name}")
        case PlaceLink(name=name, key=key):
            return f"[{_inline('#' + name)}](https://teams.microsoft.com/l/channel/{quote(key, safe='')}/{quote(name)})"
        case Link(text=text, url=url):
            return f"[{_inline(text)}]({quote(url, safe=_SAFE)})" if _WEB.match(url) else _inline(text)
        case When(at=at):
            return _moment(at)
        case _:
            assert_never(span)


def _inline(text: str) -> str:
    """A span keeps the spaces around it, which `escape` would take for the beginning of a line."""
    body = escape(text)
    if not body.strip():
        return "\n\n" if "\n" in text else text[:1]
    head = "\n\n" if text[0] == "\n" else " " * text[0].isspace()
    tail = "\n\n" if text[-1] == "\n" else " " * text[-1].isspace()
    return f"{head}{body.strip()}{tail}"


def _strong(piece: str, before: str, after: str) -> str:
    """Bold, unless its neighbours would keep the stars from being read as bold (CommonMark, flanking runs)."""
    core = piece.strip()
    if not core:
        return piece
    head, tail = piece[: piece.index(core)], piece[piece.index(core) + len(core) :]
    opens = not _wordlike(head[-1:] or before) or core[0].isalnum()
    closes = not _wordlike(tail[:1] or after) or core[-1].isalnum()
    if not (opens and closes) or "\n" in core:
        return piece
    return f"{head}**{core}**{tail}"


def _wordlike(neighbour: str) -> bool:
    return bool(neighbour) and not neighbour.isspace() and (neighbour.isalnum() or not neighbour.isascii())


def _moment(at: datetime) -> str:
    """Teams writes both parts in the reader's zone and language."""
    written = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return f"{{{{DATE({written},SHORT)}}}}, {{{{TIME({written})}}}}"


def _at(name: str) -> str:
    """A mention's text; it must stand word for word in its entity, so that signs with a meaning are left out."""
    return f"<at>{_SPECIAL.sub('', name).strip() or '?'}</at>"


def _shielded(found: re.Match[str]) -> str:
    sign = found.group(1)
    return f"\\{sign}" if not sign[0].isdigit() else f"{sign}\\"
