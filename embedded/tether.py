"""Become another program that ends when the process that started it ends.

Run as a script by `embedded.process`, so it imports the standard library only:

    python tether.py PARENT SIGNAL UID GID PROGRAM [ARGUMENT...]

On Linux the kernel sends SIGNAL when the parent's *thread* that started this process ends, so
servers are started from a thread that lives as long as they should. Elsewhere this only changes
the user and becomes the program; the pid file finds what a killed parent left behind.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
KEEP_USER = -1


def follow_parent(parent: int, signal_number: int) -> None:
    """Ask the kernel for the signal; end at once if the parent has ended already."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if parent != os.getppid():
            sys.exit(f"the parent {parent} is gone")


def change_user(uid: int, gid: int) -> None:
    """Drop root's rights for good; must come before `follow_parent`, which it would undo."""
    if uid != KEEP_USER:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        os.environ["HOME"] = "/"


def main(arguments: list[str]) -> None:
    """Change the user, follow the parent, become the program."""
    parent, signal_number, uid, gid = (int(text) for text in arguments[:4])
    command = arguments[4:]
    change_user(uid, gid)
    if signal_number:
        follow_parent(parent, signal_number)
    os.execv(command[0], command)  # noqa: S606 - our own list, no shell


if __name__ == "__main__":
    main(sys.argv[1:])
