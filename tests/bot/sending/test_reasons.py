"""Every reason that the code can write into the outbox is explained."""

import ast
import re
from collections.abc import Iterator

from bot.sending.reasons import REASONS, explained
from tests.house.tree import ROOT, tracked

WRITERS = {
    *("Withdrawn", "Unwanted", "Expired", "Later"),
    *("PlatformError", "Gone", "Unavailable", "Unknown"),
    *("cancel", "cancel_person", "cancel_subject"),
    *("settle", "displace", "retry", "doubt", "_doubt", "_again", "_step"),
}
REFUSALS = {"GONE", "NOT_TAKEN", "PERHAPS_TAKEN", "REFUSED_TOKEN"}
"""The chat's own codes that an adapter knows by name."""

RULES = ROOT / "scheduler" / "rules.py"
CODE = re.compile(r"[a-z]+(_[a-z]+)*")


def test_every_reason_that_the_code_writes_is_explained() -> None:
    written = set(reasons())
    assert {"opted_out", "channel_not_found", "lease_ran_out", "poll_deleted", "halted", "restored"} <= written
    assert written - set(REASONS) == set()


def test_no_reason_is_explained_in_two_sentences() -> None:
    assert [told for told in REASONS.values() if told.endswith(".")] == []


def test_a_code_that_nobody_foresaw_is_told_as_it_is() -> None:
    assert explained("http_507") == "the chat's own word for it is `http_507`"


def reasons() -> Iterator[str]:
    """Every reason that stands in the code as a word, however it gets into the outbox."""
    trees = {path: ast.parse((ROOT / path).read_text()) for path in tracked() if path.suffix == ".py"}
    product = [tree for path, tree in trees.items() if path.parts[0] in {"bot", "adapters", "scheduler"}]
    names = {name: value for tree in product for name, value in _constants(tree)}
    yield from _codes(ast.parse(RULES.read_text()))
    for node in (node for tree in product for node in ast.walk(tree)):
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as value) if name in REFUSALS:
                yield from _codes(value)
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in WRITERS:
                yield from (code for argument in node.args for code in _reason(argument, names))
        if isinstance(node, ast.Call) and _spoken_to(node) != "log":
            given = [keyword.value for keyword in node.keywords if keyword.arg == "reason"]
            yield from (code for value in given for code in _reason(value, names))


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(value))):
                yield name, value
            case _:
                pass


def _reason(value: ast.expr, names: dict[str, str]) -> Iterator[str]:
    """The codes an argument can be: a word, a constant's name, or one of two."""
    match value:
        case ast.Name(id=name) if name in names:
            yield names[name]
        case ast.Constant() | ast.IfExp():
            yield from _codes(value)
        case _:
            pass


def _codes(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and CODE.fullmatch(each.value):
            yield each.value


def _spoken_to(call: ast.Call) -> str:
    """Whose method it is."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=name)):
            return name
        case _:
            return ""
