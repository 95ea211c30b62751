"""Where a bug was, without what it was about: an error's own words may hold what people wrote."""

import traceback

_FRAMES = 6
_ELSEWHERE = "site-packages"


def where(error: BaseException) -> list[str]:
    """The innermost frames of an error, as `file:line function`: ours, or a library's where none is ours."""
    frames = list(traceback.extract_tb(error.__traceback__))
    ours = [frame for frame in frames if _ELSEWHERE not in frame.filename]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in (ours or frames)[-_FRAMES:]]
