"""What a benchmark hands back."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """One figure, the bar it is held against, both in words, and whether it holds."""

    figure: str
    bar: str
    holds: bool
