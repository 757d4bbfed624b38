"""botocore's ECS service model, as the generator reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import botocore
from botocore.loaders import Loader

#: The botocore whose model is checked in. To take a newer one: change this line, run the generator, read the diff.
BOTOCORE = "1.44.5"

Shape = dict[str, Any]


class GeneratorError(Exception):
    """What keeps the generator from writing, in one sentence."""


@dataclass(frozen=True)
class Model:
    """The operations and shapes of ECS, in the order of the model."""

    document: dict[str, Any]

    @property
    def metadata(self) -> dict[str, str]:
        """Protocol, API version and the like."""
        metadata: dict[str, str] = self.document["metadata"]
        return metadata

    @property
    def operations(self) -> dict[str, dict[str, Any]]:
        """Name of the operation to its description."""
        operations: dict[str, dict[str, Any]] = self.document["operations"]
        return operations

    @property
    def shapes(self) -> dict[str, Shape]:
        """Name of the shape to its description."""
        shapes: dict[str, Shape] = self.document["shapes"]
        return shapes

    @cached_property
    def error_names(self) -> list[str]:
        """The shapes that are errors, in alphabetical order."""
        return sorted(name for name, shape in self.shapes.items() if shape.get("exception"))

    def reached_from(self, name: str) -> list[str]:
        """The shape and all that it holds, in the order in which a reader of the API reference meets them."""
        reached: dict[str, None] = {}
        waiting = [name]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached[name] = None
                waiting.extend(reversed(list(_held_by(self.shapes[name]))))
        return list(reached)


def _held_by(shape: Shape) -> Iterator[str]:
    for member in shape.get("members", {}).values():
        yield member["shape"]
    for part in ("key", "value", "member"):
        if part in shape:
            yield shape[part]["shape"]


def load() -> Model:
    """The model of the installed botocore.

    Raises:
        GeneratorError: another botocore than the stated one is installed.
    """
    if botocore.__version__ != BOTOCORE:
        raise GeneratorError(
            f"the schemas come from botocore {BOTOCORE}, and {botocore.__version__} is installed. "
            f"Install botocore=={BOTOCORE}, or set BOTOCORE in tools/schema_generator/model.py to take the newer model."
        )
    return Model(Loader().load_service_model("ecs", "service-2"))
