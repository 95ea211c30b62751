"""What happens when somebody writes, starts or stops a campaign, and when its time has come."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.campaigns import cards, model, store
from bot.campaigns.model import RUNNING, Audience, Campaign, Draft, Problem, Progress, State
from bot.core import outbox
from bot.core.cadence.slots import quiet_until
from bot.core.cards import Card, note
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.errors import Refused
from bot.core.feature import Turn, View, Withdrawn
from bot.core.interactions import Answer, Click, Command, Submission, Value
from bot.core.moments import read_beginning, read_moment
from bot.core.spread import due
from bot.core.words import read

FLAGS: Final = frozenset({"to", "at", "within"})
MOMENTS: Final = frozenset({"at", "within"})
"""Flags whose value may be several words."""

LISTS: Final = frozenset({"list", "liste"})
BITE: Final = 500
"""People in one transaction: votes that come meanwhile wait for no more than that."""

SHOWN: Final = 5
"""Campaigns in the list."""


class Campaigns:
    """The handlers and drawings of campaigns."""

    def campaign(self, turn: Turn) -> Answer:
        """`/campaign "Title" "Message"` shows a preview; alone, or with something wrong, the form opens filled."""
        if not isinstance(turn.act, Command):
            raise TypeError(turn.act)
        if turn.act.text.strip().casefold() in LISTS:
            return Answer(whisper=self._list(turn))
        if not turn.act.text.strip():
            return self.begin(turn)
        line = read(turn.act.text, FLAGS, wordy=MOMENTS)
        phrases = line.phrases or ((line.rest,) if line.rest else ())
        draft = Draft(
            title=phrases[0] if phrases else "",
            text="\n\n".join(phrases[1:]),
            to=line.flags.get("to", "").casefold() or Audience.EVERYONE,
            beginning=line.flags.get("at", ""),
            within=line.flags.get("within", ""),
            unknown=tuple(flag for flag in line.flags if flag not in FLAGS),
        )
        draft, people, problems = _read(turn, draft)
        if problems:
            return Answer(form=cards.form(turn.t, draft, cards.problems(turn.t, draft, problems)))
        return Answer(whisper=self._preview(turn, draft, people))

    def begin(self, turn: Turn) -> Answer:
        """The button that opens an empty form."""
        return Answer(form=cards.form(turn.t, Draft(), {}))

    def create(self, turn: Turn) -> Answer:
        """The form was sent."""
        if not isinstance(turn.act, Submission):
            raise TypeError(turn.act)
        values = {name: _one(value).strip() for name, value in turn.act.values.items()}
        draft = Draft(
            title=values.get("title", ""),
            text=values.get("text", ""),
            to=values.get("to", ""),
            beginning=values.get("begins", ""),
            within=values.get("within", ""),
        )
        draft, people, problems = _read(turn, draft)
        if problems:
            return Answer(problems=cards.problems(turn.t, draft, problems))
        if turn.act.state:
            store.discard(turn.connection, int(turn.act.state))
        return Answer(whisper=self._preview(turn, draft, people))

    def start(self, turn: Turn) -> Answer:
        """The preview is right: from here on it is planned, with the people and the limit of this moment."""
        draft = self._draft(turn)
        begins_at = max(draft.begins_at, model.begins(turn.now))
        people = store.audience_size(turn.connection, draft.workspace, draft.audience)
        campaign = replace(draft, begins_at=begins_at, rate=turn.pace.rate, people=people, state=State.COUNTING)
        if not people:
            raise Refused(turn.t("There is nobody to write to any more."))
        if not store.start(turn.connection, campaign):
            raise Refused(turn.t("This campaign was started or discarded already."))
        said = turn.t.rich("*{title}* is on its way.", title=campaign.title)
        return Answer(replace=cards.shown(turn.t, campaign, _progress(turn, campaign), turn.now, said))

    def change(self, turn: Turn) -> Answer:
        """The preview is not right yet: the form opens with what it says."""
        draft = self._draft(turn)
        later = draft.begins_at > turn.now
        written = Draft(
            title=draft.title,
            text=draft.text,
            to=draft.audience,
            begins_at=draft.begins_at if later else None,
            within=cards.typed(draft.minutes),
        )
        return Answer(form=cards.form(turn.t, written, {}, replaces=draft.id))

    def discard(self, turn: Turn) -> Answer:
        """The preview is thrown away."""
        if not store.discard(turn.connection, self._draft(turn).id):
            raise Refused(turn.t("This campaign was started or discarded already."))
        return Answer(replace=note(turn.t("Discarded. Nobody got anything.")))

    def progress(self, turn: Turn) -> Answer:
        """How far a campaign has come."""
        campaign = self._found(turn)
        return Answer(replace=cards.shown(turn.t, campaign, _progress(turn, campaign), turn.now))

    def stop(self, turn: Turn) -> Answer:
        """Nobody gets it any more who has not got it."""
        campaign = self._found(turn)
        if not store.stop(turn.connection, campaign):
            raise Refused(turn.t("This campaign does not run any more."))
        outbox.halt(turn.connection, _name(campaign.id), turn.now)
        stopped = replace(campaign, state=State.STOPPED)
        return Answer(replace=cards.shown(turn.t, stopped, _progress(turn, stopped), turn.now))

    def plan(self, connection: Connection, now: datetime) -> int:
        """Count, then plan a bite of the people of a campaign that is about to begin."""
        found = store.to_plan(connection, now + model.AHEAD)
        if found is None:
            return 0
        campaign, plan = found
        quiet = directory.workspace_by_id(connection, campaign.workspace).settings.quiet
        readers = store.readers(connection, campaign, BITE)
        kinds = model.kinds(readers, campaign.begins_at, campaign.takes, quiet)
        cursor = readers[-1].id if readers else campaign.cursor
        if campaign.state is State.COUNTING and readers:
            store.keep_count(connection, campaign, cursor, model.count(plan.counts, kinds))
        elif campaign.state is State.COUNTING:
            counted = replace(campaign, people=sum(plan.counts.values()))
            store.counted(connection, counted, model.slots(counted, plan.counts, quiet))
        elif readers:
            slots, rest = model.give(plan, kinds, campaign.takes * campaign.cap)
            dues = [due(campaign.begins_at, slot, campaign.cap) for slot in slots]
            outbox.send_each(
                connection,
                zip((reader.id for reader in readers), dues, strict=True),
                campaign=_name(campaign.id),
                drawing="campaigns.message",
                lane=outbox.Lane.NOTICE,
                now=now,
                workspace=campaign.workspace,
                arguments={"campaign": str(campaign.id)},
                expires=campaign.expires_at,
            )
            store.keep_given(connection, campaign, cursor, rest)
        else:
            store.planned(connection, campaign, sum(plan.given.values()) + plan.beyond)
        return max(1, len(readers))

    def sweep(self, connection: Connection, now: datetime) -> int:
        """Erase previews that nobody starts, and the words of campaigns that are over."""
        store.discard_before(connection, now - model.KEPT_DRAFT)
        store.end_before(connection, now - model.PATIENCE)
        return 0

    def next_planning(self, connection: Connection, after: datetime) -> datetime | None:
        """When the first campaign is planned of those that are planned after an instant."""
        begins_at = store.next_to_plan(connection, after + model.AHEAD)
        return begins_at and begins_at - model.AHEAD

    def draw_message(self, view: View) -> Card | Withdrawn:
        """What people get."""
        campaign = store.find(view.connection, int(view.arguments["campaign"]), view.workspace.id)
        if campaign is None or campaign.state not in RUNNING:
            return Withdrawn("campaign_over")
        return cards.message(view.t, campaign.title, view.prose(campaign.text), view.name(campaign.author))

    def data(self, view: View) -> Sequence[tuple[str, str]]:
        """What is stored of a person."""
        started = store.count_of(view.connection, view.reader.id if view.reader else 0)
        return ((view.t("Campaigns you started"), str(started)),) if started else ()

    def forget(self, view: View) -> None:
        """Erase a person's previews. What they started belongs to those who got it and stays."""
        if view.reader:
            store.discard_of(view.connection, view.reader.id)

    def _preview(self, turn: Turn, draft: Draft, people: int) -> Card:
        if draft.begins_at is None or draft.window is None:
            raise TypeError(draft)
        campaign = store.keep_draft(
            turn.connection,
            draft,
            workspace=turn.workspace.id,
            author=turn.me.id,
            begins_at=draft.begins_at,
            minutes=-(-draft.window // model.MINUTE),
            rate=turn.pace.rate,
            people=people,
            now=turn.now,
        )
        message = cards.message(turn.t, draft.title, turn.prose(draft.text), turn.name(turn.me.id))
        return cards.preview(turn.t, campaign, message, turn.pace.platform, turn.now)

    def _list(self, turn: Turn) -> Card:
        found = store.newest(turn.connection, turn.workspace.id, SHOWN)
        return cards.listed(turn.t, [(each, _progress(turn, each)) for each in found], turn.now)

    def _draft(self, turn: Turn) -> Campaign:
        found = self._found(turn)
        if found.state is not State.DRAFT:
            raise Refused(turn.t("This campaign was started or discarded already."))
        return found

    def _found(self, turn: Turn) -> Campaign:
        if not isinstance(turn.act, Click):
            raise TypeError(turn.act)
        found = store.find(turn.connection, int(turn.act.value), turn.workspace.id)
        if found is None:
            raise Refused(turn.t("This campaign is not there any more."))
        return found


def _read(turn: Turn, draft: Draft) -> tuple[Draft, int, dict[str, Problem]]:
    """The draft with the moments that were meant, how many people it is for, and what is wrong with it."""
    zone, locale = turn.me.zone, turn.me.locale
    quiet = turn.workspace.settings.quiet
    begins_at: datetime | None = quiet_until(quiet, zone, turn.now) or turn.now
    if draft.beginning:
        begins_at = read_beginning(draft.beginning, zone, turn.now, locale)
    begins_at = begins_at and model.begins(begins_at)
    window: timedelta | None = timedelta(0)
    if draft.within and begins_at:
        until = read_moment(draft.within, zone, begins_at, locale)
        window = None if until is None else until - begins_at
    draft = replace(draft, begins_at=begins_at, window=window)
    if problems := draft.problems(turn.now):
        return draft, 0, problems
    people = store.audience_size(turn.connection, turn.workspace.id, Audience(draft.to))
    return draft, people, {} if people else {"to": Problem.NOBODY}


def _progress(turn: Turn, campaign: Campaign) -> Progress:
    rows = outbox.progress(turn.connection, _name(campaign.id))
    sent = rows.get(outbox.State.SENT, 0)
    failed = rows.get(outbox.State.FAILED, 0) + rows.get(outbox.State.UNKNOWN, 0)
    spared = rows.get(outbox.State.CANCELLED, 0) + rows.get(outbox.State.EXPIRED, 0)
    waiting = max(0, campaign.people - sent - failed - spared)
    return Progress(sent, waiting, failed, spared)


def _name(campaign: int) -> str:
    """What can be halted as one, and how the keys of its messages begin."""
    return f"campaigns:{campaign}"


def _one(value: Value) -> str:
    return value if isinstance(value, str) else ""
