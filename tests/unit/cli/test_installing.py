"""Running one installer."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from motia.cli.errors import CommandError
from motia.cli.installing import Job, run_job


def script(folder: Path, name: str, text: str) -> tuple[str, ...]:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return (str(path),)


def job(argv: tuple[str, ...], again: tuple[str, ...] = ()) -> Job:
    return Job("JavaScript", "package.json", argv, again=again)


def test_its_lines_are_shown_as_they_come(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    done = run_job(job(script(tmp_path, "npm", "echo added; echo noted >&2")), tmp_path, is_quiet=False)

    assert (done.is_good, done.job.program) == (True, "npm")
    assert capfd.readouterr().err == "added\nnoted\n"


def test_a_quiet_one_shows_nothing_unless_it_fails(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    run_job(job(script(tmp_path, "good", "echo added")), tmp_path, is_quiet=True)
    silent = capfd.readouterr()
    done = run_job(job(script(tmp_path, "bad", "echo no network; exit 3")), tmp_path, is_quiet=True)

    assert (silent.out, silent.err) == ("", "")
    assert done.code == 3
    assert "no network" in capfd.readouterr().err


@pytest.mark.parametrize("fault", ["npm error code EUSAGE", "npm error code EINTEGRITY"])
def test_a_lock_file_that_does_not_fit_is_brought_up_to_date(
    tmp_path: Path, fault: str, capfd: pytest.CaptureFixture[str]
):
    clean = script(tmp_path, "ci", f"echo '{fault}'; exit 1")

    done = run_job(job(clean, again=script(tmp_path, "again", "echo ok")), tmp_path, is_quiet=False)

    assert done.is_good
    assert "package.json and its lock file differ: again brings them together" in capfd.readouterr().err


def test_another_failure_is_not_tried_again(tmp_path: Path):
    clean = script(tmp_path, "ci", "echo 'npm error code ENOTFOUND'; exit 1")

    done = run_job(job(clean, again=script(tmp_path, "again", "exit 0")), tmp_path, is_quiet=True)

    assert done.code == 1


def test_a_program_that_cannot_be_started_is_said(tmp_path: Path):
    with pytest.raises(CommandError, match="cannot be started"):
        run_job(job((str(tmp_path / "missing"),)), tmp_path, is_quiet=True)


def test_a_quiet_one_shows_on_a_terminal_how_long_it_takes(tmp_path: Path):
    code = (
        "from pathlib import Path; from motia.cli.installing import Job, run_job\n"
        f"run_job(Job('x', 'package.json', ('sleep', '0.5')), Path({str(tmp_path)!r}), is_quiet=True)"
    )
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        process = subprocess.Popen([sys.executable, "-c", code], stderr=theirs)
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = screen.read(1024)
            except OSError:  # how a terminal of Linux ends
                break
            if not piece:
                break
            shown += piece
        assert process.wait(timeout=20) == 0

    assert "package.json: sleep 0.5  0 s" in shown.decode()
    assert shown.endswith(b"\r\x1b[2K")
