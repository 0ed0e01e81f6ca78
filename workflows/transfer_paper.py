"""How to send a bank transfer, as PDF/A: account, amount, reference, and the square that a banking app reads."""

from django.utils.translation import gettext as _

from documents import pdf as typeset
from documents.paper import Column, HowToPay, Paper, Row, Section, Sum
from documents.payment_code import epc
from documents.swiss_code import swiss
from documents.swiss_slip import slip
from documents.written import amount_text, day_text
from eipp.accounts.models import CustomerAccount
from eipp.kernel import clock
from eipp.kernel.refusal import Refusal
from eipp.ledger.letterhead import language_of, letterhead, sides
from workflows.payee import accounts_for
from workflows.payment import ON_THE_WAY, Payment


def pdf(payment: Payment) -> bytes:
    """Raises Refusal (404, `no_transfer`) where no transfer is waited for."""
    if not is_waited_for(payment):
        raise Refusal("no_transfer", f"No bank transfer is waited for with payment {payment.number}.", status=404)
    with language_of(payment.supplier):
        return typeset.of(_paper(payment))


def name(payment: Payment) -> str:
    """The file's name."""
    return f"Transfer {payment.number}.pdf"


def is_waited_for(payment: Payment) -> bool:
    """Whether a transfer is still to come, and there is an account for it."""
    return (
        payment.method == "bank_transfer" and payment.state in ON_THE_WAY
        and bool(accounts_for(payment.legal_entity, payment.currency))
    )  # fmt: skip


def code(payment: Payment) -> str | None:
    """The square as SVG: the Swiss QR-bill's for an account there, else SEPA's; None where neither fits."""
    account, payee = accounts_for(payment.legal_entity, payment.currency)[0], payment.legal_entity
    holder, iban = account.get("holder") or payee.name, account.get("iban", "")
    address = {"country": payee.country, **payee.address}
    found = swiss(name=holder, address=address, iban=iban, amount=payment.amount, reference=payment.reference)
    return found or epc(
        name=holder, iban=iban, bic=account.get("bic", ""), amount=payment.amount, text=payment.reference
    )


def _paper(payment: Payment) -> Paper:
    payee, shares = payment.legal_entity, list(payment.shares.select_related("invoice__account"))
    account = accounts_for(payee, payment.currency)[0]
    kept = list(payment.on_account.select_related("account"))
    payer: CustomerAccount = shares[0].invoice.account if shares else kept[0].account
    rows = [
        Row((share.invoice.number, day_text(share.invoice.due_date), amount_text(share.amount))) for share in shares
    ]
    rows += [Row((_("On account"), "", amount_text(one.amount))) for one in kept]
    columns = (Column(_("Invoice"), wide=True), Column(_("Due")), Column(payment.currency, end=True))
    expiry = clock.today(payment.supplier.time_zone, at=payment.expires_at) if payment.expires_at else None
    facts = [
        (_("To"), account.get("holder") or payee.name), (_("Account"), _grouped(account.get("iban", ""))),
        (_("Bank"), account.get("bic", "")), (_("Amount"), f"{amount_text(payment.amount)} {payment.currency}"),
        (_("Reference"), payment.printed_reference),
    ]  # fmt: skip
    bill = slip(
        name=facts[0][1], address={"country": payee.country, **payee.address}, iban=account.get("iban", ""),
        amount=payment.amount, reference=payment.reference, lang=(payment.supplier.language or "en")[:2],
        payer=payer.name, payer_address=payer.address,
    )  # fmt: skip
    how = HowToPay(_("Send it from your bank"), [fact for fact in facts if fact[1]], None if bill else code(payment))
    note = _("The reference tells us what the money is for: nothing else is needed.")
    return Paper(
        kind=_("Bank transfer"), number=payment.number, issuer=payee.name,
        date=clock.today(payment.supplier.time_zone, at=payment.submitted_at), parties=sides(payee, payer),
        facts=[(_("We wait for it until"), day_text(expiry))] if expiry else [],
        sections=[Section(columns, rows, sums=[Sum(_("To send"), amount_text(payment.amount), True)])],
        payment=how, slip=bill, notes=[note], **letterhead(payment.supplier, payee),
    )  # fmt: skip


def _grouped(number: str) -> str:
    plain = "".join(number.split())
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4)) if plain[:2].isalpha() else number
