"""Puts the library that draws the page of a failed test into the package: `python tools/vendor_timeline.py`, with npm at hand.

What is installed is what tools/timeline/package-lock.json says, by its checksums. To take a newer one: change the version in
tools/timeline/package.json, run `npm install` there, then this. With `--check` nothing is written: the exit code is 1 if anything differs.

Beside the library go the licences of all that is bundled in it, and `vendored.json` with its version and the checksum of each file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKED = ROOT / "tools" / "timeline"
VENDORED = ROOT / "pytest_ecsfake" / "report" / "drawing" / "vis_timeline"

LIBRARY = "vis-timeline"
#: By the name in the package: the library's own bundle, which holds all that it needs and its style sheet, and its licences.
FILES = {
    "vis-timeline-graph2d.min.js": "standalone/umd/vis-timeline-graph2d.min.js",
    "LICENSE.Apache-2.0.txt": "LICENSE.Apache-2.0.txt",
    "LICENSE.MIT.txt": "LICENSE.MIT.txt",
    "LICENSE.md": "LICENSE.md",
}
#: Packages that the lock file has for types and for a command, of which the bundle has nothing.
NOT_BUNDLED = re.compile(r"^(@types/|commander$|vis-timeline$)")

#: Where a debugger would look for the source of what was bundled. A page asks for nothing, whoever opens it.
SOURCE_MAP = re.compile(r"\n?(//|/\*)# sourceMappingURL=\S+?( ?\*/)?\s*$")


def main() -> int:
    """Vendor the library, or check what is vendored."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; compare")
    check = parser.parse_args().check
    if check and shutil.which("npm") is None:
        print("npm isn't installed: the library was not compared with its lock file")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        made = vendored(Path(folder))
    if check:
        differs = [name for name, text in made.items() if not _is(VENDORED / name, text)]
        differs += [path.name for path in VENDORED.iterdir() if path.name not in made]
        print("\n".join(f"{name} differs from what the lock file gives" for name in differs))
        return 1 if differs else 0
    VENDORED.mkdir(exist_ok=True)
    for path in VENDORED.iterdir():
        path.unlink()
    for name, text in made.items():
        (VENDORED / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


def vendored(folder: Path) -> dict[str, str]:
    """The files to vendor, by name, from what npm installs into a folder."""
    for path in LOCKED.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, stdout=sys.stderr)
    installed = folder / "node_modules"
    made = {name: SOURCE_MAP.sub("\n", _read(installed / LIBRARY / path)) for name, path in FILES.items()}
    lock = json.loads(_read(folder / "package-lock.json"))
    versions = {
        path.removeprefix("node_modules/"): package["version"] for path, package in lock["packages"].items() if path
    }
    bundled = [name for name in sorted(versions) if not NOT_BUNDLED.match(name)]
    made["LICENSES.bundled.txt"] = "\n".join(_licence(installed / name, name, versions[name]) for name in bundled)
    made["vendored.json"] = (
        json.dumps(
            {
                "library": LIBRARY,
                "version": versions[LIBRARY],
                "integrity": lock["packages"][f"node_modules/{LIBRARY}"]["integrity"],
                "made_by": "tools/vendor_timeline.py, from tools/timeline/package-lock.json",
                "sha256": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in sorted(made.items())},
            },
            indent=2,
        )
        + "\n"
    )
    return made


def _licence(package: Path, name: str, version: str) -> str:
    [*texts] = sorted(path for path in package.iterdir() if re.match(r"licen[cs]e", path.name, re.IGNORECASE))
    if not texts:  # the package names it only
        licence = json.loads(_read(package / "package.json"))["license"]
        return f"{name} {version}\n\nLicence: {licence}\n"
    return "\n".join([f"{name} {version}\n", *(_read(path).strip() + "\n" for path in texts)])


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _is(path: Path, text: str) -> bool:
    return path.is_file() and _read(path) == text


if __name__ == "__main__":
    sys.exit(main())
