"""The rules of our own hold everywhere, and each of them would notice a breach."""

import ast
from collections.abc import Callable, Iterator

import pytest

from tests.shape import rules
from tests.shape.source import FACES, PACKAGES, SIGN_IN, modules

Rule = Callable[[ast.AST], Iterator[int]]

HOLDS: list[tuple[Rule, tuple[str, ...]]] = [
    (rules.imports_inside_functions, (*PACKAGES, "bench/", "tests/")),
    (rules.rows_not_found_through_the_actor, FACES),
    (rules.shared_tasks, PACKAGES),
    (rules.signals_of_our_own, PACKAGES),
    (rules.skipped_tests, ("tests/",)),
]
BUT: dict[Rule, tuple[str, ...]] = {rules.rows_not_found_through_the_actor: SIGN_IN}
BREACHES: list[tuple[Rule, str]] = [
    (rules.imports_inside_functions, "def f():\n    import os"),
    (rules.rows_not_found_through_the_actor, "Invoice.objects.get(pk=1)"),
    (rules.rows_not_found_through_the_actor, "Invoice._base_manager.get(pk=1)"),
    (rules.rows_not_found_through_the_actor, "rows = Invoice.objects"),
    (rules.shared_tasks, "@shared_task\ndef f(): ..."),
    (rules.shared_tasks, "from celery import shared_task"),
    (rules.shared_tasks, "@celery.shared_task\ndef f(): ..."),
    (rules.signals_of_our_own, "from django.db.models.signals import post_save"),
    (rules.skipped_tests, "@pytest.mark.skip\ndef test(): ..."),
]


def test_the_rules_hold_everywhere() -> None:
    assert [breach for path, tree in modules("") for breach in _breaches(path, tree)] == []


def _breaches(path: str, tree: ast.AST) -> Iterator[str]:
    for rule, folders in HOLDS:
        if path.startswith(folders) and not path.startswith(BUT.get(rule, ("/",))):
            yield from (f"{path}:{line} {rule.__name__}" for line in rule(tree))


@pytest.mark.parametrize(("rule", "breach"), BREACHES)
def test_a_breach_of_the_rule_would_be_noticed(rule: Rule, breach: str) -> None:
    assert list(rule(ast.parse(breach)))


def test_rows_found_through_the_actor_are_no_breach() -> None:
    tree = ast.parse("Invoice.objects.visible_to(actor).get(pk=1)")
    assert list(rules.rows_not_found_through_the_actor(tree)) == []
