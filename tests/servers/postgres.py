"""A throw-away PostgreSQL. `python -m tests.servers.postgres COMMAND...` runs a command on one (EIPP_DATABASE_URL)."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eipp.up.children import die_with_parent
from tests.servers.ports import free_port, wait_for_port

#: Durability is what benchmarks measure and what tests can do without.
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """Yields the address of an empty database; the server is gone with all it held afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    owner = _owner(folder)
    data, port, programs = folder / "data", free_port(), _programs()
    initialise = [str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8"]
    subprocess.run([*initialise, "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd=folder, **owner)
    serve = [str(programs / "postgres"), "-D", str(data), "-k", str(folder), "-p", str(port)]
    serve += ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", "shared_buffers=256MB"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            serve + ([] if durable else FAST), stdout=log, stderr=log, cwd=folder, preexec_fn=die_with_parent(), **owner
        )
    try:
        wait_for_port(port)
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _owner(folder: Path) -> dict[str, Any]:
    """PostgreSQL will not run as root: then Debian's user for it does."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "postgres", "postgres")
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    program = str(found[-1]) if found else shutil.which("initdb")
    if not program:
        raise FileNotFoundError("PostgreSQL's server is not installed (on Debian: apt-get install postgresql).")
    return Path(program).parent


def main() -> int:
    """Run the command that was given, on a server of its own."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server goes, and its folder
    durable = sys.argv[1:2] == ["--durable"]
    with postgres(durable=durable) as address:
        command = sys.argv[2:] if durable else sys.argv[1:]
        return subprocess.run(command, env={**os.environ, "EIPP_DATABASE_URL": address}).returncode


if __name__ == "__main__":
    sys.exit(main())
