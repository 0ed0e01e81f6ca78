"""The parts that a company uses in production, for real: PostgreSQL, Valkey, SeaweedFS and a mail server."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

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

    @property
    def environment(self) -> dict[str, str]:
        return {
            "EIPP_DATABASE_URL": self.database, "EIPP_REDIS_URL": self.broker, "EIPP_SMTP_URL": self.mail.url,
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
        yield Production(address, stack.enter_context(valkey()), store, stack.enter_context(mail_sink()))


def main() -> None:
    """`python -m tests.servers.production` keeps them and prints the variables, to try the platform on them."""
    with production() as parts:
        for name, value in parts.environment.items():
            print(f"export {name}='{value}'", flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
