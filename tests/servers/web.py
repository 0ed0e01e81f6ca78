"""Any ASGI application behind a real web server, with the flags of the real start."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from eipp.up.children import die_with_parent
from tests.servers.ports import free_port, wait_for_port

FLAGS = ["--lifespan", "off", "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]


@contextmanager
def served(application: str) -> Iterator[int]:
    """Serve `module:name` on the loopback; yields its port."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--host", "127.0.0.1", "--port", str(port), *FLAGS]
    process = subprocess.Popen(command, preexec_fn=die_with_parent())
    try:
        wait_for_port(port)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
