"""Where a bug was, without what it was about: an error's own words may hold what people wrote."""

import traceback

_FRAMES = 6


def where(error: BaseException) -> list[str]:
    """The innermost frames of an error, as `file:line function`."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
