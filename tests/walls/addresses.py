"""Every address of the platform, read from the URLconf, and what kind of wall stands around it.

A new address belongs into exactly one of these tables; until it does, `test_walls.py` fails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

#: Open to everybody, and why that gives nothing away.
PUBLIC = {
    "web:healthz": "says that it lives",
    "web:readyz": "names the parts that do not answer, without their addresses",
    "web:metrics": "asks for a token or an address named in settings: nothing is there for anybody else",
    "web:theme": "keeps a cookie with the theme",
    "web:showcase": "made-up samples alone",
    "web:showcase-page": "made-up samples alone",
    "account_login": "the way in",
    "account_logout": "the way out",
    "account_reset_password": "the way in for whoever forgot",
    "account_reset_password_done": "the same words for everybody",
    "account_reset_password_from_key": "opened by a mailed single-use link",
    "account_reset_password_from_key_done": "the same words for everybody",
    "account_confirm_email": "opened by a mailed single-use link",
    "account_invitation": "opened by a mailed single-use link",
    "account_first_sign_in": "keeps what was typed, and shows nothing",
    "account_first_sign_in_asked": "the same words for everybody",
    "account_remind_username": "the way in for whoever forgot",
    "account_username_reminded": "the same words for everybody",
    "account_help": "how to reach the suppliers' humans",
    "mfa_authenticate": "in the middle of a sign-in; without one, back to its beginning",
    "mfa_login_webauthn": "the way in by a passkey",
    "web:mailed": "opened by a mailed link, personal and expiring",
    "web:mailed-paper": "opened by a mailed link, personal and expiring",
    "web:genuine-ask": "asks for a code, and shows nothing",
    "web:genuine": "says of a printed code whether it is genuine, and no figure",
    "web:unsubscribe": "a signed link that only makes mails fewer",
    "web:mail-report": "takes a mail server's word with its key, and shows nothing",
    "files:receive": "takes bytes for a signed ticket, and shows nothing",
    "api:callback": "takes a provider's signed word, and shows nothing",
    "api:account-callback": "takes a provider's signed word, and shows nothing",
    "api:openapi": "the description of the API",
    "api:explorer": "the description of the API",
    "api:^(?P<path>.*)$": "says that nothing is there",
    "demo:enter": "the way into the example world",
    "demo:checkout": "the provider's page, opened by its signed address",
    "demo:setup": "the provider's page, opened by its signed address",
}
#: About the person alone who is signed in.
PERSONAL = {
    "demo:tomorrow", "demo:start-over",
    "account_profile", "account_username", "account_email", "account_change_password", "account_sessions",
    "account_passkey", "account_reauthenticate", "mfa_index", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_add_webauthn",
    "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    "web:notifications", "web:preferences",
}  # fmt: skip
#: About all that one's own organisation has: the same address, other rows for each.
OWN = {
    "api:promises", "api:announced-payments", "api:autopays",
    "portal:announced-payments", "portal:new-announced-payment", "portal:promises", "portal:new-promise",
    "portal:autopays", "portal:new-autopay", "desk:announced-payments", "desk:promises", "desk:new-promise",
    "desk:autopays",
    "portal:plans", "desk:plans", "portal:new-plan", "api:plans", "api:offers", "api:early-payment-terms",
    "portal:offers", "portal:new-offer", "desk:offers", "desk:early-payment",
    "portal:refunds", "desk:refunds", "api:refunds", "api:refund-file", "desk:returns", "api:chargebacks",
    "portal:remittances", "portal:new-remittance", "desk:remittances", "portal:claims", "portal:new-claim",
    "portal:claim-template", "desk:claims", "api:files", "api:remittances", "api:claims", "api:claim-check",
    "portal:addresses", "portal:receipts", "portal:methods",
    "portal:report-discounts", "portal:report-discounts-rows", "desk:report-discounts", "desk:report-discounts-rows",
    "portal:reports", "portal:report-ageing", "portal:report-ageing-rows", "portal:report-disputes",
    "portal:report-disputes-rows", "portal:report-spend", "portal:report-spend-rows",
    "desk:reports", "desk:report-ageing", "desk:report-ageing-rows", "desk:report-collections",
    "desk:report-collections-rows", "desk:report-disputes", "desk:report-disputes-rows",
    "desk:report-settlement", "desk:report-settlement-rows", "desk:report-nightly_check",
    "desk:report-nightly_check-rows",
    "portal:home", "portal:invoices", "portal:approvals", "portal:disputes", "portal:payments", "portal:pay",
    "portal:paste-payment", "portal:bank-details", "desk:bank-details", "desk:method-prices",
    "portal:statements", "api:statements",
    "desk:gateways", "desk:gateway-messages",
    "desk:terms", "api:periods", "desk:late-fees", "desk:late-fee-rules", "desk:dispute-rules", "api:finance-charges",
    "portal:webhooks", "desk:webhooks", "api:webhooks", "api:bookings", "desk:bookings",
    "portal:team", "portal:keys", "portal:approval-rules", "desk:team", "desk:keys",
    "desk:credit-requests", "desk:authority-requests", "desk:authority",
    "desk:home", "desk:invoices", "desk:disputes", "desk:customers", "desk:payments", "desk:quarantine",
    "desk:cash", "desk:bank-statements", "demo:bank-statement",
    "web:search", "files:begin",
    "api:summary", "api:accounts", "api:invoices", "api:intakes", "api:credit-notes", "api:events", "api:threads",
    "api:invoices-bulk", "api:accounts-bulk", "api:cash-receipts", "api:bank-statements",
    "api:disputes", "api:deductions", "api:approvals", "api:payments", "api:payment-price", "api:saved-methods",
    "api:credit-requests", "api:legal-entities", "api:authority-requests",
}  # fmt: skip
#: About one row: its kind in the scene.
ROW = {
    "api:promise": "promise", "api:promise-withdraw": "promise", "api:announced-payment": "announced_payment",
    "api:announced-payment-withdraw": "announced_payment", "api:announced-payment-file": "announced_payment",
    "api:autopay": "autopay", "api:autopay-end": "autopay", "api:payment-plan": "payment",
    "portal:announced-payment": "announced_payment", "desk:announced-payment": "announced_payment",
    "portal:promise": "promise", "desk:promise": "promise", "portal:autopay": "autopay", "desk:autopay": "autopay",
    "portal:refund": "refund", "desk:refund": "refund", "portal:refund-pdf": "refund", "desk:refund-pdf": "refund",
    "portal:plan": "plan", "desk:plan": "plan", "desk:new-plan": "account", "api:plan": "plan",
    "api:plan-agree": "plan",
    "portal:offer": "offer", "desk:offer": "offer", "desk:new-offer": "account",
    "api:offer": "offer", "api:offer-accept": "offer", "api:offer-counter": "offer", "api:offer-approve": "offer",
    "api:offer-reject": "offer", "api:offer-decline": "offer", "api:offer-withdraw": "offer",
    "api:early-payment": "legal_entity",
    "api:plan-decline": "plan", "api:plan-withdraw": "plan", "api:plan-change": "plan",
    "api:plan-means": "plan", "api:deduction": "deduction", "api:deduction-resolve": "deduction",
    "api:plan-accept-change": "plan",
    "api:plan-drop-change": "plan",
    "desk:chargeback": "chargeback", "api:chargeback": "chargeback", "api:chargeback-answer": "chargeback",
    "api:chargeback-lose": "chargeback",
    "api:finance-charge": "finance_charge", "api:finance-charge-waive": "finance_charge",
    "api:refund": "refund", "api:refund-sent": "payout", "api:refund-cancel": "payout", "api:refund-not-sent": "payout",
    "api:refund-pdf": "refund",
    "portal:remittance": "remittance", "desk:remittance": "remittance", "portal:claim": "claim", "desk:claim": "claim",
    "api:file": "remittance_file", "api:file-finish": "remittance_file", "api:file-content": "claim_file",
    "api:remittance": "remittance", "api:claim": "claim",
    "portal:amounts": "invoice", "desk:amounts": "invoice", "portal:invoice": "invoice",
    "portal:dispute-invoice": "invoice", "portal:dispute": "dispute",
    "portal:payment": "payment", "portal:method": "saved_method",
    "api:saved-method": "saved_method", "api:saved-method-default": "saved_method",
    "api:saved-method-remove": "saved_method",
    "portal:invoice-pdf": "invoice", "portal:credit-note-pdf": "credit_note",
    "portal:transfer-pdf": "transfer", "api:payment-transfer": "transfer",
    "portal:receipt": "paid", "desk:invoice-pdf": "invoice", "desk:credit-note-pdf": "credit_note",
    "api:invoice-pdf": "invoice", "api:credit-note-pdf": "credit_note", "api:payment-receipt": "paid",
    "desk:receipt": "paid", "desk:statement": "account",
    "portal:webhook": "buyer_webhook", "desk:webhook": "webhook", "api:webhook": "webhook",
    "api:webhook-rotate": "webhook", "api:webhook-test": "webhook", "api:webhook-remove": "webhook",
    "api:webhook-calls": "webhook", "api:webhook-repeat": "webhook",
    "portal:member": "member", "desk:member": "colleague", "desk:portal-access": "account",
    "desk:invoice": "invoice", "desk:dispute": "dispute", "desk:customer": "account", "desk:payment": "payment",
    "desk:address": "mail_address",
    "desk:document": "held", "desk:cash-receipt": "bank_receipt", "desk:bank-entry": "bank_entry",
    "desk:bank-statement": "bank_statement", "desk:credit-note": "credit_note", "portal:credit-note": "credit_note",
    "desk:credit-request": "credit_request", "desk:authority-request": "authority_request",
    "account_act_for": "organisation", "files:finish": "file", "files:download": "file",
    "api:account": "account", "api:account-summary": "account", "api:invoice": "invoice",
    "api:invoice-original": "invoice", "api:invoice-history": "invoice", "api:invoice-withdraw": "invoice",
    "api:intake": "held", "api:intake-original": "held", "api:intake-release": "held",
    "api:cash-receipt": "cash_receipt", "api:cash-receipt-reverse": "cash_receipt",
    "api:credit-note": "credit_note", "api:messages": "thread", "api:dispute": "dispute",
    "api:dispute-take": "dispute", "api:dispute-ask": "dispute", "api:dispute-answer": "dispute",
    "api:dispute-propose": "dispute", "api:dispute-accept": "dispute", "api:dispute-agree": "dispute",
    "api:dispute-decline": "dispute", "api:dispute-withdraw": "dispute", "api:dispute-escalate": "dispute",
    "api:dispute-write-off": "dispute",
    "api:approval": "approval", "api:approval-decide": "approval", "api:payment": "payment",
    "api:invoice-credit": "invoice", "api:invoice-write-off": "invoice", "api:invoice-write-off-reverse": "invoice",
    "api:invoice-debit": "invoice", "api:credit-note-apply": "credit_note", "api:credit-note-undo": "credit_note",
    "api:legal-entity": "legal_entity", "api:credit-request": "credit_request",
    "api:credit-request-cancel": "credit_request",
    "api:authority-request": "authority_request", "api:authority-request-withdraw": "authority_request",
    "api:bank-statement": "bank_statement", "api:bank-statement-entries": "bank_statement",
    "api:bank-statement-original": "bank_statement",
    "api:payment-cancel": "payment",
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """One pattern of the URLconf: its full name (or route), and the way there."""

    name: str
    route: str
    view: Any

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/")

    @property
    def kind(self) -> str:
        return ROW[self.name]

    def path(self, value: object = "") -> str:
        """The address with its argument filled in."""
        filled, count = re.subn(r"<[^>]+>", str(value), self.route)
        assert count == (1 if self.name in ROW else 0), f"{self.name} has more arguments than its row"
        return f"/{filled}"

    @property
    def moves(self) -> list[str]:
        """What a page's form can ask for; one nameless thing elsewhere."""
        return list(getattr(getattr(self.view, "view_class", None), "makes", ())) or [""]


def addresses() -> list[Address]:
    """All of them, in the order of the URLconf."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def rows() -> list[Address]:
    return [address for address in addresses() if address.name in ROW]


def _walk(patterns: list[Any], namespace: str, route: str) -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inside, here)
        else:
            assert isinstance(pattern, URLPattern)
            yield Address(namespace + (pattern.name or str(pattern.pattern)), here, pattern.callback)
