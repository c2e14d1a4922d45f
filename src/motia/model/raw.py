"""`OptionalRaw`: undecoded JSON text that may be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    OptionalRaw = msgspec.Raw | None
else:
    # msgspec refuses every value but null for `Raw | None`. Declared as Raw with the default None
    # it decodes any value; missing stays None.
    OptionalRaw = msgspec.Raw
