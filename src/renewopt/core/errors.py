"""Errors as message codes with parameters; the room `text` makes the sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Message:
    """One thing to tell the user: a code of `text/messages` and what fills it."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Show the code and its parameters, for logs and developers."""
        shown = ", ".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.code}({shown})"


def message(code: str, **params: Any) -> Message:
    """Build a message; `params` fill the placeholders of its sentence."""
    return Message(code, params)


class RenewoptError(Exception):
    """Something the user must know; carries every problem found, not the first.

    Attributes
    ----------
    messages
        What is wrong, in the order found.
    exit_code
        What the command line ends with.
    """

    exit_code = 2

    def __init__(self, *messages: Message) -> None:
        self.messages = messages
        super().__init__("; ".join(str(m) for m in messages))

    @classmethod
    def of(cls, code: str, **params: Any) -> RenewoptError:
        """Make the error from a single message."""
        return cls(Message(code, params))


class InputError(RenewoptError):
    """A file, key or value that cannot be used (exit code 2)."""


class ContradictionError(RenewoptError):
    """Hard rules that cannot all be kept (exit code 3)."""

    exit_code = 3


class AuditError(RenewoptError):
    """A finished plan breaks a rule: a fault of ours, never the city's (exit 1)."""

    exit_code = 1


class SolverError(RenewoptError):
    """An engine crashed, hung or gave no plan (exit code 1)."""

    exit_code = 1


class CancelledError(RenewoptError):
    """The user stopped the run before any plan was found (exit code 130)."""

    exit_code = 130
