"""The example world's jobs."""

from eipp.demo import beginning
from eipp.kernel.jobs import job


@job(every=5)
def begin_anew() -> None:
    """Begin anew where somebody has asked for it; without an example world, nothing."""
    beginning.begin_anew()
