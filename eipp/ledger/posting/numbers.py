"""Numbers and ids that are taken: the database refuses them, and here that gets its sentence."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from eipp.kernel import rows as sets
from eipp.kernel.refusal import Refusal


def insert(model: type[Any], rows: Sequence[Any], write_parts: Callable[[], None]) -> None:
    """Insert documents and their parts; of two that take one number at once, the later is refused like any other."""
    if len(rows) == 1 and connection.vendor == "postgresql":
        if not sets.insert_if_free(rows[0]):
            refuse_taken(model, rows)
            raise IntegrityError(f"{rows[0].pk} is there already")
    else:
        _insert_many(model, rows)
    write_parts()


def _insert_many(model: type[Any], rows: Sequence[Any]) -> None:
    try:
        with transaction.atomic():
            sets.insert(rows)
    except IntegrityError:
        refuse_taken(model, rows)
        raise


def refuse_taken(model: type[Any], rows: Sequence[Any]) -> None:
    """Raise Refusal (409, `number_taken` or `external_id_taken`) for what another document, or an earlier row, has."""
    taken = Q(legal_entity__in={row.legal_entity_id for row in rows}, number__in={row.number for row in rows})
    ids = {row.external_id for row in rows} - {""}
    known = Q(supplier__in={row.supplier_id for row in rows}, external_id__in=ids)
    columns = ("legal_entity_id", "number", "fiscal_year", "supplier_id", "external_id")
    others = model.objects.filter(taken | known).exclude(pk__in=[row.pk for row in rows])
    found = list(others.values_list(*columns))
    numbers = {(entity, number, year) for entity, number, year, _, _ in found}
    external_ids = {(supplier, external_id) for _, _, _, supplier, external_id in found if external_id}
    errors = []
    for row in rows:
        if _repeated(numbers, (row.legal_entity_id, row.number, row.fiscal_year)):
            errors.append(_error("number_taken", "number", f"The number {row.number} is taken in {row.fiscal_year}."))
        if row.external_id and _repeated(external_ids, (row.supplier_id, row.external_id)):
            errors.append(_error("external_id_taken", "external_id", f"The id {row.external_id} is taken."))
    if errors:
        code = errors[0]["code"]
        raise Refusal(code, " ".join(error["message"] for error in errors), status=409, errors=errors)


def _repeated(known: set[Any], key: Any) -> bool:
    if key in known:
        return True
    known.add(key)
    return False


def _error(code: str, field: str, message: str) -> dict[str, str]:
    return {"field": field, "code": code, "message": message}
