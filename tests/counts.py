"""How often a claim is tried: a seeded tenth in every run, the full count in `make prove`."""

import os

PROVE = os.environ.get("EIPP_PROVE") == "1"


def rounds(full: int) -> int:
    """The number of rounds of a claim whose proof takes `full` of them."""
    return full if PROVE else max(1, full // 10)
