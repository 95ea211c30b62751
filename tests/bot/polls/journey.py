# ruff: noqa: RUF001 -- All that people type is Cyrillic: a Latin letter on a card was said by the bot.
"""Polls of every kind on the walk through every card: asked, answered, drafted, repeated, reminded of and answered."""

from collections.abc import Mapping

from bot.core.cards import Card, Select
from bot.core.interactions import Value
from tests.bot.walk import Walk, pressable

CROWD = tuple(f"U-{number}" for number in range(6))


async def answer_every_kind(walk: Walk) -> None:
    """A poll of each kind, from its question to its outcome."""
    forms: tuple[tuple[str, tuple[Mapping[str, Value], ...]], ...] = (
        ('"Порядок?" "Суп" "Рис" "Чай" --ranked', ({"rank1": "0", "rank2": "0"}, {"rank1": "0"}, {"rank1": "1"})),
        ('"Слова?" --text', ({"answer": "ж" * 501}, {"answer": "Чай"}, {"answer": "чай!"})),
        ('"Дни?" "Пн" "Вт" "Ср" --multi 2-2', ({"answer": ("0",)}, {"answer": ("0", "1")}, {"answer": ("1", "2")})),
        ('"Тайно?" "Пн" "Вт" "Ср" --multi --secret', ({}, {"answer": ("0", "1")}, {"answer": ("1", "2")})),
    )
    for line, filled in forms:
        await walk.type("U-ben", f"/poll {line}")
        card = await walk.newest("polls.ballot")
        for account, values in zip(CROWD, filled, strict=False):
            await walk.send(account, await walk.press(account, card, "polls.answer"), **values)
        await _look_and_close(walk)
    for line in (
        "--rating",
        "--rating 10",
        "--nps",
        "--nps --confidential",
        "--yesno --results after-vote",
        "--yesno --secret",
    ):
        await walk.type("U-ben", f'/poll "Как?" {line}')
        card = await walk.newest("polls.ballot")
        address = "polls.seal" if "secret" in line else "polls.vote"
        for account in (*CROWD, CROWD[0]):
            await walk.press(account, card, address)
        await _look_and_close(walk)
    await walk.type("U-ben", '/poll "Столица?" "Рим" "Осло" --quiz Осло --explain "Всегда"')
    await walk.press("U-chen", await walk.newest("polls.ballot"), "polls.vote")
    await _look_and_close(walk)


async def misread_flags(walk: Walk) -> None:
    """Everything that a line can have wrong."""
    for flags in (
        "--multi 5",
        "--multi чай",
        "--rating 7",
        "--ranked --quiz Чай",
        "--nps",
        "--чай",
        "--secret --open",
        "--secret --results live",
        "--start вчера",
        "--start 3h --close 2h",
        "--every чай",
        "--remind чай",
        "--remind 1 --close never",
        "--owner <@U-ben>",
        "--answer-by вчера",
        "--audience чай",
        "--in чай",
        "--explain " + "ж" * 501,
        "--quiz Кофе",
        "--quiz Суп --add-options",
    ):
        await walk.type("U-ben", f'/poll "Обед?" "Суп" "Рис" {flags}')
    options = " ".join(f'"{number}"' for number in range(11))
    await walk.type("U-ben", f'/poll "Обед?" {options} --ranked')


async def draft_a_survey(walk: Walk) -> None:
    """Several questions, kept as a draft, set, changed and asked; and one that is thrown away."""
    form = await walk.type("U-ben", "/poll")
    form = await walk.send("U-ben", form, question="Первый?", options="Суп\nРис", kind="choice", then="question")
    await walk.send("U-ben", form, question="", kind="text", then="draft")
    draft = (await walk.send("U-ben", form, question="Второй?", kind="text", then="draft")).whisper
    added = await walk.press("U-ben", draft, "polls.question")
    await walk.send("U-ben", added, question="Третий?", kind="rating", then="draft")
    await walk.send("U-ben", await walk.press("U-ben", draft, "polls.revise"), then="draft")
    second = await walk.send("U-ben", await walk.press("U-ben", draft, "polls.revise"), then="question")
    await walk.send("U-ben", second, then="draft")
    settings = await walk.press("U-ben", draft, "polls.settings")
    await walk.send("U-ben", settings, every="чай", then="draft")
    await walk.send("U-ben", settings, remind="2h", owner=("<@U-chen>",), answer_by="2030-01-01T09:00", then="draft")
    await walk.press("U-ben", draft, "polls.launch")
    card = await walk.newest("polls.ballot")
    page = await walk.press("U-chen", card, "polls.answer")
    page = await walk.send("U-chen", page)
    page = await walk.send("U-chen", page)
    await walk.send("U-chen", page)
    await walk.send("U-chen", page, answer="3")
    await walk.press("U-chen", await walk.newest("polls.ballot"), "polls.voters")
    await walk.press("U-ben", draft, "polls.launch")
    form = await walk.type("U-ben", "/poll")
    draft = (await walk.send("U-ben", form, question="Вон?", kind="decision", then="draft")).whisper
    await walk.press("U-ben", draft, "polls.discard")
    await walk.press("U-ben", draft, "polls.discard")
    await _schedule_a_draft(walk)


