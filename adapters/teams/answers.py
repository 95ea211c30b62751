"""What goes back to the person who acted: in the invoke's response where Teams shows it, else as a message.

Teams knows no message that only one person in a channel sees: what is private goes to their chat with the bot.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import structlog

from adapters.teams import forms
from adapters.teams.activity import Activity
from adapters.teams.platform import TeamsPlatform
from adapters.teams.render import CONTENT_TYPE, OURS, Json, adaptive, envelope, text_block
from adapters.teams.routes import PLATFORM, Routes
from adapters.teams.text import escape
from adapters.teams.translate import Pressed, Sent
from bot.core.cards import Buttons, Card, Context, Prose, Select
from bot.core.database import Connection, Database
from bot.core.directory import store as directory
from bot.core.errors import Gone, PlatformError
from bot.core.forms import Form, PeopleField, PlaceField
from bot.core.interactions import MENTION, Answer, Command, Submission
from bot.core.people import Person
from bot.core.places import PlaceKind, Workspace
from bot.core.ports import Destination, Posted
from bot.core.rich import Mention, Plain, spoken
from bot.core.texts import Texts, best_locale

MESSAGE: Final = "application/vnd.microsoft.activity.message"
OFFERED: Final = 100
"""Names in a form's list where Teams' people search does not work; more would make the card too large."""

_ENTRA: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

log = structlog.get_logger()


class Answers:
    """Says an `Answer` in the way that what the person did allows."""

    def __init__(self, platform: TeamsPlatform, routes: Routes, database: Database) -> None:
        self._platform = platform
        self._routes = routes
        self._database = database

    async def submission(self, activity: Activity, sent: Sent) -> Submission:
        """A form that came back; people found by Teams' search get their account."""
        form = forms.unpack(sent.form)
        found = [field.id for field in form.fields if isinstance(field, PeopleField)]
        keys = {key for name in found for key in str(sent.inputs.get(name) or "").split(",") if _ENTRA.fullmatch(key)}
        workspace = await self._routes.workspace(activity.tenant)
        accounts = {key: await self._platform.account(workspace, key) for key in keys}
        return Submission(sent.origin, form.address, forms.values(form, sent.inputs, accounts), form.state)

    async def after_message(self, activity: Activity, act: Pressed | Command, answer: Answer) -> None:
        """Answer typed words, or a button that only sent a message, with messages."""
        if isinstance(act, Sent):
            await self._replace(activity, act.message, await self._after_form(activity, act, answer))
        elif answer.form and isinstance(act, Command) and not activity.personal:
            await self._post(activity, await self._invitation(activity, act, answer.form))
        elif answer.form:
            await self._privately(activity, await self._form(activity, answer.form, dialog=False))
        for card in filter(None, (answer.replace, answer.home, None if isinstance(act, Sent) else answer.whisper)):
            await self._privately(activity, adaptive(card))

    async def to_action(self, activity: Activity, act: Pressed, answer: Answer) -> Json:
        """The response to Action.Execute: the card as this person sees it from now on, or a sentence."""
        if isinstance(act, Sent):
            card = await self._after_form(activity, act, answer)
            if not answer.problems:
                await self._replace(activity, act.message, card)
            return _card(card)
        if answer.form:
            await self._privately(activity, await self._form(activity, answer.form, dialog=False))
        if shown := answer.own or answer.replace or answer.home:
            if answer.replace:
                await self._replace(activity, activity.reply_to_id, adaptive(shown))
            if answer.whisper:
                await self._privately(activity, adaptive(answer.whisper))
            return _card(adaptive(shown))
        if answer.whisper and (activity.personal or not _is_sentence(answer.whisper)):
            await self._privately(activity, adaptive(answer.whisper))
            return _message("")
        return _message(_words(answer.whisper) if answer.whisper else "")

    async def to_task(self, activity: Activity, act: Pressed, answer: Answer) -> Json | None:
        """The response to a task module: a form, a sentence, or (None) it closes."""
        message = act.message if isinstance(act, Sent) else activity.reply_to_id
        if answer.replace:
            await self._replace(activity, message, adaptive(answer.replace))
        if isinstance(act, Sent) and answer.problems:
            form = await self._refilled(activity, act, answer)
            return _dialog(form.title, await self._form(activity, form, dialog=True, message=message))
        if answer.form:
            return _dialog(answer.form.title, await self._form(activity, answer.form, dialog=True, message=message))
        if answer.whisper is None:
            t = await self._texts(activity)
            return None if isinstance(act, Sent) else _sentence(t("Done."))
        if _is_sentence(answer.whisper):
            return _sentence(_words(answer.whisper))
        if _is_pressed(answer.whisper):
            await self._privately(activity, adaptive(answer.whisper))
            t = await self._texts(activity)
            return None if activity.personal else _sentence(t("I have written to you in our own chat."))
        return _dialog(answer.whisper.summary, adaptive(answer.whisper))

    async def _after_form(self, activity: Activity, sent: Sent, answer: Answer) -> Json:
        """What stands where the form was."""
        if answer.problems:
            return await self._form(activity, await self._refilled(activity, sent, answer), dialog=False)
        if answer.form:
            return await self._form(activity, answer.form, dialog=False)
        if answer.replace or answer.whisper:
            return adaptive(answer.replace or answer.whisper or Card(""))
        t = await self._texts(activity)
        said = t("{form}: done.", form=forms.unpack(sent.form).title)
        return envelope([text_block(f"✓ {escape(said)}")], summary=said)

    async def _refilled(self, activity: Activity, sent: Sent, answer: Answer) -> Form:
        values = (await self.submission(activity, sent)).values
        return forms.refilled(forms.unpack(sent.form), values, answer.problems)

    async def _invitation(self, activity: Activity, command: Command, form: Form) -> Json:
        """In a channel a form would be everybody's: a button opens it as a task module for whoever presses."""
        t = await self._texts(activity)
        ours = {"kind": "command", "name": command.name, "text": command.text}
        opens = {
            "type": "Action.Submit",
            "title": t("Open the form"),
            "style": "positive",
            "data": {"msteams": {"type": "task/fetch"}, OURS: ours},
        }
        body = [text_block(escape(form.title), weight="bolder"), {"type": "ActionSet", "actions": [opens]}]
        return envelope(body, summary=form.title)

    async def _form(self, activity: Activity, form: Form, *, dialog: bool, message: str = "") -> Json:
        if any(isinstance(field, PlaceField) for field in form.fields):
            await self._platform.survey(await self._routes.workspace(activity.tenant))
        t, choices = await self._database.read(lambda connection: _choices(connection, activity, form))
        return forms.card(form, t, choices, dialog=dialog, message=message)

    async def _texts(self, activity: Activity) -> Texts:
        return await self._database.read(lambda connection: _texts(connection, activity)[1])

    async def _post(self, activity: Activity, card: Json) -> None:
        workspace = await self._routes.workspace(activity.tenant)
        try:
            await self._platform.post(Destination(workspace, place=activity.conversation.id), _as_message(card))
        except PlatformError as error:
            log.warning("teams_answer_lost", reason=error.reason)

    async def _privately(self, activity: Activity, card: Json) -> None:
        if activity.personal:
            await self._post(activity, card)
            return
        workspace = await self._routes.workspace(activity.tenant)
        try:
            await self._platform.post(Destination(workspace, account=activity.sender.id), _as_message(card))
        except Gone as error:
            log.info("teams_person_unreachable", reason=error.reason)
            await self._post(activity, adaptive(await self._please_install(activity)))
        except PlatformError as error:
            log.warning("teams_answer_lost", reason=error.reason)

    async def _please_install(self, activity: Activity) -> Card:
        t = await self._texts(activity)
        asked = t("my answer is for you alone. Add me to your own apps, then ask again.")
        sender = activity.sender
        return Card(asked, (Prose((Mention(sender.name, sender.id), Plain(f": {asked}"))),))

    async def _replace(self, activity: Activity, message: str, card: Json) -> None:
        """Make a private message what its person sees already, for whenever they open the chat again."""
        if not activity.personal or not message:
            return
        workspace = await self._routes.workspace(activity.tenant)
        try:
            await self._platform.replace(workspace, Posted(activity.conversation.id, message), _as_message(card))
        except PlatformError as error:
            log.warning("teams_replace_failed", reason=error.reason)


