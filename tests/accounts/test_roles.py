"""The one table of roles and rights: every right that code asks for is given by some role, and the other way round."""

import re
from pathlib import Path

import pytest

from eipp.accounts.roles import (
    RIGHTS,
    ROLES,
    SCOPES,
    check_roles,
    check_scopes,
    require,
    rights_of_roles,
    rights_of_scopes,
    roles_on,
    scopes_on,
)
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal

HOUSE = Path(__file__).parents[2]
ASKED = re.compile(r"""(?:\bmay\(|\brequire\(\s*\w+,\s*|\bby=|\bright=)["']([a-z_]+\.[a-z_]+)["']""")


def rights_asked_for() -> dict[str, str]:
    """Each right that is written where code asks for it, with one of the files that do."""
    found = {}
    for folder in ("eipp", "workflows", "documents", "messaging"):
        for path in (HOUSE / folder).rglob("*.py"):
            for right in ASKED.findall(path.read_text()):
                found[right] = str(path.relative_to(HOUSE))
    return found


def test_every_right_that_is_asked_for_is_in_the_table() -> None:
    asked = rights_asked_for()
    assert "team.administer" in asked
    assert not {right: path for right, path in asked.items() if right not in RIGHTS}


def test_the_search_would_find_a_right_that_is_not_in_the_table() -> None:
    assert ASKED.findall('actor.may("moon.sell"); require(actor, "moon.buy"); transition(by="moon.eat")') == [
        "moon.sell", "moon.buy", "moon.eat",
    ]  # fmt: skip


def test_scopes_open_nothing_that_no_role_of_their_side_gives() -> None:
    for side in ("buyer", "supplier"):
        given = rights_of_roles(roles_on(side), side=side)
        assert rights_of_scopes(SCOPES, side=side) <= given


def test_a_role_of_the_other_side_gives_nothing() -> None:
    assert rights_of_roles(["ar_manager"], side="buyer") == frozenset()
    assert "payments:write" not in scopes_on("supplier")
    assert not rights_of_scopes(["payments:write"], side="supplier")


def test_no_buyer_reads_internal_notes_and_no_supplier_approves_or_pays() -> None:
    buyers = rights_of_roles(roles_on("buyer"), side="buyer") | rights_of_scopes(SCOPES, side="buyer")
    suppliers = rights_of_roles(roles_on("supplier"), side="supplier") | rights_of_scopes(SCOPES, side="supplier")
    assert not buyers & {"thread.internal", "dispute.work", "credit.post", "receipt.post", "invoice.post"}
    assert not suppliers & {"payment.make", "approval.decide", "approval.administer", "dispute.open"}


def test_an_administrator_neither_approves_nor_pays() -> None:
    assert not ROLES["buyer_administrator"].rights & {"approval.decide", "payment.make"}


@pytest.mark.parametrize("names", [[], ["ar_clerk"], ["emperor"]])
def test_roles_of_nobody_or_of_the_other_side_are_refused(names: list[str]) -> None:
    with pytest.raises(Refusal) as refused:
        check_roles(names, side="buyer")
    assert (refused.value.status, refused.value.field) == (422, "roles")


def test_unknown_scopes_are_refused() -> None:
    with pytest.raises(Refusal):
        check_scopes(["payments:write"], side="supplier")
    assert check_scopes(["invoices:write", "invoices:read", "invoices:read"], side="supplier") == [
        "invoices:read", "invoices:write",
    ]  # fmt: skip


def test_without_the_right_one_is_refused_with_403() -> None:
    actor = Actor(kind="person", side="buyer", rights=frozenset({"invoice.view"}))
    require(actor, "invoice.view")
    with pytest.raises(Refusal) as refused:
        require(actor, "payment.make")
    assert (refused.value.status, refused.value.code) == (403, "not_your_role")
