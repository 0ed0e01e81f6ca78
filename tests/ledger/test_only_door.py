"""Nothing but `eipp.ledger.posting` writes the ledger's tables."""

import ast
from pathlib import Path

from django.apps import apps

HOME = Path(__file__).resolve().parents[2]
WRITES = {"create", "bulk_create", "update", "bulk_update", "get_or_create", "update_or_create", "delete"}

#: What lies beside the ledger and holds no money: how far late fees are reckoned, and which statements were handed out.
NO_MONEY = {
    "eipp/ledger/finance_charge_setting.py": ["FinanceChargeBookmark.get_or_create"],
    "eipp/ledger/statement_seal.py": ["SealedStatement.create"],
}


def written(source: str) -> list[str]:
    """Calls such as `Invoice.objects.filter(...).update(...)` on a model of the ledger."""
    models = {model.__name__ for model in apps.get_app_config("ledger").get_models()}
    found = []
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in WRITES:
            names = {node.id for node in ast.walk(call.func) if isinstance(node, ast.Name)}
            managers = {node.attr for node in ast.walk(call.func) if isinstance(node, ast.Attribute)}
            found += [f"{name}.{call.func.attr}" for name in names & models if "objects" in managers]
    return found


def test_only_posting_writes_the_ledger() -> None:
    door = HOME / "eipp" / "ledger" / "posting"
    modules = [
        path for folder in ("eipp", "workflows", "messaging", "documents") for path in (HOME / folder).rglob("*.py")
    ]
    offenders = {
        str(path.relative_to(HOME)): calls
        for path in modules
        if not path.is_relative_to(door) and (calls := written(path.read_text()))
    }
    assert offenders == NO_MONEY


def test_what_is_written_beside_the_door_has_no_amounts() -> None:
    models = {call.split(".")[0] for calls in NO_MONEY.values() for call in calls}
    fields = [field for name in models for field in apps.get_model("ledger", name)._meta.get_fields()]
    assert [field.name for field in fields if field.name.endswith("_minor")] == []


def test_a_module_that_would_write_is_named() -> None:
    assert written("Invoice.objects.filter(pk=1).update(open_minor=0)") == ["Invoice.update"]
    assert written("Invoice.objects.visible_to(actor).first()") == []
