"""Terms and periods: how early-payment discounts are earned, and up to which month the books are closed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.accounts.models import Payee
from eipp.accounts.payee import add_payee, end_payee, verify_payee
from eipp.accounts.person import names_of
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.models import ClosedPeriod, DiscountRule
from eipp.web.tags.values import day_text
from eipp.web.team import TeamView, tabs

COUNTS: dict[str, Any] = {
    "sent": words("it was sent by the last day"), "arrived": words("it arrived by the last day"),
}  # fmt: skip
ZONES: dict[str, Any] = {"supplier": words("our own calendar"), "buyer": words("the buyer's calendar")}


class TermsPage(TeamView):
    """Seen by all of the supplier's people; AR managers and administrators change it."""

    side, face = "supplier", "desk"
    template = "desk/terms.html"
    makes: ClassVar[Mapping[str, str]] = {
        "close": "close", "discounts": "discounts", "add_payee": "add_payee", "verify_payee": "verify_payee",
        "end_payee": "end_payee",
    }  # fmt: skip

    def add_payee(self) -> str:
        payee = add_payee(
            self.request.actor, self.organisation, name=self.typed("name"), iban=self.typed("iban"),
            bic=self.typed("bic"),
        )  # fmt: skip
        return _("%(name)s waits for a colleague who verifies the account.") % {"name": payee.name}

    def verify_payee(self) -> str:
        payee = verify_payee(self.request.actor, self._payee())
        return _("The account of %(name)s is verified.") % {"name": payee.name}

    def end_payee(self) -> str:
        payee = self._payee()
        end_payee(self.request.actor, payee)
        return _("The account of %(name)s is removed.") % {"name": payee.name}

    def _payee(self) -> Payee:
        try:
            key = UUID(self.typed("payee"))
        except ValueError:
            raise Http404 from None
        found: Payee = self.found(Payee.objects.visible_to(self.request.actor), key)
        return found

    def close(self) -> str:
        try:
            through = date.fromisoformat(self.typed("through"))
        except ValueError:
            raise Refusal("invalid_date", _("Choose the month to close."), status=422, field="through") from None
        posting.close_period(self.request.actor, self.organisation, through)
        return _("The books are closed up to %(day)s.") % {"day": day_text(through)}

    def discounts(self) -> str:
        posting.set_discount_rule(
            self.request.actor, self.organisation, counts=self.typed("counts"), zone=self.typed("zone"),
            in_part=bool(self.typed("in_part")), waits_for_disputes=bool(self.typed("waits")),
        )  # fmt: skip
        return _("This holds for invoices that are posted from now on.")

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        periods = list(ClosedPeriod.objects.visible_to(actor).order_by("-through")[:24])
        names = names_of(row.closed_by for row in periods)
        rule = DiscountRule.objects.visible_to(actor).first() or DiscountRule()
        return {
            "tabs": tabs(self, "terms"), "organisation": self.organisation, "rule": rule,
            "counts": COUNTS.items(), "zones": ZONES.items(), "counts_word": COUNTS[rule.counts],
            "zone_word": ZONES[rule.zone],
            "periods": [(row, self._who(names, row)) for row in periods],
            "months": self._months() if actor.may("period.close") and not actor.is_limited else [],
            "payees": Payee.objects.visible_to(actor).filter(ended_at=None).order_by("name", "added_at"),
            "me": actor.id, "may_set": actor.may("account.administer") and not actor.is_limited,
        }  # fmt: skip

    def _who(self, names: dict[UUID, str], row: ClosedPeriod) -> str:
        return names.get(row.closed_by, _("a program")) if row.closed_by else _("a program")

    def _months(self) -> list[date]:
        """The last days of the months that can be closed now, the latest first; at most a year of them."""
        last = self.today.replace(day=1) - timedelta(days=1)
        found: list[date] = []
        closed = self.organisation.closed_through
        while len(found) < 12 and (closed is None or last > closed):
            found.append(last)
            last = last.replace(day=1) - timedelta(days=1)
        return found
