"""Actor: who acts, for which organisation, on which side, with which rights. Everything is found through it."""

from dataclasses import dataclass, field
from typing import Literal, Self
from uuid import UUID

Side = Literal["buyer", "supplier", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """One acting party in one organisation.

    kind: `person`, `key` (an ERP's API key), `gateway` or `system`; account_ids: the customer accounts the actor is
    limited to, None for all of the organisation's; via: the face (`web`, `api`, `job`); on_behalf_of: the person for
    whom somebody else acts. sees_unassigned: the organisation's own rows, of no account, are the actor's as well,
    although some accounts are not (the supplier switched their portal off).
    """

    kind: Literal["person", "key", "gateway", "system"]
    side: Side
    organisation_id: UUID | None = None
    rights: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    person_id: UUID | None = None
    key_id: UUID | None = None
    name: str = ""
    account_ids: frozenset[UUID] | None = None
    sees_unassigned: bool = False
    via: str = "web"
    on_behalf_of: UUID | None = None
    request_id: str = field(default="", compare=False)

    @classmethod
    def system(cls, name: str, *, via: str = "job") -> Self:
        """The platform itself: sees everything, may everything, and is named in the record."""
        return cls(kind="system", side="system", name=name, via=via)

    @classmethod
    def nobody(cls) -> Self:
        """An actor who sees nothing and may nothing: a person without a membership."""
        return cls(kind="person", side="buyer", name="")

    def may(self, right: str) -> bool:
        """Whether the actor's roles (or scopes) give this right, such as `dispute.open`."""
        return self.side == "system" or right in self.rights

    @property
    def is_limited(self) -> bool:
        """Whether the organisation let the actor work for some of its accounts only."""
        return self.account_ids is not None and not self.sees_unassigned

    @property
    def id(self) -> UUID | None:
        return self.person_id or self.key_id
