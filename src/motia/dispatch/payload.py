"""Pure reading of a payload: limits, `__retry`, the values that keys name, the fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from motia.model import ID_BYTES_MAX, CallerError, PayloadTooLarge, Problem, StepSpec, half_in
from motia.project import INEXACT_LANGUAGE, inexact_integers

DEPTH_MAX = 64
RETRY_FIELD = "__retry"
_RAW_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Payload(msgspec.Struct, frozen=True):
    """A payload that was read: its bytes without `__retry`, and its value."""

    data: bytes
    value: Any
    retry_count: int


def read_payload(data: bytes, *, bytes_max: int) -> Payload:
    """Check size, form and depth and take `__retry` out.

    Raises:
        PayloadTooLarge: Over `bytes_max`.
        CallerError: Not JSON (NaN and Infinity are not), or nested deeper than 64 levels.
    """
    if len(data) > bytes_max:
        raise PayloadTooLarge(
            f"the payload has {len(data):,} bytes; at most {bytes_max:,} are allowed",
            hint="store the large part elsewhere and send its name, or raise limits.payload_bytes",
        )
    value = decode_json(data, what="payload")
    if not isinstance(value, dict) or RETRY_FIELD not in value:
        return Payload(data, value, 0)
    count = value.pop(RETRY_FIELD)
    fields = _RAW_FIELDS.decode(data)
    del fields[RETRY_FIELD]
    is_count = isinstance(count, int) and not isinstance(count, bool) and count >= 0
    return Payload(msgspec.json.encode(fields), value, min(count, 2**31) if is_count else 0)


def decode_json(data: bytes | msgspec.Raw, *, what: str) -> Any:
    """Decode JSON text with at most 64 levels; CallerError names `what` otherwise."""
    try:
        value = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        half = half_in(bytes(data), error)
        reason = f"{half.reason} (byte {half.at})" if half else error
        raise CallerError(
            f"the {what} is not JSON: {reason}", hint="NaN and Infinity have no JSON form; send null or text"
        ) from error
    except RecursionError:
        raise _too_deep(what) from None
    text = bytes(data)
    if text.count(b"[") + text.count(b"{") > DEPTH_MAX and _is_deeper(value, DEPTH_MAX):
        raise _too_deep(what)
    return value


def problems_for(
    spec: StepSpec, payload: bytes, *, validate: Callable[[StepSpec, bytes], tuple[Problem, ...]]
) -> tuple[Problem, ...]:
    """What in `payload` does not fit the step: by its schema, unless its worker decides, and by its language."""
    found = () if spec.worker_validates else validate(spec, payload)
    return (*found, *inexact_integers(payload)) if spec.language == INEXACT_LANGUAGE else found


def value_at(value: Any, path: str) -> Any:
    """The value at a dotted path; None when it is not there."""
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def key_text(value: Any, *, what: str) -> str | None:
    """A payload's value as a key: text as it is, anything else as its JSON; None when missing or null.

    Raises:
        CallerError: Over 255 bytes.
    """
    if value is None:
        return None
    return checked_name(
        value if isinstance(value, str) else msgspec.json.encode(value, order="sorted").decode(), what=what
    )


def checked_name(name: str, *, what: str) -> str:
    """`name`, which must be 1 to 255 bytes long; CallerError otherwise."""
    size = len(name.encode("utf-8", "surrogatepass"))
    if not 1 <= size <= ID_BYTES_MAX:
        raise CallerError(
            f"the {what} has {size:,} bytes; 1 to {ID_BYTES_MAX} are allowed",
            hint="use a shorter name or a digest",
        )
    return name


def fingerprint_of(target: str, value: Any, options: tuple[object, ...]) -> str:
    """Digest of a trigger: equal for equal target, payload (field order aside) and options."""
    digest = hashlib.blake2b(target.encode(), digest_size=16)
    digest.update(msgspec.json.encode(options))
    digest.update(msgspec.json.encode(value, order="sorted"))
    return digest.hexdigest()


def _is_deeper(value: Any, depth_max: int) -> bool:
    level = [value]
    for _ in range(depth_max + 1):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        if not any(isinstance(item, dict | list) for item in level):
            return False
        level = below
    return True


def _too_deep(what: str) -> CallerError:
    return CallerError(f"the {what} is nested deeper than {DEPTH_MAX} levels", hint="flatten it")
