"""Command line of the checks: exit 1 when an offence is new, grew, or the ratchet is loose."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.tidy import ratchet
from tools.tidy.repository import Repository
from tools.tidy.run import examine

RATCHET = "tools/tidy/ratchet.json"


def main(arguments: list[str] | None = None) -> int:
    """Check the repository; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.tidy", description="Check the repository's shape.")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the repository")
    parser.add_argument("--tighten", action="store_true", help="lower the ratchet to what is left")
    parser.add_argument(
        "--baseline", action="store_true", help="write a first ratchet; refused when there is one"
    )
    options = parser.parse_args(arguments)

    path = options.root / RATCHET
    findings = examine(Repository(options.root))
    if options.baseline:
        if path.exists():
            print(f"{RATCHET} is there already: it may only shrink (--tighten)", file=sys.stderr)
            return 2
        ratchet.save(path, ratchet.amounts(findings))
    elif options.tighten:
        ratchet.save(path, ratchet.tightened(findings, ratchet.load(path)))

    verdict = ratchet.judge(findings, ratchet.load(path))
    for finding in verdict.offences:
        print(f"{finding.path}:{finding.line}: {finding.check}: {finding.message}")
    for key in verdict.loose:
        print(f"{RATCHET}: {key} is smaller than its entry: run python -m tools.tidy --tighten")
    kept = len({finding.key for finding in findings}) - len({finding.key for finding in verdict.offences})
    print(
        f"tidy: {len(verdict.offences)} new, {len(verdict.loose)} loose, {kept} in the ratchet",
        file=sys.stderr,
    )
    return 1 if verdict.offences or verdict.loose else 0


if __name__ == "__main__":
    sys.exit(main())
