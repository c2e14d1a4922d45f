"""What workers print: pipes cut into log lines, bounded in length and in rate.

Invariants
1. A line holds at most `bytes_max` bytes of text and, when it was longer, a mark that says by how much.
2. Nothing is kept but the beginning of one unfinished line.
3. What is dropped is counted, and told as soon as there is room for a line.
"""

from __future__ import annotations

from motia.runtime import Clock

LINE_BYTES_MAX = 16 * 1024


class LineCutter:
    """Cuts a byte stream into lines of text; bad UTF-8 becomes U+FFFD."""

    def __init__(self, *, bytes_max: int = LINE_BYTES_MAX) -> None:
        """Lines longer than `bytes_max` are cut."""
        self._bytes_max = bytes_max
        self._begin = bytearray()
        self._cut_bytes = 0

    def feed(self, data: bytes) -> list[str]:
        """Lines that are complete now, without their ends; blank ones are left out."""
        *ended, begun = data.split(b"\n")
        lines: list[str] = []
        for piece in ended:
            self._add(piece)
            self._end(lines)
        self._add(begun)
        return lines

    def finish(self) -> list[str]:
        """The last line when it has no end."""
        lines: list[str] = []
        self._end(lines)
        return lines

    def _add(self, piece: bytes) -> None:
        room = self._bytes_max - len(self._begin)
        self._begin += piece[:room]
        self._cut_bytes += max(len(piece) - room, 0)

    def _end(self, lines: list[str]) -> None:
        text = self._begin.decode(errors="replace").rstrip("\r")
        if self._cut_bytes:
            text += f"… ({self._cut_bytes} bytes cut)"
        self._begin.clear()
        self._cut_bytes = 0
        if text.strip():
            lines.append(text)


class RateBound:
    """A bucket of `burst` tokens that fills with `per_s`."""

    def __init__(self, clock: Clock, *, per_s: float, burst: float) -> None:
        """Start with a full bucket."""
        self._clock = clock
        self._per_s = per_s
        self._burst = burst
        self._tokens = burst
        self._filled_mono = clock.mono()
        self.dropped = 0
        """How many were refused in all."""
        self._untold = 0

    def try_take(self) -> bool:
        """Whether one more may pass; a refusal is counted."""
        now_mono = self._clock.mono()
        self._tokens = min(self._burst, self._tokens + (now_mono - self._filled_mono) * self._per_s)
        self._filled_mono = now_mono
        if self._tokens >= 1.0:
            self._tokens -= 1.0
            return True
        self.dropped += 1
        self._untold += 1
        return False

    def take_untold(self) -> int:
        """Refusals since this was last asked."""
        untold, self._untold = self._untold, 0
        return untold
