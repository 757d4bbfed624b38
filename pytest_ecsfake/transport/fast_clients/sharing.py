"""What botocore's sessions share while a fake is on: each of them would read and work out the same again, which takes 100 ms.

- The JSON files of botocore's own data (descriptions of services, endpoints, partitions, rule sets, paginators, waiters, retries) are read once. A
  session gets copies of its own, for not everybody only reads them: a loader merges a service's `sdk-extras` into what it has loaded, handlers
  of `service-data-loaded` may change it, and so does code under test that patches a model.
- The services that botocore has are listed once.
- Whether the handler of an event takes keyword arguments is read from its code, and the name that an event has today is remembered.

Files elsewhere (AWS_DATA_PATH, ~/.aws/models, boto3's resources) are read by each session: a test may write them. Functions of a loader that another
has replaced, in a derived class or by a patch, are called as ever.

What was read stays while a fake is on, and as long as a session holds a copy of it. What every client of ECS needs is kept for the next fake, as
boto3's default session is (`activation/default_session.py`); no session that is made outside of a fake sees it.
"""

from __future__ import annotations

import gzip
import json
import logging
import os
from collections.abc import Callable, Iterator
from inspect import CO_VARKEYWORDS
from threading import RLock
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakValueDictionary

from pytest_ecsfake.transport.fast_clients.own_copies import SharedDocument, own_copy

if TYPE_CHECKING:
    from botocore.hooks import EventAliaser
    from botocore.loaders import JSONFileLoader, Loader

#: The endings of the files, in the order in which botocore looks for them (botocore.loaders).
_ENDINGS = (".json", ".json.gz")

Function = Callable[..., Any]

#: botocore's own: whoever follows what it reads goes on to see it.
_LOGGER = logging.getLogger("botocore.loaders")


class _Version(NamedTuple):
    """A version of a file or a folder."""

    path: str
    size: int
    changed_at_ns: int


