"""What each reason in the outbox means, in words that can follow a colon."""

from typing import Final

from bot.core.texts import later

REASONS: Final = {
    # Whoever it was for, or whoever asked for it.
    "daily_budget": later("enough messages for one day"),
    "declined": later("they would rather not"),
    "erased": later("everything kept about them was erased"),
    "forgotten": later("everything kept about them was erased"),
    "hushed": later("they do not want to hear of it"),
    "introduced": later("they have introduced themselves"),
    "left": later("they are not here any more"),
    "no_account_here": later("they have no account here"),
    "no_leader": later("they are no leader any more"),
    "opted_out": later("they asked to be left alone"),
    "person_inactive": later("they are not here any more"),
    "posted_already": later("they have posted already this week"),
    "profile_complete": later("the profile is complete now"),
    "quiet_hours": later("quiet hours"),
    "reminder_stopped": later("they do not want to be reminded any more"),
    "rhythm_changed": later("they changed their rhythm"),
    "rhythm_paused": later("their rhythm rests"),
    "rhythm_stopped": later("they ended their rhythm"),
    "role_taken": later("they do not hold that role any more"),
    "skipped": later("they asked for silence until next week"),
    # What it is about.
    "answered": later("the poll was answered already"),
    "campaign_over": later("the campaign was stopped, or is over"),
    "message_gone": later("the message to redraw is not there any more"),
    "nothing_to_tell": later("there was nothing to tell"),
    "place_forgotten": later("its channel is not known any more"),
    "poll_closed": later("the poll has closed"),
    "poll_deleted": later("the poll is gone"),
    "poll_reopened": later("the poll was opened again"),
    "posted_again": later("the poll was posted again already"),
    "praise_gone": later("the praise was taken back"),
    "redrawn_just_now": later("it was redrawn a moment ago"),
    "superseded": later("a newer redraw took its place"),
    "suggestion_decided": later("the option was decided on already"),
    "taken_over": later("somebody took the polls over already"),
    "too_late": later("it came up too late"),
    "voted": later("they have voted meanwhile"),
    # Whoever runs the house.
    "halted": later("its campaign was stopped"),
    "restored": later("it had fallen due before a back-up was restored"),
    "sent_again_by_hand": later("somebody decided to send it again"),
    "settled_by_hand": later("somebody decided that it arrived"),
    "workspace_removed": later("Drumbeat was removed from the workspace"),
    # Drumbeat itself.
    "bug": later("a fault in Drumbeat; the log says where"),
    "lease_ran_out": later("whoever was sending it vanished in the middle of the call"),
    "limit": later("its chat takes no more messages for a moment"),
    "timed_out": later("the chat did not answer in time"),
    "was_not_there": later("the chat was asked, and does not have it"),
    # What the chats answer, or do not.
    "account_inactive": later("the chat does not take the bot's token any more"),
    "bad_service_url": later("the address that the chat gave cannot be used"),
    "cannot_reply_to_message": later("the message to answer takes no answers"),
    "cant_update_message": later("the chat does not let Drumbeat change the message"),
    "channel_not_found": later("the chat does not know the channel, or Drumbeat is not in it"),
    "edit_window_closed": later("the chat lets nobody change the message any more"),
    "fatal_error": later("the chat had a fault of its own"),
    "internal_error": later("the chat had a fault of its own"),
    "invalid_auth": later("the chat does not take the bot's token any more"),
    "is_archived": later("the channel is archived"),
    "is_inactive": later("the channel is not in use any more"),
    "message_not_found": later("the message to redraw is not there any more"),
    "no_access_token": later("Microsoft gave no access token"),
    "no_answer": later("the connection broke before the chat answered"),
    "no_connection": later("the chat could not be reached"),
    "not_authed": later("the chat does not take the bot's token any more"),
    "not_in_channel": later("the chat does not know the channel, or Drumbeat is not in it"),
    "not_installed": later("Drumbeat is not installed in the workspace"),
    "not_started": later("the connection to the chat was not open yet"),
    "rate_limited": later("the chat asked for a pause"),
    "request_timeout": later("the chat had no time for it"),
    "restricted_action_non_threadable_channel": later("the message to answer takes no answers"),
    "restricted_action_thread_locked": later("the message to answer takes no answers"),
    "service_unavailable": later("the chat was away"),
    "team_added_to_org": later("the workspace was being moved"),
    "teams_cannot_be_asked": later("Teams cannot be asked what it has"),
    "teams_never_wrote": later("Teams has not told yet how to reach them"),
    "thread_not_found": later("the message to answer is not there any more"),
    "token_expired": later("the chat does not take the bot's token any more"),
    "token_revoked": later("the chat does not take the bot's token any more"),
    "too_much_history": later("too much was written since to look through all of it"),
    "unreachable": later("the chat could not be reached"),
    "user_disabled": later("they are not here any more"),
    "user_not_found": later("they have no account here"),
}
"""Other codes are a chat's own."""


def explained(reason: str) -> str:
    """A reason in English words; a chat's own code that nobody foresaw as it is."""
    return REASONS.get(reason) or f"the chat's own word for it is `{reason}`"
