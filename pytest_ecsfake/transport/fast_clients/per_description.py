"""What is worked out once for each description of a service, however many clients and sessions have it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakKeyDictionary, ref

from pytest_ecsfake.transport.fast_clients.own_copies import origin

if TYPE_CHECKING:
    from botocore.model import ServiceModel

T = TypeVar("T")


class PerDescription(Generic[T]):
    """Values by name for each description of a service, for as long as the description lives.

    A description is what botocore's loader reads from a service's file. The clients of a session have it in common; their models of the service
    are their own. Values mustn't hold on to either.
    """

    def __init__(self) -> None:
        self._of_models: WeakKeyDictionary[ServiceModel, dict[str, T]] = WeakKeyDictionary()
        #: By identity: a dictionary has no hash.
        self._of_descriptions: dict[int, tuple[ref[Any], dict[str, T]]] = {}

    def of(self, model: ServiceModel) -> dict[str, T]:
        """The values for the description that a model of a service was made from. Whoever misses one adds it."""
        try:
            return self._of_models[model]
        except KeyError:
            values = self._of_models[model] = self._of_description(vars(model).get("_service_description"))
            return values

    def _of_description(self, description: Any) -> dict[str, T]:
        if description is None:
            return {}
        description = origin(description)
        identity = id(description)
        if identity in self._of_descriptions:
            return self._of_descriptions[identity][1]
        values: dict[str, T] = {}
        # A test may have made a model from a plain dictionary, which can't be referred to weakly.
        with suppress(TypeError):
            self._of_descriptions[identity] = ref(description, self._forget(identity)), values
        return values

    def _forget(self, identity: int) -> Callable[[object], None]:
        values = self._of_descriptions

        def forget(_: object) -> None:
            values.pop(identity, None)

        return forget
