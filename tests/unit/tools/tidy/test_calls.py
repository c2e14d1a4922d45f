"""Calls that have an owner."""

from __future__ import annotations

import pytest
from tools.tidy.calls import check_calls


@pytest.mark.parametrize(
    "text",
    [
        "import time\nx = time.time()\n",
        "from time import time_ns\nx = time_ns()\n",
        "import datetime\nx = datetime.datetime.now()\n",
        "from datetime import datetime as d\nx = d.utcnow()\n",
        "import random\nx = random.random()\n",
        "from random import choice\nx = choice([1])\n",
        "import os\nx = os.environ['A']\n",
        "import os as system\nx = system.getenv('A')\n",
        "print('x')\n",
    ],
)
def test_a_forbidden_call_is_found_under_any_name(repository_of, text):
    repository = repository_of({"src/motia/dispatch/a.py": text})

    found = list(check_calls(repository))

    assert [finding.check for finding in found] == ["calls"]
    assert found[0].line == text.count("\n")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("runtime/clock.py", "import time\nx = time.time_ns()\n"),
        ("dispatch/a.py", "import random\nx = random.Random(1)\ny = x.random()\n"),
        ("dispatch/a.py", "import time\nx = time.monotonic()\n"),
        ("dispatch/a.py", "class A:\n    def print(self): self.time.time()\n"),
        ("cli/a.py", "import os\nprint(os.environ)\n"),
        ("dispatch/a.py", "import random\ndef f(*, random: random.Random): return random.random()\n"),
        ("workers/launch.py", "import os\nx = os.environ\n"),
    ],
)
def test_an_owner_may(repository_of, path, text):
    repository = repository_of({f"src/motia/{path}": text})

    assert list(check_calls(repository)) == []
