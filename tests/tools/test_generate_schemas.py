"""The generator: what is checked in is what it makes, and a row of the overlay that can't be meant is refused with a sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "tools" / "generate_schemas.py"
GENERATED_FROM = json.loads((ROOT / "schemas" / "index.json").read_text(encoding="utf-8"))["botocore"]


@pytest.fixture
def pinned_botocore():
    """The botocore that the schemas come from. The tox environment that is for this check may not go without."""
    if botocore.__version__ != GENERATED_FROM:
        sentence = f"the schemas come from botocore {GENERATED_FROM}, and {botocore.__version__} is installed"
        if os.environ.get("ECSFAKE_REQUIRE_SCHEMA_CHECK"):
            pytest.fail(sentence)
        pytest.skip(sentence)


@pytest.fixture
def generator(monkeypatch):
    """The modules of `tools/schema_generator`, by name."""
    monkeypatch.syspath_prepend(str(GENERATOR.parent))
    return lambda name: import_module(f"schema_generator.{name}")


@pytest.fixture
def read_overlay(generator, tmp_path):
    """Read an overlay of one file with the given rows."""
    model = generator("model").Model(Loader().load_service_model("ecs", "service-2"))

    def read(*rows: dict[str, Any]) -> Any:
        (tmp_path / "clusters.json").write_text(json.dumps(rows), encoding="utf-8")
        return generator("overlay").read(tmp_path, model)

    return read


def run(*arguments: str, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, str(GENERATOR), *arguments], capture_output=True, text=True, env=environment, check=False
    )


@pytest.mark.parametrize("hash_seed", ["1", "2"])
@pytest.mark.usefixtures("pinned_botocore")
def test_what_is_checked_in_is_what_the_generator_makes(hash_seed):
    result = run("--check", hash_seed=hash_seed)

    assert (result.returncode, result.stdout + result.stderr) == (0, "")


@pytest.mark.usefixtures("pinned_botocore")
def test_the_check_names_the_files_that_differ(generator, monkeypatch, tmp_path, capsys):
    generate_schemas = import_module("generate_schemas")
    monkeypatch.setattr(generate_schemas, "ROOT", tmp_path)
    assert generate_schemas.main([]) == 0
    (tmp_path / "schemas" / "operations" / "RunTask.json").write_text("{}", encoding="utf-8")
    (tmp_path / "schemas" / "operations" / "RunTsk.json").write_text("{}", encoding="utf-8")
    capsys.readouterr()

    status = generate_schemas.main(["--check"])

    assert status == 1
    assert capsys.readouterr().out.splitlines() == [
        "differs: schemas/operations/RunTask.json",
        "differs: schemas/operations/RunTsk.json",
    ]


def test_another_botocore_is_refused(generator, monkeypatch):
    model = generator("model")
    monkeypatch.setattr(botocore, "__version__", "1.0.0")

    with pytest.raises(model.GeneratorError) as refusal:
        model.load()

    assert str(refusal.value) == (
        f"the schemas come from botocore {GENERATED_FROM}, and 1.0.0 is installed. Install botocore=={GENERATED_FROM}, "
        "or set BOTOCORE in tools/schema_generator/model.py to take the newer model."
    )


RULE = {"rule": {"maxItems": 100}, "source": "API reference, DescribeClusters, clusters"}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        pytest.param(
            {"operation": "DescribeClusters", "member": "clusters", "rule": {"maxItems": 100}},
            "overlay/clusters.json, row 1: no source.",
            id="no source",
        ),
        pytest.param(RULE | {"shape": "ClusterList"}, "the model has no shape ClusterList.", id="unknown shape"),
        pytest.param(
            RULE | {"shape": "Cluster", "member": "clusters"},
            "the shape Cluster has no member clusters.",
            id="unknown member",
        ),
        pytest.param(
            RULE | {"operation": "DescribeCluster"}, "ECS has no operation DescribeCluster.", id="unknown operation"
        ),
        pytest.param(RULE, "neither a shape nor an operation.", id="about nothing"),
        pytest.param(RULE | {"shape": "Cluster", "rules": {}}, "unknown key 'rules';", id="unknown key"),
        pytest.param(
            RULE | {"shape": "Cluster", "keyword": "enum"},
            "either a rule, or the keyword of the model's own rule.",
            id="both",
        ),
        pytest.param(
            RULE | {"shape": "Cluster", "rule": {"items": {"format": "date"}}},
            "a rule may not state 'format';",
            id="no words",
        ),
        pytest.param(
            RULE | {"shape": "TagKey", "rule": {"not": {"pattern": "^aws:"}}},
            "ECS has no idiom for 'not', so it takes an error with a message.",
            id="not without a message",
        ),
        pytest.param(
            RULE | {"shape": "Cluster", "error": {"code": "ValidationException"}},
            "ECS has no error ValidationException.",
            id="unknown error",
        ),
        pytest.param(
            RULE | {"shape": "Cluster", "error": {"text": "too many"}},
            "an error has code and message",
            id="unknown key of error",
        ),
    ],
)
def test_a_row_that_can_not_be_meant_is_refused(read_overlay, generator, row, sentence):
    with pytest.raises(generator("model").GeneratorError) as refusal:
        read_overlay(row)

    assert sentence in str(refusal.value)


def merged(generator, rows: list[Any], operation: str, shape: str) -> dict[str, Any]:
    """The definitions of an operation's request, with the rows merged in."""
    model = generator("model").Model(Loader().load_service_model("ecs", "service-2"))
    schema = generator("json_schema").schema_of(model, f"{operation}Request", "request", "urn:example")
    generator("overlay").merge(rows, operation, schema)
    definitions: dict[str, Any] = schema["$defs"]
    return definitions[shape]


