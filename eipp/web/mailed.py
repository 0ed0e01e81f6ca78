"""The mailed link: one invoice to look at and to save; whatever moves money or an approval asks for a sign-in.

A visit uses nothing up. It counts as opened only when a browser says that a page was asked for (Sec-Fetch-Dest), which
the scanners of mail servers do not.
"""

from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import View

from eipp.kernel import clock
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from eipp.web.brand import DEFAULT_BRAND
from eipp.web.frame import Frame
from eipp.web.framing import contact_of
from eipp.web.paper import Fact
from eipp.web.papers import paper_of
from eipp.web.pieces import Attachment, Meaning
from eipp.web.tags.values import day_text
from messaging import link
from messaging.invoice_mail import names, papers
from messaging.letter import house_of
from messaging.link import Found


@method_decorator(login_not_required, name="dispatch")
class MailedInvoice(View):
    """Unknown is 404; expired and revoked say so (410), and may mail a fresh link to the same address alone."""

    found: Found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if refused := ratelimit.consume_or_429(request, action="mailed_link", limit_get=True):
            return _quiet(refused)
        found = link.find_link(kwargs["token"])
        if found is None:
            raise Http404
        self.found = found
        return _quiet(super().dispatch(request, *args, **kwargs))

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        if self.found.closed:
            return self._closed()
        if request.method == "GET" and request.headers.get("Sec-Fetch-Dest") == "document":
            link.note_opened(self.found.delivery)
        invoice = self.found.delivery.invoice
        headline, meaning = _headline(invoice)
        shown = {
            "invoice": invoice, "paper": paper_of(invoice), "files": _files(token, self.found), "headline": headline,
            "meaning": meaning, "facts": _facts(invoice), "frame": _frame(self.found),
            "sign_in": reverse("portal:invoice", args=[invoice.pk]), "email": self.found.delivery.email,
        }  # fmt: skip
        return render(request, "web/mailed.html", shown)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Mail a fresh link to where the old one went."""
        if not self.found.closed:
            return self.get(request, token)
        try:
            link.renew(self.found)
        except Refusal as refusal:
            return self._closed(status=refusal.status, refusal=refusal)
        return self._closed(status=200, renewed=True)

    def _closed(self, *, status: int = 410, **more: Any) -> HttpResponse:
        shown = {
            "why": self.found.closed, "email": _veiled(self.found.delivery.email), "frame": _frame(self.found),
            "may_be_renewed": link.may_be_renewed(self.found), "supplier": self.found.delivery.supplier, **more,
        }  # fmt: skip
        return render(self.request, "web/mailed_closed.html", shown, status=status)


@method_decorator(login_not_required, name="dispatch")
class MailedPaper(View):
    """The paper (`pdf`) or the e-invoice (`xml`) of the link's invoice, to be saved."""

    def get(self, request: HttpRequest, token: str, kind: str) -> HttpResponse:
        if refused := ratelimit.consume_or_429(request, action="mailed_link", limit_get=True):
            return _quiet(refused)
        found = link.find_link(token)
        chosen = [each for each in papers(found.delivery) if _kind(each.kind) == kind] if found else []
        if not chosen or found is None or found.closed:
            raise Http404
        response = HttpResponse(chosen[0].content, content_type=chosen[0].kind)
        response.headers["Content-Disposition"] = f"attachment; filename=invoice.{kind}"
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return _quiet(response)


def _quiet(response: Any) -> Any:
    """The address is a secret: it goes to nobody else, into no search engine and into no cache."""
    response.headers["Referrer-Policy"] = "same-origin" if response.status_code >= 400 else "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _files(token: str, found: Found) -> list[Attachment]:
    of_kind = names(found.delivery).items()
    return [Attachment(name, reverse("web:mailed-paper", args=[token, kind])) for kind, name in of_kind]


def _kind(content_type: str) -> str:
    return "pdf" if content_type.endswith("pdf") else "xml"


def _headline(invoice: Invoice) -> tuple[str, Meaning]:
    if invoice.withdrawn_at:
        return _("Withdrawn: nothing is to be paid"), "quiet"
    if not invoice.open_minor:
        return _("Nothing is open"), "good"
    due = day_text(invoice.due_date)
    if invoice.is_past_due(clock.today(invoice.supplier.time_zone)):
        return _("Was due on %(day)s") % {"day": due}, "bad"
    return _("Due on %(day)s") % {"day": due}, "waiting"


def _facts(invoice: Invoice) -> list[Fact]:
    facts = [
        Fact(_("Total"), invoice.payable), Fact(_("Paid"), invoice.paid), Fact(_("Credited"), invoice.credited),
        Fact(_("In dispute"), invoice.disputed), Fact(_("On the way"), invoice.pending),
    ]  # fmt: skip
    return [fact for fact in facts if fact.value]


def _frame(found: Found) -> Frame:
    supplier = found.delivery.supplier
    return Frame(
        title=house_of(supplier), organisation="", person="", brand=supplier.brand_colour or DEFAULT_BRAND,
        help=contact_of(supplier),
    )  # fmt: skip


def _veiled(email: str) -> str:
    """Enough of the address for its owner to know it: `a…@brightwater.example`."""
    name, _at, domain = email.rpartition("@")
    return f"{name[:1]}…@{domain}"
