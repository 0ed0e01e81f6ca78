"""The rules of our own on the syntax tree; each yields the lines that break it."""

import ast
from collections.abc import Iterator


def imports_inside_functions(tree: ast.AST) -> Iterator[int]:
    """What a module needs stands at its head."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (node.lineno for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom))


#: Rows that no tenant owns through a scope: the API's own memory of what it was asked.
WITHOUT_SCOPE = {"IdempotencyKey"}


def rows_not_found_through_the_actor(tree: ast.AST) -> Iterator[int]:
    """In a face, `.objects` is followed by `.visible_to(`, and by nothing else; other managers are not for faces."""
    allowed = {
        id(call.func.value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "visible_to"
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        if isinstance(node.value, ast.Name) and node.value.id in WITHOUT_SCOPE:
            continue
        if node.attr in ("_default_manager", "_base_manager") or (node.attr == "objects" and id(node) not in allowed):
            yield node.lineno


def shared_tasks(tree: ast.AST) -> Iterator[int]:
    """Jobs are registered with the kernel's `@job`, never as celery's shared tasks."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute | ast.alias) and "shared_task" in ast.unparse(node).split("."):
            yield node.lineno


def signals_of_our_own(tree: ast.AST) -> Iterator[int]:
    """What follows from an event stands in EVENT_EFFECTS and EVENT_RELAYS."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("django.dispatch", "django.db.models.signals"):
            yield node.lineno


def skipped_tests(tree: ast.AST) -> Iterator[int]:
    """A test runs or is deselected by its mark; none is skipped or expected to fail."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("skip", "skipif", "xfail", "importorskip"):
            yield node.lineno