def test_the_error_stands_next_to_the_keyword(read_overlay, generator):
    rows = read_overlay(
        RULE | {"operation": "DescribeClusters", "member": "clusters", "error": {"message": "Too many."}}
    )

    request = merged(generator, rows, "DescribeClusters", "DescribeClustersRequest")

    assert request["properties"]["clusters"] == {
        "type": "array",
        "items": {"type": "string"},
        "maxItems": 100,
        "x-ecs-error": {"maxItems": {"message": "Too many."}},
    }


def test_a_rule_of_one_member_leaves_the_shape_to_the_others(read_overlay, generator):
    rows = read_overlay(RULE | {"operation": "DescribeClusters", "member": "clusters"})

    assert merged(generator, rows, "DescribeClusters", "StringList") == {"type": "array", "items": {"type": "string"}}


def test_a_rule_bound_to_one_operation_leaves_the_others_alone(read_overlay, generator):
    rows = read_overlay(RULE | {"operation": "CreateCluster", "shape": "Tag", "rule": {"required": ["key"]}})

    assert merged(generator, rows, "CreateCluster", "Tag")["required"] == ["key"]
    assert "required" not in merged(generator, rows, "TagResource", "Tag")


def test_the_models_own_keyword_gets_ecs_words(read_overlay, generator):
    error = {"message": "Invalid setting 'name'"}
    rows = read_overlay({"shape": "ClusterSettingName", "keyword": "enum", "error": error, "source": "aws-cli#3785"})

    setting = merged(generator, rows, "CreateCluster", "ClusterSettingName")

    assert setting["enum"] == ["containerInsights"]
    assert setting["x-ecs-error"] == {"enum": error}


def test_a_word_that_a_shape_gains_is_answered_too(read_overlay, generator):
    rows = read_overlay(RULE | {"shape": "SettingType", "rule": {"enum": ["user", "aws_managed", "org_managed"]}})
    model = generator("model").Model(Loader().load_service_model("ecs", "service-2"))

    model = generator("overlay").with_words(rows, model)

    response = generator("json_schema").schema_of(model, "PutAccountSettingResponse", "response", "urn:example")
    assert response["$defs"]["SettingType"]["enum"] == ["user", "aws_managed", "org_managed"]
    assert '"org_managed"]' in generator("python_types").api_module(model, "1.0.0")


def test_an_enumeration_without_words_is_any_text(read_overlay, generator):
    rows = read_overlay(RULE | {"shape": "LogDriver", "rule": {"enum": None}})
    model = generator("model").Model(Loader().load_service_model("ecs", "service-2"))

    model = generator("overlay").with_words(rows, model)

    for shape, direction in (("RegisterTaskDefinitionRequest", "request"), ("TaskDefinition", "response")):
        definitions = generator("json_schema").schema_of(model, shape, direction, "urn:example")["$defs"]
        assert definitions["LogConfiguration"]["properties"]["logDriver"] == {"type": "string"}
    assert "LogDriver = " not in generator("python_types").api_module(model, "1.0.0")


def test_words_that_are_not_there_can_not_be_taken_away(read_overlay, generator):
    rows = read_overlay(RULE | {"shape": "Cluster", "rule": {"enum": None}})
    model = generator("model").Model(Loader().load_service_model("ecs", "service-2"))

    with pytest.raises(generator("model").GeneratorError) as refusal:
        generator("overlay").with_words(rows, model)

    assert str(refusal.value) == "overlay/clusters.json, row 1: there is no enum to take away."


def test_words_for_a_keyword_that_the_model_has_not_got_are_refused(read_overlay, generator):
    error = {"message": "ClusterName is too long."}
    rows = read_overlay(
        {"operation": "CreateCluster", "member": "clusterName", "keyword": "maxLength", "error": error, "source": "-"}
    )

    with pytest.raises(generator("model").GeneratorError) as refusal:
        merged(generator, rows, "CreateCluster", "CreateClusterRequest")

    assert str(refusal.value) == "overlay/clusters.json, row 1: the model states no maxLength there."
