"""One poll on two platforms: one count, one vote a person."""

from bot.core.cards import Button, Card
from bot.core.directory import store as directory
from bot.core.interactions import Answer, Click, Origin
from bot.core.people import Profile
from bot.core.places import PlaceKind
from tests.bot.stage import Stage, buttons, read_aloud

LUNCH = '/poll "Lunch?" "Pizza" "Sushi" --in #general --in #kitchen'


async def joined(stage: Stage) -> None:
    """The company has a tenant in Teams, too, in which Ben has an account."""
    home = await stage.workspace()

    def work(connection):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        teams = directory.workspace(connection, "teams", "TENANT")
        directory.learn(connection, teams, Profile(account="29:ben", name="Ben B.", email="ben@example.com"))
        directory.learn(connection, teams, Profile(account="29:kim", name="Kim", email="kim@example.com"))
        directory.place_at(connection, teams, "19:kitchen", PlaceKind.CHANNEL, "kitchen")
        directory.join(connection, home, teams)

    await stage.run(work)


async def ballots(stage: Stage) -> list[Card]:
    said = [each for each in await stage.planned() if each.drawing == "polls.ballot"]
    return [each.card for each in said if isinstance(each.card, Card)]


async def press_in_teams(stage: Stage, account: str, button: Button) -> Answer:
    origin = Origin(platform="teams", workspace="TENANT", account=account, place="19:kitchen")
    return await stage.engine.handle(Click(origin, button.address, button.value, wants_card=True))


async def test_a_poll_stands_in_slack_and_in_teams_with_one_count(stage: Stage) -> None:
    await joined(stage)
    assert (await stage.type("U-anna", LUNCH)).form is None
    cards = await ballots(stage)
    assert len(cards) == 2
    await stage.press("U-chen", buttons(cards[0])["Pizza"])
    answer = await press_in_teams(stage, "29:kim", buttons(cards[1])["Pizza"])
    assert "Pizza: 2 (Chen and Kim)" in read_aloud(answer.own)
    assert all("Pizza: 2 (Chen and Kim)" in read_aloud(card) for card in await ballots(stage))


async def test_one_person_has_one_vote_over_both(stage: Stage) -> None:
    await joined(stage)
    await stage.type("U-anna", LUNCH)
    (first, second) = await ballots(stage)
    await stage.press("U-ben", buttons(first)["Pizza"])
    await press_in_teams(stage, "29:ben", buttons(second)["Sushi"])
    text = read_aloud((await ballots(stage))[0])
    assert "Pizza: 0 ()" in text
    assert "Sushi: 1 (Ben" in text
    assert "1 vote" in text


async def test_one_person_has_one_secret_vote_over_both(stage: Stage) -> None:
    await joined(stage)
    await stage.type("U-anna", LUNCH + " --secret")
    (first, second) = await ballots(stage)
    await stage.press("U-ben", buttons(first)["Pizza"])
    refusal = await press_in_teams(stage, "29:ben", buttons(second)["Sushi"])
    assert "You have voted already" in read_aloud(refusal.whisper)


async def test_nobody_asks_in_a_channel_of_another_organisation(stage: Stage) -> None:
    def work(connection):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        other = directory.workspace(connection, "teams", "STRANGERS")
        directory.place_at(connection, other, "19:kitchen", PlaceKind.CHANNEL, "kitchen")

    await stage.run(work)
    answer = await stage.type("U-anna", LUNCH)
    assert answer.form is not None
    assert "I do not know #kitchen here" in str(answer.form.problems)


async def test_channels_elsewhere_are_offered_in_the_settings(stage: Stage) -> None:
    await joined(stage)
    form = (await stage.type("U-anna", "/poll")).form
    settings = (await stage.send("U-anna", form, question="Tea?", options="A\nB", then="more")).form
    assert settings is not None
    also = next(field for field in settings.fields if field.id == "also")
    assert [option.label for option in also.options] == ["kitchen"]  # type: ignore[union-attr]
    await stage.send("U-anna", settings, also=(also.options[0].value,), then="ask")  # type: ignore[union-attr]
    assert len(await ballots(stage)) == 2
