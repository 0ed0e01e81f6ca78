"""Runs one of the processes alone, in place of this one: `python -m eipp.up.one web`, as containers and units do."""

import os
import sys
from collections.abc import Callable

from django.core.exceptions import ImproperlyConfigured

from eipp.up import commands

PROCESSES: dict[str, Callable[[], list[str]]] = {
    "prepare": commands.prepare,
    "web": commands.web,
    "worker": commands.worker_alone,
    "beat": commands.beat,
}


def main(words: list[str]) -> int:
    """Becomes that process; comes back only when it cannot."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eipp.settings")
    if len(words) != 1 or words[0] not in PROCESSES:
        print(f"Which one? {', '.join(PROCESSES)}", file=sys.stderr)
        return 2
    try:
        command = PROCESSES[words[0]]()
    except ImproperlyConfigured as fault:
        print(fault, file=sys.stderr)
        return 1
    os.execv(command[0], command)  # noqa: S606 (the command is ours; there is no shell)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
