"""Checks messages against the protocol's schemas."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from jsonschema.validators import extend

from roto_plugin.protocol import METHODS, REQUEST, ProtocolError, Schema

_LONGEST = 300  # characters of what is told of a fault


def _is_whole(checker: object, value: object) -> bool:
    """JSON Schema takes 7.0 for an integer, and our handlers would have to."""
    del checker
    return isinstance(value, int) and not isinstance(value, bool)


_Validator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole),
)


def check_request(message: dict[str, Any]) -> None:
    """Make sure that a message is a request.

    Raises:
        ProtocolError: it is none.
    """
    fault = fault_of(_validator_of_requests(), message)
    if fault:
        raise ProtocolError("RequestError", f"This is no request: {fault}.")


def check_params(method: str, params: dict[str, Any]) -> None:
    """Make sure that parameters are what a method takes.

    Raises:
        ProtocolError: there is no such method, or they are not.
    """
    if method not in METHODS:
        known = ", ".join(METHODS)
        raise ProtocolError(
            "MethodError", f"There is no method {method!r:.100}; there are {known}."
        )
    fault = fault_of(_validator_of(method), params)
    if fault:
        raise ProtocolError("ParamsError", f"The parameters of {method} do not fit: {fault}.")


def validator(schema: Schema) -> Any:
    """What checks values against a schema, with our idea of an integer."""
    return _Validator(schema)


def fault_of(checker: Any, value: object) -> str:
    """Where and how a value differs from a schema; "" where it does not."""
    error = best_match(checker.iter_errors(value))
    if error is None:
        return ""
    text = error.message if len(error.message) <= _LONGEST else f"{error.message[:_LONGEST]}..."
    return f"{error.json_path}: {text}" if error.path else text


@cache
def _validator_of(method: str) -> Any:
    return validator(METHODS[method].params)


@lru_cache(maxsize=1)
def _validator_of_requests() -> Any:
    return validator(REQUEST)
