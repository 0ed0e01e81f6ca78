"""A real process that dies at a named point: a child of this one, killed without a chance to say or mend anything."""

import os
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

from django.db import connections

GONE = 9


def dies_at(point: str, work: Callable[[], Any]) -> bool:
    """Do the work in a child that is gone `before` or `after` a function: "after workflows.payment:Payment.settle".

    True where it died there; False where it did all its work without coming to that point. What the child raised is
    raised here.
    """
    connections.close_all()  # a child must not share, nor close, the parent's connections
    child = os.fork()
    if not child:
        _live_and_die(point, work)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, GONE):
        raise AssertionError(f"the child fell by itself before it could die {point}: see what it wrote")
    return code == GONE


def _live_and_die(point: str, work: Callable[[], Any]) -> None:
    try:
        _arm(point)
        work()
    except BaseException as error:
        os.write(2, f"the child: {type(error).__name__}: {error}\n".encode())
        os._exit(1)
    os._exit(0)


def _arm(point: str) -> None:
    when, _, path = point.partition(" ")
    module, _, name = path.partition(":")
    owner: Any = import_module(module)
    *classes, name = name.split(".")
    for each in classes:
        owner = getattr(owner, each)
    function = getattr(owner, name)

    @wraps(function)
    def mortal(*args: Any, **facts: Any) -> Any:
        if when == "before":
            os._exit(GONE)
        function(*args, **facts)
        os._exit(GONE)

    setattr(owner, name, mortal)
