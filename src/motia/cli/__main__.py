"""`python -m motia.cli`: the command line, where the command itself is not on the PATH."""

from __future__ import annotations

from motia.cli.main import main

if __name__ == "__main__":
    main()
