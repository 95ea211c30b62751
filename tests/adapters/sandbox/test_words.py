import re

import pytest

from adapters.sandbox import app, words
from bot.core.people import Role
from bot.core.texts import Texts
from tests.adapters.sandbox.conftest import Visit

PAGE = (app.HERE / "templates" / "page.html").read_text()
MODULES = {path.name: path.read_text() for path in sorted((app.HERE / "static").glob("*.js"))}

_ASKED = re.compile(r"""\bword\("(\w+)"|data-(?:word|label)"?[:=] ?"(\w+)"|words\.(\w+)(?=[ .])""")
_FAMILY = re.compile(r"\bword\(`(\w+)\$")
_LITERAL = re.compile(r""""([^"\n]*)"|`([^`]*)`""")
_SENTENCE = re.compile(r"\b[A-Z][a-z]{2,}\b")
NAMES = {"Drumbeat", "Enter", "Escape", "Backspace", "Tab"}
"""What is called so in every language: the bot, and keys as the browser names them."""


def test_the_page_asks_for_no_word_that_it_is_not_handed() -> None:
    asked = {"".join(found) for source in (PAGE, *MODULES.values()) for found in _ASKED.findall(source)}
    assert asked - {"length"} <= set(words.PAGE)


def test_the_page_is_handed_no_word_that_it_does_not_use() -> None:
    families = tuple(begin for source in MODULES.values() for begin in _FAMILY.findall(source))
    known = "".join([PAGE, *MODULES.values()])
    used = {key for key in words.PAGE if f'"{key}"' in known or f"words.{key}" in PAGE or key.startswith(families)}
    assert used == set(words.PAGE)
    assert sorted(families) == ["about_", "step_", "wish_"]


@pytest.mark.parametrize("name", MODULES)
def test_the_modules_hold_no_sentences_of_their_own(name: str) -> None:
    code = re.sub(r"^\s*//.*$", "", MODULES[name], flags=re.MULTILINE)
    literals = ("".join(found) for found in _LITERAL.findall(code))
    said = {word for literal in literals for word in _SENTENCE.findall(re.sub(r"\$\{[^}]*\}", "", literal))}
    assert said <= NAMES


def test_the_page_itself_holds_no_sentences_either() -> None:
    bare = re.sub(r"\{\{.*?\}\}", "", PAGE)
    assert re.findall(r">([^<>]*\w[^<>]*)<", bare) == []
    assert set(re.findall(r'aria-label="([^"]*)"', bare)) == {""}


def test_everybody_of_the_cast_and_every_role_has_words(door: Visit) -> None:
    assert set(words.ABOUT) == set(door.sandbox._company.cast)
    assert set(words.ROLES) == {None, *Role}


async def test_each_person_is_handed_their_own_language(door: Visit) -> None:
    mara, lukas = await door.state("mara"), await door.state("lukas")
    assert (mara["lang"], lukas["lang"]) == ("en", "de")
    assert (mara["words"]["send"], lukas["words"]["send"]) == ("Send", "Senden")
    same = {key for key, said in words.page(Texts("de")).items() if said == words.PAGE[key]}
    assert same <= {"app", "app_title", "heard", "heard_in", "role_in", "time_in", "optional"}


async def test_people_commands_and_the_strip_are_told_in_the_readers_language(door: Visit) -> None:
    told = await door.state("lukas")
    roles = {member["account"]: member["role_name"] for member in told["members"]}
    cities = {member["account"]: member["city"] for member in told["members"]}
    lines = ["".join(span["text"] for span in line["words"]) for line in told["strip"]]
    assert (roles["henrik"], cities["felix"]) == ("F\u00fchrungskraft", "Wien")
    assert any(line.startswith("Ein Ansto\u00df ging an ") for line in lines)
    assert not [line for line in lines if re.search(r"\b(the|for|sent|posted|typed)\b", line)]


async def test_a_refusal_speaks_the_language_of_whoever_asked(door: Visit) -> None:
    answer = await door.ask("direct", "lukas", **{"with": "nobody"})
    assert answer.json()["sentence"] == Texts("de")("Choose somebody else to write to.")


@pytest.mark.parametrize(
    ("accepted", "locale"),
    [("de-AT,de;q=0.9,en;q=0.8", "de"), ("fr,de;q=0.5", "de"), ("fr", "en"), ("", "en"), (";;,", "en"), ("*", "en")],
)
def test_a_stranger_is_spoken_to_as_the_browser_asks(accepted: str, locale: str) -> None:
    assert words.stranger(accepted).locale == locale


async def test_the_page_itself_comes_in_the_browsers_language(door: Visit) -> None:
    page = (await door.client.get("/sandbox/", headers={"accept-language": "de"})).text
    assert '<html lang="de">' in page
    assert "Zum Nachrichtenfeld springen" in page
