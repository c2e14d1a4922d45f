"""Settings with the command line's flags over them."""

from __future__ import annotations

from pathlib import Path

from motia.cli.settings import load_settings


def test_a_flag_is_above_everything_and_one_left_out_is_not(empty_project: Path, monkeypatch):
    monkeypatch.setenv("MOTIA_PORT", "4001")
    monkeypatch.setenv("MOTIA_HOST", "127.0.0.9")

    config = load_settings(empty_project, mode="dev", port=4002, host=None).config

    assert (config.port, config.host) == (4002, "127.0.0.9")


def test_start_means_production_when_nothing_says_what(empty_project: Path, monkeypatch):
    monkeypatch.delenv("MOTIA_ENV", raising=False)
    monkeypatch.delenv("NODE_ENV", raising=False)

    assert load_settings(empty_project, mode="start").config.is_production
    assert not load_settings(empty_project, mode="dev").config.is_production
    assert load_settings(empty_project, mode="dev", env="production").config.is_production
