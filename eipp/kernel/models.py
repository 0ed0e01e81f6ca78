"""The kernel's rows."""

from eipp.kernel.bookmark import Bookmark
from eipp.kernel.events import Event, EventSubject
from eipp.kernel.lease import Lease
from eipp.kernel.numbering import NumberRange
from eipp.kernel.relays import RelayFailure
from eipp.kernel.seal import Seal

__all__ = ["Bookmark", "Event", "EventSubject", "Lease", "NumberRange", "RelayFailure", "Seal"]
