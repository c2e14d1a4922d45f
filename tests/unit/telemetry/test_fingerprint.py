import pytest

from motia.telemetry.fingerprint import fingerprint_of, own_frame

PYTHON = """Traceback (most recent call last):
  File "motia/steps/mail.py", line 12, in send
    connect()
  File "motia/steps/net.py", line 7, in connect
    raise ValueError
  File "/venv/lib/python3.11/site-packages/lib.py", line 9, in inner
ValueError: no"""


@pytest.mark.parametrize(
    ("stack", "frame"),
    [
        (PYTHON, ("motia/steps/net.py", 7, "connect")),
        ("Error: no\n    at send (motia/steps/mail.ts:12:5)", ("motia/steps/mail.ts", 12, "send")),
        ("motia/steps/mail.rb:12:in 'send'", ("motia/steps/mail.rb", 12, "send")),
        ("no frames at all", ("", 0, "")),
        ("", ("", 0, "")),
    ],
)
def test_the_innermost_own_frame_is_found_in_every_language(stack, frame):
    assert own_frame(stack) == frame


def test_another_step_error_or_place_is_another_fingerprint():
    prints = {
        fingerprint_of("a", "E", "f.py", "g"),
        fingerprint_of("b", "E", "f.py", "g"),
        fingerprint_of("a", "F", "f.py", "g"),
        fingerprint_of("a", "E", "f.py", "h"),
    }

    assert len(prints) == 4
