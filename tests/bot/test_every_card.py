# ruff: noqa: RUF001 -- All that people type is Cyrillic: a Latin letter on a card was said by the bot.

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.core import outbox as core
from bot.core import texts
from bot.core.cards import Button, Card
from bot.core.database import Connection, metadata, open_database
from bot.core.directory import invitations
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.outbox import Lane, State, outbox
from bot.core.people import Profile
from bot.core.places import PlaceKind
from bot.features import features
from bot.home import cards, service, settings
from bot.polls.service.listing import MOST
from tests.bot.campaigns.limited import Limited
from tests.bot.polls import journey
from tests.bot.stage import Stage
from tests.bot.walk import PSEUDO, Marked, Walk, pressable

CAST = {"U-anna": "Анна", "U-ben": "Бен", "U-chen": "Чен", "U-dora": "Дора"}
CROWD = {f"U-{number}": f"№ {number}" for number in range(11)}
NEW = {"U-eva": ("Ева", False, ""), "U-fima": ("Фима", False, "Врач"), "U-galya": ("Галя", True, "")}
PLACES = [
    ("C-general", PlaceKind.CHANNEL, "общий"),
    ("C-intro", PlaceKind.CHANNEL, "знакомства"),
    ("C-praise", PlaceKind.CHANNEL, "похвала"),
]
ZONE = "Asia/Kolkata"
CODES = ("K7QF-2MXA-9BTR", "AAAA-BBBB-CCCC")
REASON = "за помощь с большим отчётом"


