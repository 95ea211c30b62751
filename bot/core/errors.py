"""Errors, sorted by who must hear of them."""

from bot.core.rich import Text


class Refused(Exception):
    """The person who acted must hear this: a clear sentence, already in their language.

    Raised by a handler; the engine rolls the transaction back and whispers `sentence`, marked with `locale`, which it
    sets.
    """

    def __init__(self, sentence: str | Text) -> None:
        super().__init__("refused")
        self.sentence = sentence
        self.locale = "en"


class PlatformError(Exception):
    """The platform said no for good (channel gone, bot removed, account disabled): the dispatcher must hear it.

    `reason` is the platform's own error code, safe to store and to show to an admin.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RateLimited(PlatformError):
    """The platform asks for a pause of `retry_after` seconds, for one bucket or (empty) for the whole workspace."""

    def __init__(self, retry_after: float, bucket: str = "") -> None:
        super().__init__("rate_limited")
        self.retry_after = retry_after
        self.bucket = bucket


class Gone(PlatformError):
    """The message or the place that was to be changed is not there any more."""


class Unavailable(PlatformError):
    """The platform certainly did not take the message (refused connection, 5xx before acceptance): try later."""


class Unknown(PlatformError):
    """Nobody can tell whether the platform took the message (time-out, reset half way): ask, never resend blindly."""
