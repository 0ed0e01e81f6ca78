"""Roles: each role tries each move; who may is exactly who the one table of roles says."""

from dataclasses import replace

import pytest
from django.db import transaction

from eipp.accounts.roles import RIGHTS, ROLES, SCOPES, rights_of_scopes, roles_on
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from tests.workflows.doing import refused
from tests.workflows.states import SYSTEM, States
from tests.world import World
from workflows.intent import enter
from workflows.machine import Machine, Step, machines, steps_of
from workflows.receiving import Arrival, receive

#: Whom a right of a move belongs to, as people would say it; written down a second time on purpose.
EXPECTED = {
    "invoice.view": {"viewer", "approver", "payer", "buyer_administrator", "ar_clerk", "ar_manager",
                     "supplier_administrator"},
    "invoice.post": {"ar_manager"}, "invoice.withdraw": {"ar_manager"},
    "quarantine.work": {"ar_clerk", "ar_manager"}, "dispute.work": {"ar_clerk", "ar_manager"},
    "dispute.answer": {"approver", "payer"}, "dispute.escalate": {"approver", "payer"},
    "dispute.withdraw": {"approver", "payer"}, "dispute.open": {"approver", "payer"},
    "authority.ask": {"ar_clerk", "ar_manager"}, "authority.decide": {"ar_manager"},
    "credit.give": {"ar_clerk", "ar_manager"}, "credit.post": {"ar_manager"},
    "write_off.make": {"ar_clerk", "ar_manager"}, "refund.make": {"ar_clerk", "ar_manager"},
    "plan.make": {"ar_clerk", "ar_manager", "payer"}, "promise.make": {"ar_clerk", "ar_manager", "payer"},
    "offer.make": {"ar_clerk", "ar_manager", "payer"},
    "bank_details.keep": {"payer", "buyer_administrator", "ar_manager", "supplier_administrator"},
    "approval.decide": {"approver"}, "payment.make": {"payer"}, "system": set(),
}  # fmt: skip
MOVES = [(machine, step) for machine in machines() for step in steps_of(machine)]


def test_the_table_says_what_people_expect() -> None:
    asked = {step.right for _, step in MOVES}
    assert asked <= set(EXPECTED)
    for right, roles in EXPECTED.items():
        assert {name for name, role in ROLES.items() if right in role.rights} == roles, right


def test_every_move_asks_for_a_right_that_somebody_has_or_for_the_platform() -> None:
    assert {step.right for _, step in MOVES} <= RIGHTS | {"system"}


def test_no_role_has_rights_of_both_sides() -> None:
    of_buyers, of_suppliers = (
        frozenset().union(*(role.rights for role in roles_on(side).values())) for side in ("buyer", "supplier")
    )
    shared = {"account.view", "invoice.view", "payment.view", "report.view", "thread.write", "document.upload",
              "team.administer", "key.administer", "address.administer", "webhook.administer",
              "bank_details.keep", "plan.make", "promise.make", "offer.make"}  # fmt: skip
    assert of_buyers & of_suppliers <= shared


@pytest.mark.long
@pytest.mark.parametrize(("machine", "step"), MOVES, ids=[f"{m.__name__}-{s.name}" for m, s in MOVES])
def test_each_role_tries_each_move(world: World, machine: type[Machine], step: Step) -> None:
    states = States(world)
    row = states.reach(machine, step.sources[0])
    for role in ROLES:
        may = step.right in ROLES[role].rights
        assert _passes(row, step, states.as_role(role), states) == may, role
    assert not _passes(row, step, Actor.nobody(), states)
    assert _passes(row, step, SYSTEM, states)


@pytest.mark.long
@pytest.mark.parametrize("side", ["buyer", "supplier"])
def test_each_scope_of_a_key_tries_each_move(world: World, side: str) -> None:
    states = States(world)
    key = world.erp("brightwater" if side == "buyer" else "nordwind")
    for machine in machines():
        rows = {state: states.reach(machine, state) for state in {step.sources[0] for step in steps_of(machine)}}
        for step in steps_of(machine):
            for scope in SCOPES:
                rights = rights_of_scopes([scope], side=side)
                may = step.right in rights
                assert _passes(rows[step.sources[0]], step, replace(key, rights=rights), states) == may, (step, scope)


def test_the_front_doors_ask_too(world: World) -> None:
    invoice = world.invoice("10.00", account="tiny_account")
    states = States(world)
    for role in ROLES:
        actor = states.as_role(role)
        if "payment.make" not in actor.rights:
            with refused("not_your_role", 403):
                enter(actor, [(invoice, invoice.free)], gateway="sandbox", attempt=invoice.pk)
        if "invoice.post" not in actor.rights:
            with refused("not_your_role", 403):
                receive(actor, Arrival.__new__(Arrival))


def _passes(row: Machine, step: Step, actor: Actor, states: States) -> bool:
    """Whether the actor got past the question for the role; what it did is undone."""
    with transaction.atomic():
        try:
            getattr(type(row)._base_manager.get(pk=row.pk), step.name)(actor, **states.told(step))
        except Refusal as refusal:
            if refusal.code == "not_your_role":
                assert refusal.status == 403
                assert type(row)._base_manager.get(pk=row.pk).state == row.state
                return False
        transaction.set_rollback(True)
    return True
