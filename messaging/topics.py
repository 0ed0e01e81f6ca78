"""Topics: what an open page may listen to, one table, each looked up with the listener's own rights."""

import re
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from eipp.kernel.actor import Actor

#: A topic's kind -> the model whose row it names; a row's topic is open to whoever sees the row.
TOPICS = {
    "account": "accounts.CustomerAccount",
    "invoice": "ledger.Invoice",
    "credit_note": "ledger.CreditNote",
    "cash_receipt": "ledger.CashReceipt",
    "presentment": "workflows.Presentment",
    "approval": "workflows.ApprovalRun",
    "dispute": "workflows.Dispute",
    "payment": "workflows.Payment",
    "promise": "workflows.Promise",
    "autopay": "workflows.Autopay",
    "announced_payment": "workflows.AnnouncedPayment",
    "saved_method": "workflows.SavedMethod",
    "bank_details": "workflows.BankDetails",
    "refund": "workflows.Refund",
    "plan": "workflows.Plan",
    "offer": "workflows.Offer",
    "chargeback": "workflows.Chargeback",
    "remittance": "workflows.RemittanceAdvice",
    "claim": "workflows.Claim",
    "bank_statement": "workflows.BankStatement",
    "bank_entry": "workflows.BankEntry",
    "credit_request": "workflows.CreditRequest",
    "authority_request": "workflows.AuthorityRequest",
    "thread": "messaging.Thread",
}
#: Topics about a whole organisation, for its own people; the worklist is the supplier's. `person:<id>` is one's own.
OF_ORGANISATION = {"organisation": ("buyer", "supplier"), "worklist": ("supplier",)}
_TOPIC = re.compile(r"([a-z_]{1,20}):([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


def topic(kind: str, object_id: UUID | None) -> str:
    return f"{kind}:{object_id}"


def topic_of(row: Any) -> str:
    """The topic that tells of changes to a row."""
    return topic(topic_kind(row._meta.model_name), row.pk)


def topic_kind(model_name: str) -> str:
    """The topic's kind for an event's subject kind: `customeraccount` -> `account`."""
    return _kinds().get(model_name, model_name)


def may_subscribe(actor: Actor, topic: str) -> bool:
    """Whether the actor may listen; the answer is the same for what is foreign and what does not exist."""
    match = _TOPIC.fullmatch(topic)
    if match is None:
        return False
    kind, object_id = match[1], UUID(match[2])
    if kind == "person":
        return actor.person_id == object_id
    if kind in OF_ORGANISATION:
        return actor.organisation_id == object_id and actor.side in OF_ORGANISATION[kind]
    model = model_of(kind)
    return model is not None and model.objects.visible_to(actor).filter(pk=object_id).exists()


def row_of(kind: str, object_id: UUID) -> models.Model | None:
    """The row behind an event's or thread's subject, for the platform's own use."""
    model = model_of(topic_kind(kind))
    return model and model.objects.filter(pk=object_id).first()


def model_of(kind: str) -> Any:
    """The model of a topic's kind; None for a kind that is unknown, or of a floor that is not installed."""
    return _models().get(kind)


@cache
def _models() -> dict[str, Any]:
    installed = {config.label for config in apps.get_app_configs()}
    return {kind: apps.get_model(name) for kind, name in TOPICS.items() if name.split(".")[0] in installed}


@cache
def _kinds() -> dict[str, str]:
    return {name.split(".")[1].lower(): kind for kind, name in TOPICS.items()}