@pytest.fixture(params=[PSEUDO, *texts.LOCALES])
def locale(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give a language that everybody speaks, and make the one that nobody does complete for as long."""
    spoken: str = request.param
    if spoken == PSEUDO:
        marked, real = Marked(), texts._translations
        monkeypatch.setattr(texts, "_translations", lambda asked: marked if asked == PSEUDO else real(asked))
        monkeypatch.setitem(cards.LANGUAGES, PSEUDO, "日本語")
        for module in (texts, cards, service, settings):
            monkeypatch.setattr(module, "LOCALES", (*texts.LOCALES, PSEUDO))
    return spoken


@pytest.fixture
async def walk(sqlite_url: str, locale: str) -> AsyncIterator[Walk]:
    """Give a company in which everybody speaks one language, and no name has a Latin letter."""
    database = open_database(sqlite_url)
    await database.run(metadata.create_all)
    stage = Stage(database, features())
    workspace = await stage.workspace()
    await stage.run(lambda c: directory.describe_workspace(c, workspace.id, locale=locale, zone=ZONE))
    await stage.run(lambda c: [directory.place_at(c, workspace, *place) for place in PLACES])
    for account, name in {**CAST, **CROWD}.items():
        photo = "https://example.com/дора.png" if account == "U-dora" else ""
        title = "Инженер" if account == "U-ben" else ""
        admin = account == "U-anna"
        await stage.learn(
            Profile(account=account, name=name, locale=locale, zone=ZONE, photo=photo, title=title, admin=admin)
        )
    await stage.learn(Profile(account="U-bot", name="Бот", locale=locale, zone=ZONE, bot=True))
    yield Walk(stage, locale)
    await database.close()


async def test_everything_is_said_in_one_language_and_fits_every_platform(walk: Walk) -> None:
    await install(walk)
    await choose_language(walk)
    await welcome(walk)
    await praise_without_a_channel(walk)
    await introduce(walk)
    await choose_settings(walk)
    await name_people(walk)
    await ask_for_help(walk)
    await introduce_in_a_channel(walk)
    await misread_polls(walk)
    await vote(walk)
    await run_polls(walk)
    await add_options(walk)
    await lose_polls(walk)
    await journey.misread_flags(walk)
    await journey.answer_every_kind(walk)
    await journey.draft_a_survey(walk)
    await journey.begin_with_templates(walk)
    await journey.repeat(walk)
    await journey.remind_and_answer(walk)
    await see_results(walk)
    await misread_praise(walk)
    await praise(walk)
    await misread_rhythms(walk)
    await live_with_a_rhythm(walk)
    await lead(walk)
    await campaign(walk)
    await decide(walk)
    await open_homes(walk)
    await join_chats(walk)
    await leave(walk)
    assert everything(walk.stage) == walk.met


def everything(stage: Stage) -> set[tuple[str, str]]:
    """Every command, button, form and drawing there is."""
    engine = stage.engine
    return {("typed", name) for name in engine.commands} | {
        (what, f"{feature.name}.{name}")
        for feature in engine.features.values()
        for what, names in (
            ("pressed", {**feature.clicks, **feature.batched, **feature.together}),
            ("sent", {**feature.forms, **feature.together}),
            ("drawn", feature.drawings),
        )
        for name in names
    }


async def install(walk: Walk) -> None:
    await walk.happen("U-anna", "installed")
    card = await walk.newest("home.welcome")
    await walk.press("U-anna", card, "home.help")
    await walk.press("U-anna", card, "home.settings")
    await walk.stage.run(lambda c: walk.stage.engine.features["intros"].upkeep["settle"](c, walk.stage.clock.now()))


async def welcome(walk: Walk) -> None:
    for account, (name, has_photo, title) in NEW.items():
        profile = Profile(account=account, name=name, locale=walk.locale, zone=ZONE, has_photo=has_photo, title=title)
        await walk.stage.learn(profile)
        await walk.happen(account, "joined")
    card = await walk.newest("intros.welcome")
    await walk.press("U-galya", card, "intros.intro")
    await walk.press("U-galya", card, "intros.decline")
    await walk.press("U-galya", await walk.newest("intros.blank"), "intros.hush")


async def introduce(walk: Walk) -> None:
    opened = await walk.type("U-ben", "/intro Люблю тишину")
    await walk.send("U-ben", opened, role="", loves="ж" * 281)
    await walk.send("U-ben", opened, role="Инженер", loves="Тишину", offers="Чай", question="Кофе")


async def introduce_in_a_channel(walk: Walk) -> None:
    for account in ("U-dora", "U-dora", "U-ben"):
        opened = await walk.type(account, "/intro")
        await walk.send(account, opened, role="Врач", loves="Горы", offers="Совет", question="Куда?")
    await walk.draw("U-anna", "intros.introduction", person="999")


async def choose_language(walk: Walk) -> None:
    opened = await walk.type("U-anna", "/drumbeat settings")
    await walk.send("U-anna", opened, locale="en" if walk.locale == "de" else "de")
    await walk.send("U-anna", opened)


async def choose_settings(walk: Walk) -> None:
    opened = await walk.type("U-anna", "/drumbeat settings")
    await walk.send("U-anna", opened, quiet_begin="?")
    await walk.send("U-anna", opened, quiet_end="?")
    await walk.send("U-anna", opened)
    await walk.send(
        "U-anna",
        opened,
        introductions="<#C-intro>",
        praise="<#C-praise>",
        watched0="<#C-general>",
        quiet_begin="19:00",
        nudges="2",
    )
    for line in ("watch", "watch <#C-general>", "watch here", "watch ?", "unwatch", "unwatch here", "watch here"):
        await walk.type("U-anna", f"/drumbeat {line}")


async def name_people(walk: Walk) -> None:
    for role in ("leaders", "communicators"):
        for line in ("", "add", "add <@U-ben>", "add <@U-chen>", "list", "remove <@U-chen>"):
            await walk.type("U-anna", f"/drumbeat {role} {line}")
    await walk.press("U-ben", await walk.newest("home.communicator"), "home.help")


async def join_chats(walk: Walk) -> None:
    def prepared(connection: Connection) -> None:
        here, there = directory.workspace(connection, "stage", "W1"), directory.workspace(connection, "stage", "W2")
        for workspace, name in ((here, "Альфа"), (there, "Бета")):
            directory.describe_workspace(connection, workspace.id, name=name, locale=walk.locale)
        maker = directory.learn(connection, there, Profile(account="T-maker", name="Макс", locale=walk.locale))
        for code in CODES:
            invitations.invite(connection, there, maker, code, walk.stage.clock.now())

    await walk.stage.run(prepared)
    await walk.type("U-anna", "/drumbeat join")
    await walk.type("U-anna", "/drumbeat join ?")
    await walk.type("U-ben", "/drumbeat join")
    offered, other = [(await walk.type("U-anna", f"/drumbeat join {code}")).whisper for code in CODES]
    await walk.press("U-anna", offered, "home.join")
    await walk.press("U-anna", offered, "home.join")
    await walk.press("U-anna", other, "home.join")
    await walk.newest("home.joined")


async def ask_for_help(walk: Walk) -> None:
    for line in ("", "help", "привет", "hello", "язык", "langage", "unwatc", "settings", "watch", "my data"):
        await walk.type("U-dora", f"/drumbeat {line}")
        await walk.type("U-anna", f"/drumbeat {line}")
    await walk.type("U-anna", "/drumbeat introo")
    asked = await walk.type("U-dora", "/drumbeat language")
    await walk.press("U-dora", asked.whisper, "home.language", "?")
    await walk.press("U-dora", asked.whisper, "home.language", walk.locale)
    await walk.type("U-dora", f"/drumbeat language {walk.locale}")
    await walk.force("U-dora", "polls.nothing")


async def misread_polls(walk: Walk) -> None:
    many = " ".join(f'"{number}"' for number in range(31))
    for line in (
        '"Обед?"',
        '"Обед?" "Суп" "СУП"',
        '"Обед?" "Суп" "Рис" --close вчера',
        f'"Обед?" {many}',
        f'"Обед?" "Суп" "{"ж" * 151}"',
        f'"{"ж" * 301}" "Суп" "Рис"',
        f'"{"ж" * 3001}" "Суп" "Рис"',
    ):
        await walk.type("U-ben", f"/poll {line}")
    await walk.type("U-ben", '/poll "Обед?" "Суп"', place="D-ben")
    opened = await walk.type("U-ben", "/poll")
    await walk.send("U-ben", opened, question="", options="")
    await walk.send("U-ben", opened, question="Обед?", options="Суп\nРис", closes="2020-01-01T09:00")
    home = (await walk.happen("U-ben", "home_opened")).home
    await walk.send("U-ben", await walk.press("U-ben", home, "polls.poll"), question="Обед?", options="Суп\nРис")


async def vote(walk: Walk) -> None:
    await walk.type("U-ben", '/poll "Обед?" "Суп" "Рис" --close never')
    card = await walk.newest("polls.ballot")
    for account in CROWD:
        await walk.press(account, card, "polls.vote")
    card = await walk.newest("polls.ballot")
    await walk.press("U-chen", card, "polls.voters")
    more = (await walk.press("U-0", card, "polls.more")).whisper
    await walk.press("U-0", more, "polls.withdraw")
    await walk.force("U-chen", "polls.close", "2")
    more = (await walk.press("U-ben", card, "polls.more")).whisper
    await walk.press("U-ben", more, "polls.close")
    for address, value in (("vote", "2:0"), ("close", "2"), ("vote", "999:0"), ("voters", "999")):
        await walk.force("U-ben", f"polls.{address}", value)
    await walk.type("U-dora", '/poll "Секрет?" "Да" "Нет" --confidential --multi')
    secret = await walk.newest("polls.ballot")
    for account in ("U-ben", "U-ben", "U-chen"):
        await walk.press(account, secret, "polls.vote")
    await walk.force("U-ben", "polls.voters", "3")
    await walk.force("U-ben", "polls.vote", "3:1")
    await walk.force("U-dora", "polls.close", "3")
    await walk.type("U-dora", '/poll "Никто?" "Да" "Нет" --close 1h')
    await walk.pass_time(hours=2)
    await walk.type("U-dora", '/poll "Спорт?" "Да" "Нет"')
    await walk.draw("U-dora", "home.undelivered", place="1", reason="403")


async def run_polls(walk: Walk) -> None:
    await walk.type("U-ben", '/poll "Кино?" "Да" "Нет" --confidential')
    card = await walk.newest("polls.ballot")
    more = (await walk.press("U-ben", card, "polls.more")).whisper
    edit = await walk.press("U-ben", more, "polls.edit")
    for words in ({"options0": "Да"}, {"question": ""}, {"promise": "open"}, {"question": "Театр?"}):
        await walk.send("U-ben", edit, **words)
    await walk.press("U-chen", card, "polls.vote")
    await walk.send("U-ben", edit, promise="secret")
    elsewhere = await walk.press("U-ben", more, "polls.elsewhere")
    for place in ("", "<#C-general>", "<#C-praise>"):
        await walk.send("U-ben", elsewhere, place=place)
    await walk.press("U-ben", more, "polls.repeat")
    await walk.press("U-ben", more, "polls.close")
    more = (await walk.press("U-ben", card, "polls.more")).whisper
    await walk.force("U-ben", "polls.edit", more_of(more))
    await walk.press("U-ben", more, "polls.reopen")
    await walk.press("U-ben", more, "polls.reopen")
    await walk.pass_time(minutes=16)
    await walk.force("U-ben", "polls.edit", more_of(more))
    await walk.type("U-ben", '/poll "Тайна?" "Да" "Нет" --secret --start 1h')
    for line in ("list", "list all", "help", "чай", "чай 12", "close", "repeat 9999", "close 1"):
        await walk.type("U-ben", f"/poll {line}")
        await walk.type("U-anna", f"/poll {line}")
    waiting = (await walk.type("U-ben", "/poll list")).whisper
    await walk.press("U-ben", waiting, "polls.show")
    for number in range(MOST):
        await walk.type("U-ben", f'/poll "{number}?" "Да" "Нет" --start 1d')
    further = await walk.press("U-ben", (await walk.type("U-ben", "/poll list")).whisper, "polls.browse")
    await walk.press("U-ben", further.replace, "polls.browse")
    await walk.pass_time(hours=1)
    await walk.press("U-ben", waiting, "polls.show")
    secret = await walk.newest("polls.ballot")
    await walk.force("U-ben", "polls.reopen", more_of((await walk.press("U-ben", secret, "polls.more")).whisper))
    await walk.press("U-ben", (await walk.press("U-ben", secret, "polls.more")).whisper, "polls.close")
    await walk.force("U-ben", "polls.reopen", more_of((await walk.press("U-ben", secret, "polls.more")).whisper))


def more_of(card: Card | None) -> str:
    """The number of the poll whose menu it is."""
    assert card is not None
    return next(each.value for each in pressable(card) if isinstance(each, Button))


async def see_results(walk: Walk) -> None:
    for line in (
        '"Чай?" --yesno',
        '"Отзыв?" --rating',
        '"Совет?" --nps',
        '"Столица?" "Москва" "Киев" --quiz Москва --explain "Давно."',
        '"Тихо?" "Да" "Нет" --confidential --results after-close',
        '"Тайно?" "Да" "Нет" --secret',
    ):
        await walk.type("U-ben", f"/poll {line} --close 1h")
        await see_one(walk, await walk.newest("polls.ballot"))
    await walk.type("U-ben", '/poll "Порядок?" "Чай" "Сок" "Вода" --ranked')
    opened = await walk.press("U-chen", await walk.newest("polls.ballot"), "polls.answer")
    await walk.send("U-chen", opened, rank1="0", rank2="1")
    await walk.type("U-ben", "/poll results")
    for line in ("results 9999", "results --by чай", "export 9999", "export csv"):
        await walk.type("U-ben", f"/poll {line}")
    await walk.type("U-galya", "/poll results")


async def see_one(walk: Walk, ballot: Card) -> None:
    """Vote, and look at the results before and after closing, by every group."""
    button = next(each for each in pressable(ballot) if each.address in ("polls.vote", "polls.seal"))
    for account in (*CROWD, "U-ben"):
        await walk.stage.press(account, button)
    more = (await walk.press("U-ben", ballot, "polls.more")).whisper
    await walk.press("U-ben", more, "polls.peek")
    for _ in range(2):
        for by in ("title", "language", "platform"):
            await walk.type("U-ben", f"/poll results --by {by}")
        await walk.type("U-chen", f"/poll export {more_of(more)}")
        await walk.pass_time(hours=1)
    seen = (await walk.type("U-ben", "/poll results")).whisper
    for address in ("polls.export", "polls.picture"):
        await walk.press("U-ben", seen, address)
    if any(each.address == "polls.group" for each in pressable(seen or ballot)):
        await walk.press("U-ben", seen, "polls.group", f"{more_of(seen)}:title")
    await walk.force("U-chen", "polls.export", more_of(seen))


async def add_options(walk: Walk) -> None:
    await walk.type("U-ben", '/poll "Ужин?" "Суп" "Рис" --add-options ask')
    card = await walk.newest("polls.ballot")
    add = await walk.press("U-chen", card, "polls.add")
    for option in ("", "СУП", "Чай", "Чай"):
        await walk.send("U-chen", add, option=option)
    asked = await walk.newest("polls.suggestion")
    for address in ("polls.decline", "polls.approve"):
        await walk.press("U-ben", asked, address)
    await walk.send("U-chen", add, option="Сок")
    await walk.press("U-ben", await walk.newest("polls.suggestion"), "polls.approve")
    await walk.send("U-ben", add, option="Вода")
    await walk.send("U-chen", add, option="Лёд")
    late = await walk.newest("polls.suggestion")
    await walk.type("U-ben", '/poll "Тихо?" "Да" "Нет" --add-options ask --secret')
    await walk.send("U-chen", await walk.press("U-chen", await walk.newest("polls.ballot"), "polls.add"), option="Чай")
    await walk.press("U-ben", (await walk.press("U-ben", card, "polls.more")).whisper, "polls.close")
    await walk.press("U-ben", late, "polls.approve")
    await walk.force("U-chen", "polls.add", "1")


async def lose_polls(walk: Walk) -> None:
    stage, clock, hans = walk.stage, walk.stage.clock, Profile(account="U-hans", name="Ганс", zone=ZONE)
    await stage.learn(replace(hans, locale=walk.locale))
    await walk.type("U-hans", '/poll "Река?" "Да" "Нет"')
    number = more_of((await walk.press("U-hans", await walk.newest("polls.ballot"), "polls.more")).whisper)
    await walk.type("U-hans", '/poll "Лес?" "Да" "Нет" --every "Mon 9:00"')
    await walk.force("U-anna", "polls.take", number)
    workspace = await stage.workspace()
    place = await stage.run(lambda c: directory.place_at(c, workspace, "C-intro"))
    lost = core.Lost(workspace.id, "polls.ballot", {"poll": number}, None, place.id)
    for reason in ("is_archived", "message_not_found"):
        await walk.pass_time(minutes=1)
        await stage.run(lambda c, reason=reason: stage.engine.tell_lost(c, lost, reason, clock.now()))  # type: ignore[misc]
    await walk.pass_time(minutes=1)
    news = await walk.newest("polls.lost")
    await walk.send("U-hans", await walk.press("U-hans", news, "polls.elsewhere"), place="<#C-intro>")
    await walk.press("U-hans", news, "polls.repost")
    await walk.force("U-hans", "polls.repost", f"{number}:999")
    await stage.learn(replace(hans, active=False))
    await walk.happen("U-hans", "removed")
    news = await walk.newest("polls.orphaned")
    listed = await walk.type("U-anna", "/poll list all")
    await walk.press("U-anna", listed.whisper, "polls.take")
    for account in ("U-anna", "U-ben"):
        await walk.press(account, news, "polls.inherit")


async def praise_without_a_channel(walk: Walk) -> None:
    await walk.type("U-ben", f"/praise <@U-anna> {REASON}", place="D-ben")
    await walk.type("U-ben", f"/praise <@U-anna> <@U-chen> {REASON} #команда")
    await walk.type("U-ben", f"/praise <@U-anna> <@U-chen> {REASON} #команда")


async def misread_praise(walk: Walk) -> None:
    everybody = " ".join(f"<@{account}>" for account in CROWD)
    tags = " ".join(f"#цель{number}" for number in range(6))
    for line in (
        REASON,
        f"@Кто {REASON}",
        f"<@U-ben> {REASON}",
        f"<@U-bot> {REASON}",
        f"{everybody} {REASON}",
        "<@U-anna>",
        "<@U-anna> да",
        f"<@U-anna> {'ж ' * 300}",
        f"<@U-anna> {'ж ' * 1600}",
        f"<@U-anna> {REASON} {tags}",
    ):
        await walk.type("U-ben", f"/praise {line}")


async def praise(walk: Walk) -> None:
    home = (await walk.happen("U-ben", "home_opened")).home
    await walk.press("U-ben", home, "praise.praise")
    opened = await walk.type("U-ben", "/praise")
    await walk.send("U-ben", opened)
    await walk.send("U-ben", opened, people=("<@U-dora>",), reason=REASON, values="команда")
    await walk.draw("U-anna", "praise.praise", praise="999")


async def misread_rhythms(walk: Walk) -> None:
    opened = await walk.type("U-ben", "/rhythm")
    await walk.send("U-ben", opened, day0="", time0="", time1="?", day2="3", time2="")
    await walk.send("U-ben", opened, day0="1", time0="09:30", day1="1", time1="09:30", time_leader="?")
    await walk.type("U-chen", "/drumbeat stop")
    await walk.send("U-chen", await walk.type("U-chen", "/rhythm"))
    await walk.type("U-chen", "/drumbeat start")


async def live_with_a_rhythm(walk: Walk) -> None:
    opened = await walk.type("U-ben", "/rhythm")
    await walk.send("U-ben", opened, day2="4", time2="23:00", doing2="post")
    await walk.type("U-ben", "/rhythm")
    for _ in range(2):
        for _ in range(28):
            await walk.pass_time(hours=6)
        await walk.press("U-ben", await walk.newest("rhythm.nudge"), "rhythm.done")
    nudge = await walk.newest("rhythm.nudge")
    for address in ("rhythm.later", "rhythm.skip", "rhythm.rhythm", "rhythm.stop", "rhythm.later"):
        await walk.press("U-ben", nudge, address)


async def lead(walk: Walk) -> None:
    card = await walk.newest("rhythm.reminder")
    for _ in range(16):
        card = (await walk.press("U-ben", card, "rhythm.another")).replace or card
    for address in ("rhythm.done", "rhythm.skip", "rhythm.unremind"):
        await walk.press("U-ben", card, address)
    await walk.type("U-ben", "/rhythm")


async def misread_campaigns(walk: Walk) -> None:
    for line in (
        "Переезд",
        f'"{"ж" * 151}" "В понедельник"',
        f'"Переезд" "{"ж" * 2001}"',
        '"Переезд" "В понедельник" --to кому',
        '"Переезд" "В понедельник" --at вчера',
        '"Переезд" "В понедельник" --within долго',
    ):
        await walk.type("U-anna", f"/campaign {line}")
    opened = await walk.type("U-anna", "/campaign")
    await walk.send("U-anna", opened, title="", text="")


async def campaign(walk: Walk) -> None:
    await walk.type("U-dora", "/campaign list")
    await walk.type("U-anna", "/campaign list")
    await misread_campaigns(walk)
    home = (await walk.happen("U-anna", "home_opened")).home
    await walk.send("U-anna", await walk.press("U-anna", home, "campaigns.campaign"), title="Переезд", text="Скоро")
    platforms = {"stage": Limited(2 / 60)}
    clock, stage = walk.stage.clock, walk.stage
    stage.engine = Engine(stage.database, clock, stage.features, otherwise="drumbeat", platforms=platforms)
    for line in ("--within 2m", "--within 90m", "--to leaders", '--at "2030-01-01 09:00"'):
        await walk.type("U-anna", f'/campaign "Переезд" "<@U-ben>, скоро" {line}')
    seen = await walk.type("U-anna", '/campaign "Переезд" "<@U-ben>, скоро"')
    for address in ("campaigns.change", "campaigns.discard", "campaigns.discard", "campaigns.start"):
        await walk.press("U-anna", seen.whisper, address)
    seen = await walk.type("U-anna", '/campaign "Переезд" "Скоро, <#C-general>" --at 20m')
    started = (await walk.press("U-anna", seen.whisper, "campaigns.start")).replace
    await walk.press("U-anna", seen.whisper, "campaigns.start")
    await walk.pass_time(minutes=11)
    for _ in ("counted", "given slots", "planned"):
        await walk.pass_time(minutes=3)
    for address in ("campaigns.progress", "campaigns.stop", "campaigns.progress", "campaigns.stop"):
        await walk.press("U-anna", started, address)
    await walk.type("U-anna", "/campaign list")
    await walk.type("U-anna", '/campaign "Переезд" "Скоро"')
    await walk.force("U-anna", "campaigns.start", "999")


async def decide(walk: Walk) -> None:
    stage = walk.stage
    workspace, ben, now = await stage.workspace(), await stage.person("U-ben"), stage.clock.now()
    lost = {"state": State.UNKNOWN.value, "try_at": None, "intent_at": now}

    def lose(connection: Connection) -> None:
        for number in range(14):
            drawing = "home.communicator" if number < 13 else "gone.gone"
            key, lane = f"lost:{number}", Lane.NOTICE
            core.send(connection, key=key, drawing=drawing, lane=lane, now=now, workspace=workspace.id, person=ben.id)
        connection.execute(outbox.update().where(outbox.c.key.startswith("lost:")).values(lost))

    await stage.run(lose)
    await walk.pass_time(minutes=1)
    await walk.press("U-anna", await walk.newest("outgoing.doubts"), "outgoing.show")
    seen = (await walk.type("U-anna", "/drumbeat unsent")).whisper
    for address in ("outgoing.resend", "outgoing.resend", "outgoing.settle"):
        await walk.press("U-anna", seen, address)
    seen = (await walk.force("U-anna", "outgoing.settle", "0")).replace
    while isinstance(seen, Card) and list(pressable(seen)):
        seen = (await walk.press("U-anna", seen, "outgoing.settle")).replace


async def open_homes(walk: Walk) -> None:
    for account in (*CAST, *NEW):
        await walk.happen(account, "home_opened")
        await walk.type(account, "/drumbeat my data")


async def leave(walk: Walk) -> None:
    data = await walk.type("U-ben", "/drumbeat my data")
    await walk.press("U-ben", data.whisper, "home.erase")
    await walk.happen("U-ben", "home_opened")