class Sharing:
    """What sessions share.

    Args:
        is_wanted: whether a fake is on that has the option `fast_clients`.
    """

    def __init__(self, is_wanted: Callable[[], bool]) -> None:
        self._is_wanted = is_wanted
        #: Threads that make sessions at once read a file once, too.
        self._reading = RLock()
        #: What copies of living sessions are made from.
        self._files: WeakValueDictionary[_Version, SharedDocument] = WeakValueDictionary()
        #: What stays without them, by path.
        self._held: dict[str, SharedDocument] = {}
        self._services: dict[tuple[_Version, str], list[str]] = {}
        self._event_names: dict[str, str] = {}

    def replacements(self) -> Iterator[tuple[Any, str, Callable[[Function], Function]]]:
        """What to replace in botocore: where a function stands, its name, and what wraps it. What this botocore doesn't have is left out."""
        from botocore import hooks, loaders

        for owner, name, wrap in (
            (loaders.JSONFileLoader, "load_file", self._load_file),
            (loaders.Loader, "list_available_services", self._list_available_services),
            (hooks, "accepts_kwargs", self._accepts_kwargs),
            (hooks.EventAliaser, "__init__", self._make_aliaser),
        ):
            if _is_botocores(vars(owner).get(name)):
                yield owner, name, wrap

    def let_go(self) -> bool:
        """Let go of what was held while a fake was on, but for what the next one's clients of ECS need."""
        self._held = {path: document for path, document in self._held.items() if _is_for_ecs(path)}
        return True

    def _load_file(self, original: Function) -> Function:
        def load_file(loader: JSONFileLoader, file_path: str) -> Any:
            if not (self._is_wanted() and _is_plain(loader) and _is_of_botocore(file_path)):
                return original(loader, file_path)
            version = next(filter(None, (_version(file_path + ending) for ending in _ENDINGS)), None)
            if version is None:
                return original(loader, file_path)
            with self._reading:
                document = self._files.get(version)
                if document is None:
                    document = self._files[version] = _read(version.path)
                self._held[version.path] = document
            return own_copy(document)

        return load_file

    def _list_available_services(self, original: Function) -> Function:
        """Wrap `Loader.list_available_services`, which looks into 400 folders."""

        def list_available_services(loader: Loader, *type_name: str, **named: str) -> Any:
            # A loader remembers its list by these (botocore.loaders.instance_cache).
            key = ("list_available_services", *type_name)
            known: dict[Any, Any] = vars(loader).get("_cache", {})
            if len(type_name) == 1 and not named and key not in known and self._is_wanted() and _is_plain(loader):
                services = self._services_of(loader, *type_name, original)
                if services is not None:
                    known[key] = services
            return original(loader, *type_name, **named)

        return list_available_services

    def _services_of(self, loader: Loader, type_name: str, original: Function) -> list[str] | None:
        """The services that a loader finds: those of botocore as they were listed before, those of its other folders as they are now."""
        data = loader.BUILTIN_DATA_PATH
        version = _version(data)
        if version is None or data not in loader.search_paths:
            return None
        others = type(loader)(
            [path for path in loader.search_paths if path != data], include_default_search_paths=False
        )
        if (version, type_name) not in self._services:
            self._services[version, type_name] = original(
                type(loader)([data], include_default_search_paths=False), type_name
            )
        return sorted({*self._services[version, type_name], *original(others, type_name)})

    def _make_aliaser(self, original: Function) -> Function:
        """Wrap `EventAliaser.__init__`: each client has one, which searches a table of 200 old names for each event."""

        def __init__(aliaser: EventAliaser, *args: Any, **kwargs: Any) -> None:
            original(aliaser, *args, **kwargs)
            from botocore.hooks import EVENT_ALIASES, EventAliaser

            own = vars(aliaser)
            if self._is_wanted() and type(aliaser) is EventAliaser and own.get("_event_aliases") == EVENT_ALIASES:
                own["_alias_name_cache"] = self._event_names

        return __init__

    def _accepts_kwargs(self, original: Function) -> Function:
        """Wrap `botocore.hooks.accepts_kwargs`: a session asks it about each of 130 handlers, and `inspect` takes its time."""

        def accepts_kwargs(handler: Any) -> Any:
            function = handler.__func__ if type(handler) is MethodType else handler
            if type(function) is FunctionType and "__signature__" not in vars(function) and self._is_wanted():
                return function.__code__.co_flags & CO_VARKEYWORDS
            return original(handler)

        return accepts_kwargs


def _is_plain(loader: Loader | JSONFileLoader) -> bool:
    """Whether a loader is botocore's own, in which nobody has replaced what sharing skips."""
    from botocore.loaders import JSONFileLoader, Loader

    if type(loader) is Loader:
        return _is_botocores(vars(Loader).get("_potential_locations")) and _is_plain(loader.file_loader)
    return (
        type(loader) is JSONFileLoader
        and _is_botocores(vars(JSONFileLoader).get("_load_file"))
        and _is_botocores(vars(JSONFileLoader).get("exists"))
    )


def _is_botocores(function: object) -> bool:
    """Whether a function stands in botocore's own code."""
    return type(function) is FunctionType and "botocore" in function.__globals__["__name__"].split(".")


def _is_of_botocore(file_path: str) -> bool:
    from botocore.loaders import Loader

    return file_path.startswith(Loader.BUILTIN_DATA_PATH + os.sep)


def _read(path: str) -> SharedDocument:
    """Read a file as botocore does, but into plain dictionaries."""
    with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as file:
        text = file.read().decode()
    _LOGGER.debug("Loading JSON file: %s", path)
    return SharedDocument(json.loads(text))


def _is_for_ecs(path: str) -> bool:
    """Whether every client of ECS reads a file of botocore's: its own ones, and those of no service."""
    from botocore.loaders import Loader

    folder, *others = os.path.relpath(path, Loader.BUILTIN_DATA_PATH).split(os.sep)
    return folder == "ecs" or not others


def _version(path: str) -> _Version | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return _Version(path, status.st_size, status.st_mtime_ns)
