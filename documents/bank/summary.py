"""What `manage.py bank_statement` says about a file: the neutral form as JSON, figures as they were written."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from documents.bank.statement import BankEntry, BankStatement, BankTransaction


def summary(statements: Sequence[BankStatement]) -> dict[str, Any]:
    message = statements[0].message
    if message == "bai2":
        trailer = statements[0].facts["trailer"]
        return {
            "message": message,
            "accounts": [_account(each) for each in statements],
            "file_trailer": trailer.split(",") if trailer else None,
        }
    return {"message": message, "statements": [_statement(each) for each in statements]}


def _account(statement: BankStatement) -> dict[str, Any]:
    facts = statement.facts
    return {
        "account": statement.account, "currency": facts["stated_currency"] or None,
        "transactions": len(statement.entries),
        "transaction_sum_cents": sum(_minor(abs(entry.amount)) for entry in statement.entries),
        "codes": dict(Counter(entry.code for entry in statement.entries)), "control_total": facts["control_total"],
        "records": facts["records"], "balances": {code: f"{each:f}" for code, each in statement.balances.items()},
        "warnings": list(statement.warnings),
    }  # fmt: skip


def _statement(statement: BankStatement) -> dict[str, Any]:
    missing = statement.missing
    return {
        "id": statement.id, "account": statement.account, "currency": statement.currency,
        "sequence": statement.sequence,
        "balances": {code: f"{amount:f}" for code, amount in statement.balances.items()},
        "entry_count": len(statement.entries),
        "entry_sum": f"{sum((entry.amount for entry in statement.entries), Decimal(0)):f}",
        "balanced": None if missing is None else missing == 0,
        "missing": None if not missing else f"{missing:f}", "warnings": list(statement.warnings),
        "entries": [_entry(entry) for entry in statement.entries],
    }  # fmt: skip


def _entry(entry: BankEntry) -> dict[str, Any]:
    return {
        "amount": f"{entry.amount:f}", "ccy": entry.currency, "reversal": entry.reversal, "booked": entry.booked,
        "value": entry.value, "status": entry.status, "bank_id": entry.bank_id, "text": entry.text,
        "transactions": [_transaction(each) for each in entry.transactions],
    }  # fmt: skip


def _transaction(one: BankTransaction) -> dict[str, Any]:
    return {
        "end_to_end": one.end_to_end, "amount": None if one.amount is None else f"{one.amount:f}",
        "creditor_reference": list(one.references), "unstructured": list(one.unstructured),
        "referred_documents": list(one.documents), "debtor": one.debtor, "return_reason": one.return_reason,
        "counterparty": one.counterparty, "counterparty_account": one.counterparty_account,
    }  # fmt: skip


def _minor(amount: Decimal) -> int:
    """The digits as the file has them: BAI2 writes whole minor units."""
    return int(amount.scaleb(-int(amount.as_tuple().exponent)))
