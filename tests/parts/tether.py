"""Run a program that ends when its owner does: `tether.py OWNER SIGNAL USER COMMAND...`.

It ends even if the owner was killed. It is a program of its own, since what follows a fork must not run
in a process that has threads.
"""

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1


def main(owner: int, signal: int, user: str, command: list[str]) -> None:
    """Become the user, if one is named; tie this process to its owner; become the program."""
    if user:
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    if sys.platform == "linux":
        # After the change of user, which would undo it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal)
    if os.getppid() == owner:
        os.execvp(command[0], command)


main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
