"""Every state machine of the program, and the model whose rows it moves."""

from importlib import import_module
from pkgutil import iter_modules

import app as package
from app.core.columns.base import specs
from app.core.columns.codes import State
from app.core.models import entities
from app.core.states import StateMachine


def machines():
    """Give (``domain.NAME``, machine) of every ``app/<domain>/states.py``."""
    found = []
    for domain in iter_modules(package.__path__, "app."):
        try:
            module = import_module(f"{domain.name}.states")
        except ModuleNotFoundError:
            continue
        found += [
            (f"{domain.name.removeprefix('app.')}.{name}", value)
            for name, value in vars(module).items()
            if isinstance(value, StateMachine)
        ]
    return found


def states_of(machine):
    """Give the closed list of states a machine works on."""
    return type(machine.transitions[0].target)


def model_of(machine):
    """Give the model whose column ``state`` holds these states."""
    for model in entities():
        spec = specs(model).get("state")
        if spec and isinstance(spec.kind, State) and spec.kind.choice is states_of(machine):
            return model
    raise LookupError(f"no model holds {states_of(machine)}")
