"""`python -m motia`: the command line, where the command itself is not on the PATH."""

from __future__ import annotations

from motia.cli import main

if __name__ == "__main__":
    main.main()
