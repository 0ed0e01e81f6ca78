"""The parts that a company uses in production: PostgreSQL, Valkey, SeaweedFS, a mail server, a scanner's stand-in."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.servers.clamd import Clamd, clamd
from tests.servers.mail import MailSink, mail_sink
from tests.servers.postgres import postgres
from tests.servers.seaweedfs import SeaweedFS, seaweedfs
from tests.servers.valkey import valkey


@dataclass(frozen=True)
class Production:
    """The parts, and the EIPP_ variables that lead our processes to them."""

    database: str
    broker: str
    store: SeaweedFS
    mail: MailSink
    scanner: Clamd

    @property
    def environment(self) -> dict[str, str]:
        return {
            "EIPP_DATABASE_URL": self.database, "EIPP_REDIS_URL": self.broker, "EIPP_SMTP_URL": self.mail.url,
            "EIPP_CLAMAV_URL": self.scanner.url,
            **self.store.environment,
        }  # fmt: skip


@contextmanager
def production() -> Iterator[Production]:
    """Yields them once each is usable. PostgreSQL is that of EIPP_DATABASE_URL where it names one."""
    with ExitStack() as stack:
        store = stack.enter_context(seaweedfs())
        address = os.environ.get("EIPP_DATABASE_URL", "")
        if not address.startswith("postgres"):
            address = stack.enter_context(postgres())
        broker, mail = stack.enter_context(valkey()), stack.enter_context(mail_sink())
        yield Production(address, broker, store, mail, stack.enter_context(clamd()))


def main() -> None:
    """`python -m tests.servers.production` keeps them and prints the variables, to try the platform on them."""
    with production() as parts:
        for name, value in parts.environment.items():
            print(f"export {name}='{value}'", flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
