"""Every page there is, enumerated from the URLconf, each with an address of the example world and who looks at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.urls import URLPattern, URLResolver, get_resolver

from tests.servers.platform import Platform, dashed

NOWHERE = "0199d0a0-0000-7000-8000-000000000000"
#: What answers no page: moves, files, callbacks, data. The API's own walls are in tests/api.
NO_PAGES = {
    "mfa_download_recovery_codes", "mfa_login_webauthn", "mfa_authenticate",
    "theme", "account_act_for", "begin", "receive", "finish", "download", "enter", "openapi", "choose-theme",
    "healthz", "readyz", "metrics", "claim-template", "mail-report", "mailed-paper", "invoice-pdf",
    "credit-note-pdf", "refund-pdf", "transfer-pdf",
    "demo:tomorrow", "demo:start-over", "demo:bank-statement",
}  # fmt: skip
DESK, HOUSE = "clara", "anna"
#: What only administrators open.
KEEPERS = {"portal:addresses": "dora",
           "portal:team": "dora", "portal:member": "dora", "portal:keys": "dora", "portal:approval-rules": "dora",
           "portal:webhooks": "dora", "portal:webhook": "dora",
           "desk:team": "silke", "desk:member": "silke", "desk:keys": "silke",
           "desk:gateways": "silke", "desk:gateway-messages": "silke",
           "desk:bank-details": "silke", "desk:method-prices": "silke",
           "desk:webhooks": "silke", "desk:webhook": "silke",
           "desk:portal-access": "mona"}  # fmt: skip
#: Row by row: the route's name -> the question that finds a row to show. A list shows several states of the noun.
ROWS = {
    "portal:invoice": "SELECT i.id FROM ledger_invoice i JOIN workflows_dispute d ON d.invoice_id = i.id "
    "JOIN accounts_customeraccount a ON a.id = i.account_id WHERE a.number = '10001' ORDER BY i.id LIMIT 2",
    "portal:dispute": "SELECT d.id FROM workflows_dispute d JOIN accounts_customeraccount a ON a.id = d.account_id "
    "WHERE a.number = '10001' AND d.state IN ('asked', 'proposed', 'accepted', 'escalated') ORDER BY d.id DESC LIMIT 4",
    "portal:payment": "SELECT p.id FROM workflows_payment p JOIN accounts_organisation o ON o.id = p.buyer_id "
    "WHERE o.slug = 'brightwater' AND (p.state IN ('failed', 'returned', 'charged_back') OR p.state = 'pending' "
    "AND p.method <> 'card') ORDER BY p.id LIMIT 6",
    "portal:receipt": "SELECT p.id FROM workflows_payment p JOIN accounts_organisation o ON o.id = p.buyer_id "
    "WHERE o.slug = 'brightwater' AND p.state IN ('pending', 'charged_back') ORDER BY p.id LIMIT 1",
    "desk:customer": "SELECT id FROM accounts_customeraccount WHERE number IN ('10001', '10040') ORDER BY id",
    "portal:member": "SELECT m.id FROM accounts_membership m JOIN accounts_person p ON p.id = m.person_id "
    "JOIN accounts_organisation o ON o.id = m.organisation_id "
    "WHERE o.slug = 'brightwater' AND p.username IN ('anna', 'dora') ORDER BY p.username",
    "desk:member": "SELECT m.id FROM accounts_membership m JOIN accounts_person p ON p.id = m.person_id "
    "WHERE p.username = 'carl'",
    "desk:portal-access": "SELECT id FROM accounts_customeraccount WHERE number IN ('10001', '10040') ORDER BY id",
    "desk:address": "SELECT id FROM accounts_mailaddress ORDER BY id LIMIT 1",
    "desk:bank-statement": "SELECT id FROM workflows_bankstatement ORDER BY id",
    "desk:bank-entry": "SELECT id FROM workflows_bankentry WHERE outcome IN ('waiting', 'return') ORDER BY id LIMIT 4",
    "desk:cash-receipt": "SELECT r.id FROM ledger_cashreceipt r JOIN workflows_bankentry e ON e.receipt_id = r.id "
    "ORDER BY r.id LIMIT 3",
    "desk:document": "SELECT id FROM workflows_presentment WHERE state = 'quarantined' ORDER BY id LIMIT 2",
}
ROWS["portal:plan"] = ROWS["desk:plan"] = "SELECT id FROM workflows_plan ORDER BY id LIMIT 2"
ROWS["portal:offer"] = ROWS["desk:offer"] = "SELECT id FROM workflows_offer ORDER BY id LIMIT 4"
ROWS["desk:new-offer"] = ROWS["desk:new-plan"] = "SELECT id FROM accounts_customeraccount WHERE number = '10001'"
ROWS["desk:chargeback"] = "SELECT id FROM workflows_chargeback ORDER BY id LIMIT 2"
ROWS["desk:refund"] = "SELECT id FROM workflows_refund WHERE state <> 'requested' ORDER BY id LIMIT 2"
ROWS["portal:refund"] = ROWS["desk:refund"]
ROWS["portal:remittance"] = ROWS["desk:remittance"] = "SELECT id FROM workflows_remittanceadvice ORDER BY id LIMIT 2"
ROWS["portal:promise"] = ROWS["desk:promise"] = "SELECT id FROM workflows_promise ORDER BY id LIMIT 1"
ROWS["portal:announced-payment"] = ROWS["desk:announced-payment"] = (
    "SELECT id FROM workflows_announcedpayment ORDER BY id LIMIT 1"
)
ROWS["portal:autopay"] = ROWS["desk:autopay"] = "SELECT id FROM workflows_autopay ORDER BY id LIMIT 1"
ROWS["portal:claim"] = ROWS["desk:claim"] = "SELECT id FROM workflows_claim ORDER BY id LIMIT 1"
ROWS["portal:method"] = (
    "SELECT m.id FROM workflows_savedmethod m JOIN accounts_organisation o ON o.id = m.buyer_id "
    "WHERE o.slug = 'brightwater' ORDER BY m.id LIMIT 1"
)
ROWS["portal:credit-note"] = ROWS["desk:credit-note"] = (
    "SELECT n.id FROM ledger_creditnote n JOIN accounts_customeraccount a ON a.id = n.account_id "
    "WHERE a.number = '10001' ORDER BY n.id LIMIT 2"
)
ROWS["desk:authority-request"] = "SELECT id FROM workflows_authorityrequest ORDER BY id LIMIT 2"
ROWS["desk:credit-request"] = "SELECT id FROM workflows_creditrequest ORDER BY id LIMIT 1"
ROWS["desk:invoice"] = ROWS["portal:dispute-invoice"] = ROWS["portal:invoice"]
ROWS["portal:amounts"] = ROWS["desk:amounts"] = ROWS["portal:invoice"]
ROWS["desk:dispute"], ROWS["desk:payment"] = ROWS["portal:dispute"], ROWS["portal:payment"]
ROWS["desk:receipt"], ROWS["desk:statement"] = ROWS["portal:receipt"], ROWS["desk:customer"]
ROWS |= {
    f"{face}:webhook": "SELECT w.id FROM messaging_webhookendpoint w JOIN accounts_organisation o "
    f"ON o.id = w.organisation_id WHERE o.slug = '{slug}' ORDER BY w.id LIMIT 1"
    for face, slug in (("portal", "brightwater"), ("desk", "nordwind"))
}
A_MONTH_AGO = (datetime.now(UTC).date() - timedelta(days=30)).isoformat()
#: Further addresses of a route: what its page shows when asked otherwise.
VARIANTS = {
    "portal:invoices": ["", "?status=paid", "?q=nothing-fits-this"],
    "portal:pay": ["", "?due=1&currency=EUR"],
    "portal:approvals": ["", "?status=approved"],
    "portal:disputes": ["", "?status=closed"],
    "desk:invoices": ["", "?q=nothing-fits-this"],
    "desk:cash": ["", "?status=entries", "?status=left", "?status=all"],
    "desk:bank-statements": ["", "?status=held"],
    "desk:statement": ["", f"?kind=balance_forward&from={A_MONTH_AGO}", "?to=2999-01-01"],
    "portal:statements": ["", f"?kind=balance_forward&from={A_MONTH_AGO}", "?to=2999-01-01"],
    "desk:report-ageing": ["", "?to=2999-01-01"],
    "desk:report-ageing-rows": ["?bucket=open&currency=EUR", "?bucket=unapplied&currency=EUR", "?bucket=none"],
    "desk:report-collections-rows": ["?bucket=sales&currency=EUR"],
    "desk:report-disputes-rows": ["?of=all&currency=EUR"],
    "portal:report-ageing-rows": ["?bucket=open&currency=EUR"],
    "portal:report-disputes-rows": ["?of=all&currency=EUR"],
    "portal:report-spend-rows": ["?of=net&currency=EUR"],
    "desk:report-discounts-rows": ["?of=best&currency=EUR"],
    "portal:report-discounts-rows": ["?of=best&currency=EUR"],
    "desk:report-settlement-rows": ["?kind=charge&currency=EUR"],
    "web:search": ["?q=RE-2026", "?q=nothing-fits-this"],
}
#: Routes whose address is a secret; what stands there for one that is worn out is a page too.
WORN_OUT = {
    "account_confirm_email": "/accounts/confirm-email/worn-out/",
    "account_reset_password_from_key": f"/accounts/password/reset/key/{NOWHERE.replace('-', '')}-worn-out/",
    "account_invitation": "/accounts/invitation/worn-out/",
    "mailed": "/mail/worn-out/",
    "unsubscribe": "/mail/stop/worn-out/",
    "genuine": "/statements/genuine/AAAA-BBBB-CCCC-DDDD/",
}
#: The sandbox provider's own pages -> where their addresses are kept.
HOSTED = {"checkout": ("checkout_url", "workflows_payment"), "setup": ("setup_url", "workflows_savedmethod")}
SHOWCASE = ["home", "invoice", "list", "desk", "entrance"]
SIGNED_OUT = {"account_first_sign_in", "account_first_sign_in_asked", "account_remind_username",
              "account_username_reminded", "account_help", "account_login", "account_reset_password",
              "account_reset_password_done",
              "account_reset_password_from_key_done", *WORN_OUT}  # fmt: skip


@dataclass(frozen=True)
class Sight:
    """A page at an address, seen by somebody; no user name: by nobody who is signed in."""

    username: str
    path: str


def sights(platform: Platform) -> Iterator[Sight]:
    """All of them; raises KeyError for a new route with a row that nobody has said how to find."""
    for name, route in routes(get_resolver()):
        short = name.rpartition(":")[2]
        if {name, short} & NO_PAGES or route.startswith("api/v1/"):
            continue
        who = "" if short in SIGNED_OUT else KEEPERS.get(name) or (DESK if name.startswith("desk:") else HOUSE)
        for path in _paths(platform, name, short, f"/{route}"):
            yield Sight(who, path)
    yield Sight(HOUSE, f"/invoices/{NOWHERE}/")
    yield Sight(DESK, f"/desk/invoices/{NOWHERE}/")
    yield from (Sight(DESK, f"/desk/?item=dispute-{row}") for row in _rows(platform, "desk:dispute"))


def routes(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    """Every named route as (`namespace:name`, its pattern)."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            if entry.name:
                yield namespace + entry.name, route
        else:
            yield from routes(entry, route, f"{entry.namespace}:" if entry.namespace else namespace)


def _paths(platform: Platform, name: str, short: str, route: str) -> Iterator[str]:
    if short in WORN_OUT:
        yield WORN_OUT[short]
    elif short == "showcase-page":
        yield from (f"/showcase/{page}/" for page in SHOWCASE)
    elif short in HOSTED:
        column, table = HOSTED[short]
        found = platform.rows(f"SELECT {column} FROM {table} WHERE {column} <> '' ORDER BY id LIMIT 1")
        yield from (row[0].removeprefix(platform.url) for row in found)
    elif "<" in route:
        variants = VARIANTS.get(name, [""])
        yield from (route.replace("<uuid:pk>", row) + variant for row in _rows(platform, name) for variant in variants)
    else:
        yield from (route + variant for variant in VARIANTS.get(name, [""]))


def _rows(platform: Platform, name: str) -> list[str]:
    found = [dashed(row[0]) for row in platform.rows(ROWS[name])]
    assert found, f"the example world has nothing to show at {name}"
    return found
