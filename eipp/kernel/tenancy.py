"""Tenancy: the first wall. Which rows exist for an actor; a stranger's query is empty, so a stranger gets 404."""

from dataclasses import dataclass
from typing import Any, Protocol, Self, cast
from uuid import UUID

from django.db import models

from eipp.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Scope:
    """The paths from a model to the two organisations it belongs to, and to the customer account."""

    supplier: str | None = None
    buyer: str | None = None
    account: str | None = None
    internal: str | None = None  # a boolean column: True is for the supplier's eyes only


@dataclass(frozen=True, slots=True)
class EventScope:
    """Whose an event is: the ids of the supplier (whose chain it joins), the buyer and the customer account."""

    supplier_id: UUID | None = None
    buyer_id: UUID | None = None
    account_id: UUID | None = None


class HasScope(Protocol):
    scope: Scope


class ScopedQuerySet(models.QuerySet):
    """A query set that is reached through an actor."""

    def visible_to(self, actor: Actor) -> Self:
        """The rows that exist for the actor."""
        if actor.side == "system":
            return self
        scope = cast("type[HasScope]", self.model).scope
        path = scope.buyer if actor.side == "buyer" else scope.supplier
        if path is None or actor.organisation_id is None:
            return self.none()
        conditions: dict[str, Any] = {path: actor.organisation_id}
        within = models.Q()
        if scope.account and actor.account_ids is not None:
            within = models.Q(**{f"{scope.account}__in": actor.account_ids})
            if actor.sees_unassigned:
                within |= models.Q(**{f"{scope.account}__isnull": True})
        if scope.internal and actor.side == "buyer":
            conditions[scope.internal] = False
        return self.filter(within, **conditions)


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)
