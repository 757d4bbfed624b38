"""Installs Chromium and its driver for tox's environment `browser`, where a run asks for it: `.ci/run` sets ECSFAKE_INSTALL_CHROMIUM.

Only on Debian and its relatives, as root, and only if they are missing. Anywhere else nothing is installed, and the tests say what they lack.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

#: The names that Chromium goes by, and Chrome, which does as well.
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "chromium-driver")


def browser_and_driver() -> tuple[str, str] | None:
    """The paths of the browser and of its driver; None if one of them is missing."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    return None if browser is None or driver is None else (browser, driver)


def main() -> int:
    """Install what is missing, if that is wanted and possible."""
    if browser_and_driver() is not None or not os.environ.get("ECSFAKE_INSTALL_CHROMIUM"):
        return 0
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        print(f"only root on Debian can install {' and '.join(PACKAGES)}", file=sys.stderr)
        return 1
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(
            ["apt-get", "--quiet", "--quiet", *command], env=environment, check=False, capture_output=True, text=True
        )
        if done.returncode:
            print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
