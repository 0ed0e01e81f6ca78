"""Where this installation keeps its data and under which address people reach it."""

import contextlib
import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from eipp.settings import environment

HOME = Path(__file__).resolve().parent.parent.parent
DATA = environment.folder("EIPP_DATA", HOME / "var")
PORT = environment.number("EIPP_PORT", 8000, lowest=1, highest=65535)
BIND = environment.text("EIPP_BIND", "127.0.0.1")
#: Proxies whose word about address and protocol of the browser is taken.
PROXIES = environment.listed("EIPP_PROXIES", [])
BASE_URL = environment.url("EIPP_BASE_URL", f"http://127.0.0.1:{PORT}", schemes=("http", "https")).rstrip("/")
DEBUG = environment.flag("EIPP_DEBUG", default=False)
#: The example companies, their sign-in buttons and their sandbox; `eipp.up` switches it on for an embedded start.
EXAMPLE_WORLD = environment.flag("EIPP_EXAMPLE_WORLD", default=False)

#: By how much the example world's clock is ahead; read only where there is one.
CLOCK_AHEAD = "eipp.demo.day.ahead"

_address = urlsplit(BASE_URL)
HTTPS = _address.scheme == "https"
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = environment.listed("EIPP_HOSTS", [_address.hostname or "", *LOCAL_HOSTS])
CSRF_TRUSTED_ORIGINS = [f"{_address.scheme}://{_address.netloc}"]

#: The longest path the system takes for a unix socket is 108 bytes with its closing zero.
SOCKET_PATH_LIMIT = 100


def kept_secret() -> str:
    """The signing key of an installation that was given none: drawn once, kept for this user alone."""
    path = DATA / "secret"
    if not path.exists():
        # Written elsewhere and linked, so that of two processes starting at once neither reads half a key.
        with tempfile.NamedTemporaryFile("w", dir=DATA) as draft:
            draft.write(secrets.token_urlsafe(48))
            draft.flush()
            with contextlib.suppress(FileExistsError):
                os.link(draft.name, path)
    return path.read_text()


def broker_socket() -> Path:
    """Where the embedded broker listens: in the data folder, or in a short private folder if that path is too long."""
    path = DATA / "valkey.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        return path
    mark = hashlib.sha256(os.fsencode(DATA)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"eipp-{os.getuid()}-{mark}" / "valkey.sock"


SECRET_KEY = environment.secret("EIPP_SECRET_KEY") or kept_secret()
