"""Late fees in words, for both faces: a rule as one sentence, how a fee stands, and which belong to an invoice."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.written import number_text
from eipp.kernel.actor import Actor
from eipp.ledger.models import FinanceCharge, FinanceChargeRule, Invoice
from eipp.web.destinations import face_of
from eipp.web.pieces import Meaning
from eipp.web.situation import Related
from eipp.web.tags.values import day_text, money_text


def state_of(charge: FinanceCharge) -> tuple[str, Meaning]:
    """Its word and what it means."""
    document = charge.document
    if document.open_minor:
        return (_("Part waived") if charge.waived_minor else _("Open")), "waiting"
    return (_("Waived"), "quiet") if charge.waived_minor == charge.amount_minor else (_("Paid"), "good")


def related_charges(invoice: Invoice, actor: Actor) -> tuple[Related, ...]:
    """Of an invoice its late fees, with the reason of each; of a late fee the invoice that it is for. One query."""
    face = face_of(actor)
    rows = FinanceCharge.objects.visible_to(actor).select_related("document", "invoice", "rule")
    if invoice.is_finance_charge:
        return tuple(
            Related(_("For invoice %(number)s") % {"number": row.invoice.number}, *state_of(row), amount=row.amount,
                    url=reverse(f"{face}:invoice", args=[row.invoice_id]), beside=_beside(row))
            for row in rows.filter(document=invoice)
        )  # fmt: skip
    return tuple(
        Related(row.document.number, *state_of(row), amount=row.amount,
                url=reverse(f"{face}:invoice", args=[row.document_id]), beside=_beside(row))
        for row in rows.filter(invoice=invoice).order_by("-charged_for", "-pk")[:24]
    )  # fmt: skip


def rule_words(rule: FinanceChargeRule) -> str:
    """The whole rule in one or two sentences."""
    if rule.kind == FinanceChargeRule.Kind.NONE:
        return _("no late fee.")
    if rule.kind == FinanceChargeRule.Kind.WIDER:
        return _("the rule for everybody.")
    said = [_("%(what)s, from %(days)s after the due date.") % {"what": _what(rule), "days": _days(rule.grace_days)}]
    if rule.minimum:
        said.append(_("At least %(amount)s each.") % {"amount": money_text(rule.minimum)})
    if rule.cap:
        said.append(_("At most %(amount)s for an invoice.") % {"amount": money_text(rule.cap)})
    if rule.compounding:
        said.append(_("Open late fees count as past due."))
    if not rule.waits_for_disputes:
        said.append(_("Disputes do not stop it."))
    return " ".join(said)


def _what(rule: FinanceChargeRule) -> str:
    facts: dict[str, Any] = {
        "percent": f"{number_text(rule.percent or 0)}%", "amount": money_text(rule.fixed) if rule.fixed else "",
        "period": _days(rule.every_days) if rule.every_days else _("month"),
    }  # fmt: skip
    if rule.kind == FinanceChargeRule.Kind.PERCENT_OF_YEAR:
        return _("%(percent)s a year, charged every %(period)s") % facts
    if rule.kind == FinanceChargeRule.Kind.PERCENT_OF_PERIOD:
        return _("%(percent)s of what is past due for every %(period)s") % facts
    return _("%(amount)s for every %(period)s") % facts


def _days(number: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", number) % {"count": number}


def _beside(charge: FinanceCharge) -> str:
    if charge.waiver_reason:
        return _("Waived: %(reason)s") % {"reason": charge.waiver_reason}
    span = {"begins": day_text(charge.begins_on), "ends": day_text(charge.ends_on), "base": money_text(charge.base)}
    return _("%(begins)s to %(ends)s on %(base)s past due") % span
