"""The checks of `verify`: each selects what differs, as (what, kept, recomputed); the same SQL for both databases."""

_APPLIED = """(SELECT {document}_id AS document_id, SUM(amount_minor) AS total FROM ledger_application
               WHERE {document}_id IS NOT NULL GROUP BY {document}_id)"""

_POSTED = """(SELECT {key} AS document_id,
                     SUM(CASE WHEN target = '{account}' THEN amount_minor ELSE -amount_minor END) AS total
              FROM ledger_posting WHERE (source = '{account}' OR target = '{account}') AND {key} IS NOT NULL
              GROUP BY {key})"""


def _applied(document: str) -> str:
    return _APPLIED.format(document=document)


def _posted(account: str, key: str) -> str:
    return _POSTED.format(account=account, key=key)


def _document(table: str, what: str, kept: str, recomputed: str, rows: str, where: str = "1 = 1") -> str:
    """Documents whose kept column differs from what their rows sum to."""
    return f"""SELECT {what}, {kept}, {recomputed} FROM {table} d LEFT JOIN {rows} r ON r.document_id = d.id
               WHERE {where} AND {kept} <> {recomputed}"""  # noqa: S608 - only the constants of this module


def _standing(kind: str, table: str = "ledger_hold") -> str:
    """What stands of a kind against each invoice: what is held, or expected."""
    rows = f"""(SELECT invoice_id AS document_id, SUM(amount_minor) AS total FROM {table}
                WHERE released_at IS NULL AND kind = '{kind}' GROUP BY invoice_id)"""  # noqa: S608
    return _document("ledger_invoice", "d.number", f"d.{kind}_minor", "COALESCE(r.total, 0)", rows)


def _by_account(column: str, source: str) -> str:
    """Account balances against a sum over rows with account_id, currency and total, in both directions."""
    return f"""SELECT a.number || ' ' || x.currency, SUM(x.kept), SUM(x.total) FROM (
                 SELECT account_id, currency, {column} AS kept, 0 AS total FROM ledger_accountbalance
                 UNION ALL SELECT account_id, currency, 0, SUM(total) FROM ({source}) s GROUP BY account_id, currency
               ) x JOIN accounts_customeraccount a ON a.id = x.account_id
               GROUP BY a.id, a.number, x.currency HAVING SUM(x.kept) <> SUM(x.total)"""  # noqa: S608


def _by_due_date(column: str, total: str, instalment: str = "0") -> str:
    """Kept by due date, against the invoices with one due date and the instalments of the others."""
    return f"""SELECT a.number || ' ' || x.currency || ' due ' || x.due_date, SUM(x.kept), SUM(x.total) FROM (
                 SELECT account_id, currency, due_date, {column} AS kept, 0 AS total FROM ledger_duebalance
                 UNION ALL
                 SELECT account_id, currency, due_date, 0, SUM({total}) FROM ledger_invoice WHERE due_count = 1
                 GROUP BY account_id, currency, due_date
                 UNION ALL
                 SELECT i.account_id, i.currency, n.due_date, 0, SUM({instalment}) FROM ledger_instalment n
                 JOIN ledger_invoice i ON i.id = n.invoice_id GROUP BY i.account_id, i.currency, n.due_date
               ) x JOIN accounts_customeraccount a ON a.id = x.account_id
               GROUP BY a.id, a.number, x.currency, x.due_date HAVING SUM(x.kept) <> SUM(x.total)"""  # noqa: S608


def _instalments(column: str, of_invoice: str) -> str:
    """The due dates of an invoice against the whole of it."""
    rows = f"(SELECT invoice_id AS document_id, SUM({column}) AS total FROM ledger_instalment GROUP BY invoice_id)"  # noqa: S608
    return _document("ledger_invoice", "d.number", "COALESCE(r.total, 0)", of_invoice, rows, "d.due_count > 1")


def _of_invoices(total: str) -> str:
    return f"SELECT account_id, currency, {total} AS total FROM ledger_invoice"  # noqa: S608


def _of_postings(account: str, sign: int = 1) -> str:
    return f"""SELECT account_id, currency,
                      {sign} * CASE WHEN target = '{account}' THEN amount_minor ELSE -amount_minor END AS total
               FROM ledger_posting WHERE source = '{account}' OR target = '{account}'"""  # noqa: S608


_PAID = """(SELECT invoice_id AS document_id, SUM(amount_minor) AS total FROM ledger_application
            WHERE {source}_id IS NOT NULL GROUP BY invoice_id)"""
