"""Options that are about one kind of export only, so that none is silently without effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse


class Only:
    """Adds options to a parser and remembers them.

    Args:
        target: A parser or a group of one.

    Attributes:
        actions: The options, as the parser knows them.
    """

    def __init__(self, target: argparse._ActionsContainer) -> None:
        self._target = target
        self.actions: list[argparse.Action] = []

    def add_argument(self, *flags: str, **how: Any) -> argparse.Action:
        """As of a parser."""
        action = self._target.add_argument(*flags, **how)
        self.actions.append(action)
        return action

    def within(self, target: argparse._ActionsContainer) -> Only:
        """The same list, for options of another group."""
        inner = Only(target)
        inner.actions = self.actions
        return inner

    def given(self, options: argparse.Namespace) -> str:
        """The first of these options that was given, as it is typed; "" where none was."""
        return next((one.option_strings[-1] for one in self.actions if _given(one, options)), "")


def _given(action: argparse.Action, options: argparse.Namespace) -> bool:
    value = getattr(options, action.dest)
    if action.nargs == 0:  # a switch; two of them may share a value
        return value is action.const and value is not action.default
    return bool(value != action.default)
