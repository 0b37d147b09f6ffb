"""What groups of settings are made of: fields with help, unit and range, and a group that checks itself."""

import re
from collections.abc import Callable
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

_ADDRESS = re.compile(
    r"https?://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]+)?(?:/[!-\"$->@-~]*)?", re.IGNORECASE
)
VARIABLE = re.compile(r"(?!DATELINE_)[A-Z_][A-Z0-9_]{0,199}")
"""An environment variable that a user may name: none of our own."""


def number(default: float, unit: str, help: str, least: float, most: float, but: str = "") -> Any:
    """`but`: what else is asked of it, which `ASCENDING` of its group checks."""
    kind = "whole number" if isinstance(default, int) else "number"
    allowed = f"a {kind} of {unit} from {least:_} to {most:_}" + (f", {but}" if but else "")
    extra: dict[str, Any] = {"unit": unit, "allowed": allowed}
    return Field(default, ge=least, le=most, description=help, json_schema_extra=extra)


def switch(default: bool, help: str) -> Any:
    extra: dict[str, Any] = {"unit": "yes or no", "allowed": "true or false"}
    return Field(default, description=help, json_schema_extra=extra)


def text(default: str, unit: str, help: str, allowed: str, *, is_shown: bool = True) -> Any:
    """`is_shown`: whether a message may quote a value that does not fit; not where it may be a key."""
    extra: dict[str, Any] = {"unit": unit, "allowed": allowed, "is_shown": is_shown}
    return Field(default, description=help, json_schema_extra=extra)


def fit(fits: Callable[[str], object]) -> AfterValidator:
    """Takes the texts that fit. (A pattern of pydantic's takes long to build, at every start.)"""

    def check(text: str) -> str:
        if not fits(text):
            raise ValueError("does not fit")
        return text

    return AfterValidator(check)


def is_address(text: str) -> bool:
    """Whether a text is an address of a service, or empty.

    Raises: ValueError: the port is beyond 65535, or the brackets hold no address.
    """
    return not text or bool(_ADDRESS.fullmatch(text) and urlsplit(text).port != 0)


class SettingsGroup(BaseModel):
    """Settings that belong together. A value that does not fit raises pydantic's `ValidationError`."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,  # no text for a number, no number for a yes; a whole number will do for any number
        extra="forbid",
        allow_inf_nan=False,
        str_strip_whitespace=True,
        hide_input_in_errors=True,  # it may be a key
    )

    ASCENDING: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Pairs of which the first may not be above the second, unless that is 0 and means none."""

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        for low, high in self.ASCENDING:
            values = {low: getattr(self, low), high: getattr(self, high)}
            if values[low] > values[high] > 0:
                raise PydanticCustomError("order", "the first is above the second", values)
        return self