async def _schedule_a_draft(walk: Walk) -> None:
    form = await walk.type("U-ben", "/poll")
    settings = await walk.send("U-ben", form, question="Когда?", kind="decision", then="more")
    times = {"opens": "2030-01-01T09:00+00:00", "every": "Mon 9:00"}
    draft = (await walk.send("U-ben", settings, **times, then="draft")).whisper
    await walk.send("U-ben", await walk.press("U-ben", draft, "polls.revise"), then="draft")
    waiting = (await walk.press("U-ben", draft, "polls.launch")).replace
    changed = await walk.press("U-ben", waiting, "polls.revise")
    await walk.send("U-ben", changed, opens="", then="more")
    await walk.send("U-ben", await walk.send("U-ben", changed, then="more"), then="ask")
    await walk.send("U-ben", await walk.press("U-ben", waiting, "polls.settings"), remind="2h", then="ask")
    await walk.send(
        "U-ben", await walk.send("U-ben", changed, then="question"), question="Кто?", kind="text", then="ask"
    )
    await walk.press("U-ben", waiting, "polls.end")


async def begin_with_templates(walk: Walk) -> None:
    """Every template, as a form or as a draft."""
    offered = (await walk.type("U-ben", "/poll templates")).whisper
    assert isinstance(offered, Card)
    select = next(each for each in pressable(offered) if isinstance(each, Select))
    for option in select.options:
        await walk.press("U-ben", offered, "polls.template", option.value)
    await walk.press("U-ben", offered, "polls.template", "чай")


async def repeat(walk: Walk) -> None:
    """A rhythm, with everything that can be done to it."""
    waiting = (await walk.type("U-ben", '/poll "Неделя?" --rating --every "Mon 9:00"')).whisper
    for address in ("polls.skip", "polls.pause"):
        waiting = (await walk.press("U-ben", waiting, address)).replace
        await walk.type("U-ben", "/poll list")
    waiting = (await walk.press("U-ben", waiting, "polls.resume")).replace
    changed = await walk.press("U-ben", waiting, "polls.rhythm")
    await walk.send("U-ben", changed, every="чай")
    await walk.send("U-ben", changed, every="Tue 10:00")
    await walk.press("U-ben", waiting, "polls.end")
    await walk.press("U-ben", waiting, "polls.skip")


async def remind_and_answer(walk: Walk) -> None:
    """Reminders before it closes, the outcome, and what comes of it."""
    line = '/poll "Комната?" "Да" "Нет" --close 3d --remind 1d --owner <@U-dora> --answer-by "5 days"'
    for promise in ("", "--secret"):
        await walk.type("U-ben", f"{line} {promise}")
        await walk.pass_time(days=2, minutes=5)
        await walk.newest("polls.reminder")
        await walk.pass_time(days=2)
        await walk.pass_time(days=1)
    owed = await walk.newest("polls.owed")
    await walk.force("U-chen", "polls.respond", _number(owed))
    form = await walk.press("U-dora", owed, "polls.respond")
    await walk.send("U-dora", form, answer="")
    await walk.send("U-dora", form, answer="Есть")
    await walk.newest("polls.response")


async def _look_and_close(walk: Walk) -> None:
    card = await walk.newest("polls.ballot")
    for account in ("U-0", "U-ben"):
        await walk.press(account, card, "polls.more")
        await walk.force(account, "polls.peek", _number(card))
    await walk.force("U-ben", "polls.close", _number(card))
    await walk.press("U-ben", await walk.newest("polls.ballot"), "polls.more")
    await walk.force("U-ben", "polls.peek", _number(card))


def _number(card: Card) -> str:
    """The number of the poll that a card's buttons are about."""
    return next(each.value for each in pressable(card) if not isinstance(each, Select)).partition(":")[0]
