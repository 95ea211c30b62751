"""Time as one more way in: plans what is due, and sends what is planned.

clock: where now comes from. planner: due -> outbox. dispatcher: outbox -> platform, through delivery (before the call)
and outcomes (after it). leases: whose row it is. limits: what platforms allow. rules: may it go now. scenes: what it
looks like. ticks: when to look. notices: what happened. retention: what is forgotten.
"""

from scheduler.clock import MovableClock, SystemClock
from scheduler.notices import Happening, Hook, Notice
from scheduler.patience import Patience
from scheduler.scheduler import Scheduler

__all__ = ["Happening", "Hook", "MovableClock", "Notice", "Patience", "Scheduler", "SystemClock"]
