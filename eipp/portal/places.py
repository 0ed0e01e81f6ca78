"""The portal's rail: where a buyer can go, and what waits there."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.web.frame import Place
from workflows.approval import ApprovalRun
from workflows.dispute import WITH_BUYER, Dispute


def places(request: Any) -> tuple[Place, ...]:
    """Two counting queries; the current place is the one whose address the page's begins with."""
    actor = request.actor
    counts = {
        "approvals": ApprovalRun.objects.visible_to(actor).filter(state="waiting").count(),
        "disputes": Dispute.objects.visible_to(actor).filter(state__in=WITH_BUYER).count(),
    }
    rail = (
        ("home", _("Home"), "home"),
        ("invoices", _("Invoices"), "invoice"),
        ("approvals", _("Approvals"), "approve"),
        ("disputes", _("Disputes"), "dispute"),
        ("payments", _("Payments"), "payment"),
        ("reports", _("Reports"), "report"),
    )
    return tuple(_place(request.path, name, word, icon, counts.get(name, 0)) for name, word, icon in rail)


def _place(path: str, name: str, word: str, icon: str, count: int) -> Place:
    url = reverse(f"portal:{name}")
    return Place(word, url, icon, path == url or (url != "/" and path.startswith(url)), count)
