"""Records what ECS answers a real client, for the project's suite of recorded answers.

    python -m pytest_ecsfake.record --out answers.json script.py

or, in Python, `with recording("answers.json"): ...`. Each call that a client of botocore makes to ECS in this process, by boto3 or awscli too, is
one element of the file: source, recorded, operation, region, situation, parameters, answer. The calls themselves aren't touched; names and numbers
are replaced in what is written (`neutral.py`).

Nothing of the package imports this module: a plugin that starts doesn't load it.
"""

from __future__ import annotations

import json
import re
import runpy
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake.neutral import Neutral

if TYPE_CHECKING:
    from botocore.client import BaseClient

SERVICE_ID = "ECS"


class Answered(NamedTuple):
    """A call and what ECS answered, with all that is real in it."""

    client: BaseClient
    operation: str
    parameters: dict[str, Any]
    answer: dict[str, Any]
    month: str


@contextmanager
def recording(out: str | Path, *, source: str = "", situation: str = "") -> Iterator[list[str]]:
    """Write what ECS answers the calls made within: those of any client in this process, whenever it was made.

    Args:
        out: the file, which is written when the block ends, also after an exception.
        source: who recorded it, and where.
        situation: what it shows.

    Yields:
        a list that holds, once the block has ended, the sentences which are left in the file but for the names in them.
    """
    from botocore.client import BaseClient
    from botocore.exceptions import ClientError

    client_class: Any = BaseClient  # what is patched isn't in the stubs
    original = client_class._make_api_call
    calls: list[Answered] = []
    sentences: list[str] = []

    def _make_api_call(client: BaseClient, operation_name: str, api_params: dict[str, Any]) -> Any:
        if client.meta.service_model.service_id != SERVICE_ID:
            return original(client, operation_name, api_params)
        # Copies: botocore adds a token to the parameters, and the caller may change what it gets.
        call = Answered(client, operation_name, deepcopy(api_params), {}, f"{datetime.now(timezone.utc):%Y-%m}")
        try:
            answer = original(client, operation_name, api_params)
        except ClientError as refusal:
            calls.append(call._replace(answer=deepcopy(dict(refusal.response))))
            raise
        calls.append(call._replace(answer=deepcopy(answer)))
        return answer

    with Path(out).open("w", encoding="utf-8") as file:
        client_class._make_api_call = _make_api_call
        try:
            yield sentences
        finally:
            if (
                client_class._make_api_call is _make_api_call
            ):  # a fake that has ended meanwhile has put botocore's own back
                client_class._make_api_call = original
            documents, left = _documents(calls, source, situation)
            json.dump(documents, file, indent=1, ensure_ascii=False)
            file.write("\n")
            sentences.extend(left)


def _documents(calls: Sequence[Answered], source: str, situation: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The recordings of calls, with neutral values, and the sentences that are left in them."""
    if not calls:
        return [], []
    neutral = Neutral(calls[0].client.meta.service_model)
    documents = []
    # A sentence may hold a name that is met as such later only: the second round knows all of them.
    for _ in range(2):
        neutral.sentences.clear()
        documents = [_document(neutral, call, source, situation) for call in calls]
    return documents, sorted(neutral.sentences)


def _document(neutral: Neutral, call: Answered, source: str, situation: str) -> dict[str, Any]:
    operation = call.client.meta.service_model.operation_model(call.operation)
    answer = {name: value for name, value in call.answer.items() if name != "ResponseMetadata"}
    return {
        "source": source,
        "recorded": call.month,
        "operation": operation.name,
        "region": call.client.meta.region_name,
        "situation": situation,
        "parameters": neutral.document(call.parameters, operation.input_shape),
        "answer": neutral.document(answer, None if "Error" in answer else operation.output_shape),
    }


# --- the command -------------------------------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a script or a module in this process, as `python` would, and record what ECS answers it.

    Args:
        arguments: those of the command line, unless given.
    """
    import argparse

    parser = argparse.ArgumentParser(
        prog="python -m pytest_ecsfake.record",
        description="Record what ECS answers a script, with names and numbers replaced.",
    )
    parser.add_argument("--out", required=True, help="the file to write")
    parser.add_argument("--source", default="", help="who recorded it, and where")
    parser.add_argument("--situation", default="", help="what it shows")
    rest = argparse.REMAINDER
    parser.add_argument("-m", dest="module", metavar="module", nargs=rest, help="the module to run, and its arguments")
    parser.add_argument("command", nargs=rest, help="the script to run, and its arguments; python may stand before it")
    given = parser.parse_args(arguments)
    command = given.command if given.module is None else ["-m", *given.module]
    if command[:1] == ["--"]:
        command = command[1:]
    if command and re.fullmatch(r"python[\d.]*", Path(command[0]).name):
        command = command[1:]
    if command in ([], ["-m"]):
        parser.error("name what to run: script.py …, or -m module …")
    sentences: list[str] = []
    try:
        with recording(given.out, source=given.source, situation=given.situation) as sentences:
            _run(command)
    finally:
        _say(given.out, sentences)


def _run(command: Sequence[str]) -> None:
    arguments, path = sys.argv, sys.path[:]
    try:
        if command[0] == "-m":
            sys.argv = list(command[1:])
            runpy.run_module(command[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = list(command)
            sys.path.insert(0, str(Path(command[0]).resolve().parent))
            runpy.run_path(command[0], run_name="__main__")
    finally:
        sys.argv, sys.path[:] = arguments, path


def _say(out: str, sentences: Sequence[str]) -> None:
    print(f"Recorded in {out}. Read it before you give it away.", file=sys.stderr)
    if sentences:
        print("These sentences stand there, with neutral names in them:", *sentences, sep="\n  ", file=sys.stderr)


if __name__ == "__main__":
    main()