_IS_OPEN = "CASE WHEN open_minor > 0 THEN {} ELSE 0 END"
_LATE_FEE = "CASE WHEN kind = 'finance_charge' THEN open_minor ELSE 0 END"
_FREE = "(open_minor - held_minor)"
_ANNOUNCED = f"(CASE WHEN announced_minor < {_FREE} THEN announced_minor ELSE {_FREE} END)"
_PROMISED = f"(CASE WHEN promised_minor < {_FREE} - {_ANNOUNCED} THEN promised_minor ELSE {_FREE} - {_ANNOUNCED} END)"
_LAST = """(SELECT r.account_id, r.currency, MAX(r.received_on) AS day FROM ledger_cashreceipt r
            WHERE r.reversed_at IS NULL GROUP BY r.account_id, r.currency)"""
_RECEIPT = "d.reference || ' of ' || d.received_on"

CHECKS: dict[str, str] = {
    "invoice open, by applications": _document(
        "ledger_invoice", "d.number", "d.open_minor",
        "d.payable_minor - d.discounted_minor - d.written_off_minor - COALESCE(r.total, 0)",
        _applied("invoice"),
    ),
    "invoice open, by postings": _document(
        "ledger_invoice", "d.number", "d.open_minor", "COALESCE(r.total, 0)", _posted("receivable", "invoice_id")
    ),
    "invoice paid": _document(
        "ledger_invoice", "d.number", "d.paid_minor", "COALESCE(r.total, 0)", _PAID.format(source="receipt")
    ),
    "invoice credited": _document(
        "ledger_invoice", "d.number", "d.credited_minor", "COALESCE(r.total, 0)", _PAID.format(source="credit_note")
    ),
    "invoice written off": _document(
        "ledger_invoice", "d.number", "d.written_off_minor", "COALESCE(r.total, 0)", _posted("write_offs", "invoice_id")
    ),
    "invoice discounted": _document(
        "ledger_invoice", "d.number", "d.discounted_minor", "COALESCE(r.total, 0)", _posted("discounts", "invoice_id")
    ),
    "invoice closed": "SELECT number, open_minor, CASE WHEN closed_at IS NULL THEN 1 ELSE 0 END FROM ledger_invoice "
    "WHERE (open_minor = 0) <> (closed_at IS NOT NULL)",
    "invoice disputed": _standing("disputed"),
    "invoice on the way": _standing("pending"),
    "invoice planned": _standing("planned"),
    "invoice promised": _standing("promised", "ledger_expectation"),
    "invoice announced": _standing("announced", "ledger_expectation"),
    "credit note open, by applications": _document(
        "ledger_creditnote", "d.number", "d.open_minor", "d.payable_minor - COALESCE(r.total, 0)",
        _applied("credit_note"),
    ),
    "credit note open, by postings": _document(
        "ledger_creditnote", "d.number", "d.open_minor", "-COALESCE(r.total, 0)",
        _posted("credit_notes", "credit_note_id"),
    ),
    "cash receipt unapplied, by applications": _document(
        "ledger_cashreceipt", _RECEIPT, "d.unapplied_minor",
        "CASE WHEN d.reversed_at IS NULL THEN d.amount_minor - d.set_aside_minor - d.given_back_minor ELSE 0 END "
        "- COALESCE(r.total, 0)", _applied("receipt"),
    ),
    "cash receipt unapplied, by postings": _document(
        "ledger_cashreceipt", _RECEIPT, "d.unapplied_minor", "-COALESCE(r.total, 0)",
        _posted("unapplied", "receipt_id"),
    ),
    "cash receipt in cash, by postings": _document(
        "ledger_cashreceipt", _RECEIPT,
        "CASE WHEN d.reversed_at IS NULL THEN d.amount_minor + d.surcharge_minor - d.given_back_minor "
        "ELSE d.set_aside_minor END",
        "COALESCE(r.total, 0)", _posted("cash", "receipt_id"),
    ),
    "cash receipt surcharge, by postings": _document(
        "ledger_cashreceipt", _RECEIPT, "CASE WHEN d.reversed_at IS NULL THEN d.surcharge_minor ELSE 0 END",
        "-COALESCE(r.total, 0)", _posted("surcharges", "receipt_id"),
    ),
    "cash receipt set aside, by postings": _document(
        "ledger_cashreceipt", _RECEIPT, "d.set_aside_minor", "-COALESCE(r.total, 0)",
        _posted("refunds", "receipt_id"),
    ),
    "account receivable, by invoices": _by_account("receivable_minor", _of_invoices("open_minor")),
    "account receivable, by postings": _by_account("receivable_minor", _of_postings("receivable")),
    "account credit, by postings": _by_account("credit_minor", _of_postings("credit_notes", -1)),
    "account unapplied, by postings": _by_account("unapplied_minor", _of_postings("unapplied", -1)),
    "account deposits": _by_account(
        "deposit_minor",
        "SELECT account_id, currency, unapplied_minor AS total FROM ledger_cashreceipt WHERE order_reference <> ''",
    ),
    "account disputed": _by_account("disputed_minor", _of_invoices("disputed_minor")),
    "account on the way": _by_account("pending_minor", _of_invoices("pending_minor")),
    "account planned": _by_account("planned_minor", _of_invoices("planned_minor")),
    "account announced": _by_account("announced_minor", _of_invoices(_ANNOUNCED)),
    "account promised": _by_account("promised_minor", _of_invoices(_PROMISED)),
    "account late fees": _by_account("charges_minor", _of_invoices(_LATE_FEE)),
    "account payable": _by_account("payable_minor", _of_invoices(_IS_OPEN.format("payable_minor"))),
    "account invoiced": _by_account("invoiced_minor", _of_invoices("payable_minor")),
    "account open invoices": _by_account("open_count", _of_invoices(_IS_OPEN.format("1"))),
    "account invoices": _by_account("invoice_count", _of_invoices("1")),
    "account last payment": f"""
        SELECT a.number || ' ' || b.currency, COALESCE(b.last_payment_minor, 0), 0
        FROM ledger_accountbalance b JOIN accounts_customeraccount a ON a.id = b.account_id
        LEFT JOIN {_LAST} l ON l.account_id = b.account_id AND l.currency = b.currency
        WHERE COALESCE(CAST(b.last_payment_on AS text), '') <> COALESCE(CAST(l.day AS text), '')""",  # noqa: S608
    "due date open": _by_due_date("open_minor", "open_minor", "n.open_minor"),
    "due date disputed": _by_due_date("disputed_minor", "disputed_minor", "n.disputed_minor"),
    "due date on the way": _by_due_date("pending_minor", "pending_minor", "n.pending_minor"),
    "due date planned": _by_due_date("planned_minor", "planned_minor", "n.planned_minor"),
    "due date announced": _by_due_date("announced_minor", _ANNOUNCED, "n.announced_minor"),
    "due date promised": _by_due_date("promised_minor", _PROMISED, "n.promised_minor"),
    "due date late fees": _by_due_date("charges_minor", _LATE_FEE),
    "due date payable": _by_due_date(
        "payable_minor", _IS_OPEN.format("payable_minor"), "CASE WHEN n.open_minor > 0 THEN n.amount_minor ELSE 0 END"
    ),
    "due date open invoices": _by_due_date(
        "open_count", _IS_OPEN.format("1"), "CASE WHEN n.open_minor > 0 THEN 1 ELSE 0 END"
    ),
    "instalments": _instalments("amount_minor", "d.payable_minor"),
    "instalments open": _instalments("open_minor", "d.open_minor"),
    "instalments on the way": _instalments("pending_minor", "d.pending_minor"),
    "instalments disputed": _instalments("disputed_minor", "d.disputed_minor"),
    "instalments planned": _instalments("planned_minor", "d.planned_minor"),
    "transfers between accounts": """
        SELECT currency, 0, SUM(CASE WHEN target = 'transfer' THEN amount_minor ELSE -amount_minor END)
        FROM ledger_posting WHERE source = 'transfer' OR target = 'transfer' GROUP BY currency
        HAVING SUM(CASE WHEN target = 'transfer' THEN amount_minor ELSE -amount_minor END) <> 0""",
    "receipt for another payee": """
        SELECT i.number, 0, p.amount_minor FROM ledger_application p JOIN ledger_invoice i ON i.id = p.invoice_id
        JOIN ledger_cashreceipt c ON c.id = p.receipt_id
        WHERE c.legal_entity_id <> i.legal_entity_id OR c.currency <> i.currency""",
    "posting in a closed period": """
        SELECT p.kind || ' of ' || p.posting_date, p.amount_minor, 0 FROM ledger_posting p
        JOIN accounts_customeraccount a ON a.id = p.account_id
        JOIN ledger_closedperiod c ON c.supplier_id = a.supplier_id
        WHERE p.posting_date <= c.through AND p.recorded_at > c.closed_at""",
    "undone application": """
        SELECT i.number, p.amount_minor, -o.amount_minor FROM ledger_application p
        JOIN ledger_application o ON o.id = p.reverses_id JOIN ledger_invoice i ON i.id = p.invoice_id
        WHERE p.amount_minor <> -o.amount_minor OR p.invoice_id <> o.invoice_id""",
}  # fmt: skip