def _choices(connection: Connection, activity: Activity, form: Form) -> tuple[Texts, forms.Choices]:
    workspace, t = _texts(connection, activity)
    people: list[Person] = []
    if any(isinstance(field, PeopleField) for field in form.fields):
        people = [each for each in directory.everybody(connection, workspace) if each.account][:OFFERED]
    chosen = [directory.person(connection, workspace, key) for key in _chosen(form)]
    places = []
    if any(isinstance(field, PlaceField) for field in form.fields):
        kinds = (PlaceKind.CHANNEL, PlaceKind.GROUP)
        places = [each for kind in kinds for each in directory.places_of(connection, workspace, kind)]
    return t, forms.Choices(
        people={each.account: each.name for each in [*people, *chosen]},
        places={each.key: each.name or t("Chat {number}", number=each.id) for each in places},
        ids={str(each.id): each.account for each in chosen},
        channels={str(each.id): each.key for each in places},
    )


def _chosen(form: Form) -> Iterable[int]:
    """The people a form is filled with, by our own ids; an account of Teams is never a bare number."""
    tokens = (token for field in form.fields if isinstance(field, PeopleField) for token in field.people)
    return [int(found[1]) for token in tokens if (found := MENTION.fullmatch(token)) and found[1].isdecimal()]


def _texts(connection: Connection, activity: Activity) -> tuple[Workspace, Texts]:
    workspace = directory.workspace(connection, PLATFORM, activity.tenant)
    person = directory.known(connection, workspace, activity.sender.id)
    return workspace, Texts(person.locale, person.zone) if person else Texts(best_locale(activity.language))


def _is_sentence(card: Card) -> bool:
    return all(isinstance(part, Prose | Context) for part in card.parts)


def _is_pressed(card: Card) -> bool:
    """Whether there are buttons, which do nothing in a task module."""
    return any(isinstance(part, Buttons | Select) for part in card.parts)


def _words(card: Card) -> str:
    said = [spoken(part.text) for part in card.parts if isinstance(part, Prose | Context)]
    return "\n\n".join(said) or card.summary


def _as_message(card: Json) -> Json:
    attachment = {"contentType": CONTENT_TYPE, "content": card}
    return {"type": "message", "summary": card.get("fallbackText", ""), "attachments": [attachment]}


def _card(card: Mapping[str, Any]) -> Json:
    return {"statusCode": 200, "type": CONTENT_TYPE, "value": card}


def _message(text: str) -> Json:
    return {"statusCode": 200, "type": MESSAGE, "value": text}


def _dialog(title: str, card: Json) -> Json:
    shown = {"contentType": CONTENT_TYPE, "content": card}
    return {
        "task": {"type": "continue", "value": {"title": title, "width": "medium", "height": "large", "card": shown}}
    }


def _sentence(text: str) -> Json:
    return {"task": {"type": "message", "value": text}}
