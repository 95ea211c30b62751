"""Polls: ask a question of any kind, vote with one press, trust the promise, hear the outcome.

model: the rules. store: tables and queries. service: handlers. cards: what people see.
"""

from random import Random, SystemRandom

from bot.core.feature import CommandHelp, Feature
from bot.core.people import Role
from bot.core.texts import later
from bot.polls.service import (
    asking,
    commands,
    downloads,
    drafts,
    drawing,
    editing,
    handing,
    home,
    life,
    managing,
    repeating,
    responding,
    results,
    spreading,
    suggesting,
    voting,
)
from bot.polls.service.secrecy import Secrecy


def feature(chance: Random | None = None) -> Feature:
    """Polls, declared. `chance` mixes what is written of secret votes."""
    secrecy = Secrecy(chance or SystemRandom())
    return Feature(
        name="polls",
        commands={
            "poll": CommandHelp(
                handler=commands.poll,
                about=later("Ask a question and let people vote"),
                hint=later('"Question?" "Option A" "Option B"'),
                example=later('/poll "Lunch on Friday?" "Pizza" "Sushi"'),
                button=later("Ask a poll"),
            )
        },
        clicks={
            "poll": asking.begin,
            "vote": voting.vote,
            "answer": voting.answer,
            "withdraw": voting.withdraw,
            "peek": results.peek,
            "group": results.group,
            "export": downloads.export,
            "picture": downloads.picture,
            "voters": voting.voters,
            "more": managing.more,
            "close": managing.close,
            "reopen": managing.reopen,
            "edit": editing.edit,
            "repeat": spreading.repeat,
            "elsewhere": spreading.elsewhere,
            "repost": spreading.repost,
            "add": suggesting.add,
            "approve": suggesting.approve,
            "decline": suggesting.decline,
            "take": handing.take,
            "inherit": handing.inherit,
            "question": drafts.question,
            "settings": drafts.settings,
            "revise": drafts.revise,
            "launch": drafts.launch,
            "discard": drafts.discard,
            "template": drafts.use,
            "skip": repeating.skip,
            "pause": repeating.pause,
            "resume": repeating.resume,
            "end": repeating.end,
            "rhythm": repeating.rhythm,
            "respond": responding.respond,
        },
        forms={
            "create": drafts.create,
            "question": drafts.question,
            "settings": drafts.settings,
            "answer": voting.answer,
            "edit": editing.edit,
            "elsewhere": spreading.elsewhere,
            "add": suggesting.add,
            "rhythm": repeating.rhythm,
            "respond": responding.respond,
        },
        together={"seal": secrecy.seal},
        drawings={
            "ballot": drawing.draw_ballot,
            "outcome": drawing.draw_outcome,
            "reminder": responding.draw_reminder,
            "owed": responding.draw_owed,
            "response": responding.draw_response,
            "suggestion": suggesting.draw_suggestion,
            "decision": suggesting.draw_decision,
            "lost": handing.draw_lost,
            "orphaned": handing.draw_orphaned,
        },
        files={"results": downloads.results, "picture": downloads.drawn},
        things={
            "ballot": later("a poll"),
            "outcome": later("the outcome of a poll"),
            "reminder": later("a reminder to vote"),
            "owed": later("a reminder to answer a poll"),
            "response": later("the answer to a poll"),
            "suggestion": later("a suggested option"),
            "decision": later("what became of a suggested option"),
            "lost": later("the news that a poll's message is gone"),
            "orphaned": later("polls whose author has left"),
        },
        events={"profile_changed": handing.left, "removed": handing.left},
        lost={"ballot": handing.lost},
        roles={"take": Role.COMMUNICATOR, "inherit": Role.COMMUNICATOR},
        ticks={"due": life.due},
        upcoming=life.next_due,
        home=home.home,
        waiting=home.waiting,
        data=home.data,
        forget=home.forget,
        united=home.united,
    )
