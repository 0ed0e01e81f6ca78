"""Consequences: the table names events that exist, and every function in it is somebody's consequence."""

import ast
import inspect

from messaging.sentences import SENTENCES
from tests.messaging.event_names import event_names
from workflows import consequences
from workflows.consequences import CONSEQUENCES
from workflows.machine import machines, steps_of


def test_every_cause_is_an_event_that_is_recorded_somewhere() -> None:
    assert set(CONSEQUENCES) <= event_names()


def test_every_move_has_an_event_with_a_sentence() -> None:
    moves = {step.event for machine in machines() for step in steps_of(machine)}
    assert moves <= event_names() & set(SENTENCES)


def test_every_function_of_the_table_s_module_stands_in_the_table() -> None:
    tree = ast.parse(inspect.getsource(consequences))
    public = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"}
    functions = {function for functions in CONSEQUENCES.values() for function in functions}
    used = {function.__name__ for function in functions if function.__module__ == consequences.__name__}
    assert public - {"follow"} == used
