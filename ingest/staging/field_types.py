"""The types of a record's fields."""

from typing import Any, get_args, get_type_hints

_TYPES: dict[Any, dict[str, Any]] = {}  # resolving annotations is slow; each class once


def types_of(kind: Any) -> dict[str, Any]:
    """The type of each field of a dataclass, by its name."""
    if kind not in _TYPES:
        _TYPES[kind] = get_type_hints(kind)
    return _TYPES[kind]


def without_none(hint: Any) -> Any:
    """`T` of `T | None`."""
    return next(arg for arg in get_args(hint) if arg is not type(None))
