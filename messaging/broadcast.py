"""Broadcast: one message to every web process that these topics changed; ids only, and nothing is lost with it."""

import json
from collections.abc import Iterable

from eipp.kernel import broker

CHANNEL = "eipp:changed"
FOR_SUPPLIER = "#internal"  # stands behind the topics that only the supplier's sockets hear


def tell(topics: Iterable[str], *, recheck: bool = False) -> None:
    """Publish within 20 ms or not at all; recheck: somebody's rights changed, look at once at who still may listen."""
    changed = list(dict.fromkeys(topics))
    if changed or recheck:
        broker.publish(CHANNEL, json.dumps({"topics": changed, "recheck": recheck}))
