"""Links to private downloads: who gets what by them, and for how long."""

import threading
from datetime import timedelta

import pytest

from bot.core.cards import note
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.errors import Refused
from bot.core.feature import CommandHelp, Feature, Turn, View
from bot.core.interactions import Answer
from bot.core.links import PATH, File, Links, Wanted
from bot.core.people import Profile, Role
from bot.core.rich import Link
from tests.bot.stage import ADDRESS, MONDAY, Stage, read_aloud

WANTED = Wanted(1, 2, "shop.receipt", {"number": "7", "of": "Kraków"})


class Shop:
    """A feature with one file: it tells who asked and for what, unless the shop has closed."""

    def __init__(self) -> None:
        self.closed = False
        self.made_in: list[threading.Thread] = []

    def feature(self) -> Feature:
        return Feature(
            name="shop",
            commands={"receipt": CommandHelp(handler=self.give, about="A receipt")},
            files={"receipt": self.receipt, "books": self.receipt, "nothing": lambda _: None},
            roles={"books": Role.COMMUNICATOR},
        )

    def give(self, turn: Turn) -> Answer:
        return Answer(whisper=note((turn.link(f"shop.{turn.act.text}", text="Here", number="7"),)))  # type: ignore[union-attr]

    def receipt(self, view: View) -> File:
        self.made_in.append(threading.current_thread())
        if self.closed:
            raise Refused(view.t("You left the list."))
        assert view.reader is not None
        words = f"{view.reader.name} {view.arguments['number']} {view.workspace.key} {view.t.locale}"
        return File("receipt.txt", "text/plain", words.encode())


@pytest.fixture
def shop(stage: Stage) -> Shop:
    shop = Shop()
    stage.features = [*stage.features, shop.feature()]
    stage.__post_init__()
    return shop


async def given(stage: Stage, account: str = "U-dora", name: str = "receipt") -> Link:
    """The link that somebody gets who asks for a file."""
    answer = await stage.type(account, f"/receipt {name}")
    assert answer.whisper is not None
    part = answer.whisper.parts[0]
    link = part.text[0]  # type: ignore[union-attr]
    assert isinstance(link, Link)
    return link


def test_a_link_says_what_it_was_made_with() -> None:
    links = Links(ADDRESS, "key")
    url = links.url(WANTED, MONDAY)
    assert url.startswith(f"{ADDRESS}/files/")
    assert links.read(url.removeprefix(ADDRESS + PATH), MONDAY) == WANTED


def test_a_link_ends_after_half_an_hour() -> None:
    links = Links("", "key")
    token = links.url(WANTED, MONDAY).removeprefix(PATH)
    assert links.read(token, MONDAY + timedelta(minutes=30) - timedelta(seconds=1))
    assert links.read(token, MONDAY + timedelta(minutes=30)) is None


@pytest.mark.parametrize("token", ["", ".", "a.b", "WzEsMl0", "ä", "." * 5000])
def test_a_made_up_token_asks_for_nothing(token: str) -> None:
    assert Links("", "key").read(token, MONDAY) is None


def test_a_token_with_any_letter_changed_asks_for_nothing() -> None:
    links = Links("", "key")
    token = links.url(WANTED, MONDAY).removeprefix(PATH)
    # The last letter of a signature holds bits that no byte needs.
    for place in range(len(token) - 1):
        other = "A" if token[place] != "A" else "B"
        assert links.read(token[:place] + other + token[place + 1 :], MONDAY) is None


def test_a_new_key_signs_and_the_old_one_is_still_read() -> None:
    old = Links("", "old").url(WANTED, MONDAY).removeprefix(PATH)
    assert Links("", "new, old").read(old, MONDAY) == WANTED
    assert Links("", "new").read(old, MONDAY) is None
    assert Links("", "new").read(Links("", "new, old").url(WANTED, MONDAY).removeprefix(PATH), MONDAY) == WANTED


def test_no_link_is_signed_with_an_empty_key() -> None:
    for keys in ("", " , "):
        with pytest.raises(ValueError, match="empty key"):
            Links(ADDRESS, keys)


async def test_whoever_asks_gets_a_file_of_their_own_in_their_language(stage: Stage, shop: Shop) -> None:
    file = await stage.download(await given(stage))
    assert file == File("receipt.txt", "text/plain", b"Dora 7 W1 de")
    assert shop.made_in[0] is not threading.current_thread()


async def test_a_link_can_be_followed_again_until_it_ends(stage: Stage, shop: Shop) -> None:
    link = await given(stage)
    for _ in range(2):
        assert await stage.download(link)
    stage.clock.move(minutes=30)
    assert await stage.download(link) is None
    assert len(shop.made_in) == 2


async def test_what_may_not_be_had_any_more_is_refused_in_the_readers_language(stage: Stage, shop: Shop) -> None:
    link = await given(stage)
    shop.closed = True
    with pytest.raises(Refused) as refusal:
        await stage.download(link)
    assert refusal.value.locale == "de"


async def test_a_role_that_was_taken_away_takes_the_file_along(stage: Stage, shop: Shop) -> None:
    await stage.grant("U-ben", Role.COMMUNICATOR)
    link = await given(stage, "U-ben", "books")
    assert await stage.download(link)
    ben = await stage.person("U-ben")
    await stage.run(lambda c: directory.revoke(c, ben, Role.COMMUNICATOR))
    with pytest.raises(Refused):
        await stage.download(link)
    assert len(shop.made_in) == 1


async def test_somebody_who_left_gets_nothing(stage: Stage, shop: Shop) -> None:
    link = await given(stage, "U-ben")
    await stage.learn(Profile(account="U-ben", name="Ben", active=False))
    assert await stage.download(link) is None
    assert shop.made_in == []


@pytest.mark.parametrize("name", ["nothing", "gone"])
async def test_a_file_that_is_not_there_is_none(stage: Stage, shop: Shop, name: str) -> None:
    assert await stage.download(await given(stage, name=name)) is None
    assert shop.made_in == []


async def test_a_link_to_somebody_whom_a_restored_database_does_not_know_is_none(stage: Stage, shop: Shop) -> None:
    links = Links(ADDRESS, "a key that signs links")
    workspace = await stage.workspace()
    for wanted in (Wanted(workspace.id, 987_654, "shop.receipt"), Wanted(987_654, 1, "shop.receipt")):
        assert await stage.download(Link("", links.url(wanted, stage.clock.now()))) is None
    assert shop.made_in == []


async def test_without_an_address_nobody_is_given_a_link(stage: Stage, shop: Shop) -> None:
    stage.engine = Engine(stage.database, stage.clock, stage.features, otherwise="drumbeat")
    answer = await stage.type("U-ben", "/receipt receipt")
    assert "DRUMBEAT_PUBLIC_URL" in read_aloud(answer.whisper)
    assert shop.made_in == []
    assert await stage.engine.file("anything") is None
