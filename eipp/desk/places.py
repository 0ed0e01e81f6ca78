"""The desk's rail: where the supplier's people can go, and what waits there."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.desk.worklist import counts
from eipp.web.frame import Place


def places(request: Any) -> tuple[Place, ...]:
    """One counting query; the current place is the one whose address the page's begins with."""
    waiting = waiting_for(request)
    rail = (
        ("home", _("Worklist"), "worklist", waiting["all"]),
        ("invoices", _("Invoices"), "invoice", 0),
        ("disputes", _("Disputes"), "dispute", waiting["disputes"]),
        ("customers", _("Customers"), "customers", 0),
        ("payments", _("Payments"), "payment", waiting["payments"] + waiting["cash"]),
        ("quarantine", _("Held back"), "lock", waiting["quarantine"]),
        ("reports", _("Reports"), "report", 0),
    )
    return tuple(_place(request.path, name, word, icon, count) for name, word, icon, count in rail)


def waiting_for(request: Any) -> dict[str, int]:
    """How many wait, by chip of the worklist: counted once for a request, by one query."""
    if not hasattr(request, "waiting"):
        request.waiting = counts(request.actor)
    found: dict[str, int] = request.waiting
    return found


def _place(path: str, name: str, word: str, icon: str, count: int) -> Place:
    url = reverse(f"desk:{name}")
    current = path == url or (name != "home" and path.startswith(url))
    return Place(word, url, icon, current, count)
