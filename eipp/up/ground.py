"""What must be free before anything starts: the port, and the data folder."""

import fcntl
import os
import socket
from pathlib import Path
from typing import TextIO


class Taken(Exception):
    """Somebody else holds it; the sentence says what to do."""


def check_port(host: str, port: int) -> None:
    """Raises Taken when somebody listens on the port already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Taken(
                f"Port {port} of {host} cannot be used ({error.strerror}). Stop what uses it, or set EIPP_PORT."
            ) from None


def hold(data: Path) -> TextIO:
    """Keep the data folder for this start alone, as long as the returned file is open. Raises Taken."""
    file = (data / "up.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Taken(f"Another start already runs on {data}. Stop it, or set EIPP_DATA to another folder.") from None
    return file


def private_folder(folder: Path) -> None:
    """Make a folder that is this user's alone. Raises Taken when somebody else made it first."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.getuid():
        raise Taken(f"{folder} belongs to somebody else. Set EIPP_DATA to a folder with a shorter path.")
