"""The installer of Chromium: it acts only where a run asks for it, and says why it can't."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

import install_chromium


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have been run, on a Debian without a browser, by root."""
    run: list[list[str]] = []

    def note(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        run.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setenv("ECSFAKE_INSTALL_CHROMIUM", "1")
    monkeypatch.setattr(
        install_chromium.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None
    )
    monkeypatch.setattr(install_chromium.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(install_chromium.subprocess, "run", note)
    return run


def test_installs_the_browser_and_its_driver_where_a_run_asks_for_it(commands):
    assert install_chromium.main() == 0

    assert [command[3] for command in commands] == ["update", "install"]
    assert commands[-1][-2:] == ["chromium", "chromium-driver"]


def test_installs_nothing_unless_a_run_asks_for_it(commands, monkeypatch):
    monkeypatch.delenv("ECSFAKE_INSTALL_CHROMIUM")

    assert install_chromium.main() == 0
    assert commands == []


@pytest.mark.parametrize("browser", ["chromium", "google-chrome"])
def test_installs_nothing_where_a_browser_is(commands, monkeypatch, browser):
    there = {browser, "chromedriver", "apt-get"}
    monkeypatch.setattr(install_chromium.shutil, "which", lambda name: f"/usr/bin/{name}" if name in there else None)

    assert install_chromium.main() == 0
    assert install_chromium.browser_and_driver() == (f"/usr/bin/{browser}", "/usr/bin/chromedriver")
    assert commands == []


def test_says_that_it_needs_root(commands, monkeypatch, capsys):
    monkeypatch.setattr(install_chromium.os, "geteuid", lambda: 1000, raising=False)

    assert install_chromium.main() == 1
    assert capsys.readouterr().err == "only root on Debian can install chromium and chromium-driver\n"
    assert commands == []
