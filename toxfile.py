"""Lets tox find every interpreter that pyenv has installed.

pyenv puts one version on PATH and shims that refuse for all others, so tox would skip them. Their own folders go to the end of PATH:
what stands there already still comes first. tox loads this file by itself (its documentation: inline plugins).
"""

from __future__ import annotations

import os
from pathlib import Path

_PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")

os.environ["PATH"] = os.pathsep.join(
    [os.environ.get("PATH", os.defpath), *(str(folder) for folder in sorted(_PYENV.glob("versions/*/bin")))]
)
