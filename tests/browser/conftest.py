"""A headless Chromium, and pages that a run of pytest has made for it.

The browser and its driver are the machine's own: Debian's packages chromium and chromium-driver, or Chrome with a chromedriver on the path. Without
them the tests are skipped, but where ECSFAKE_INSTALL_CHROMIUM is set they fail.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from install_chromium import browser_and_driver

if TYPE_CHECKING:
    from selenium import webdriver

    from browser_page import Page

#: As few helpers as possible, none of which asks the network for anything.
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-device-scale-factor=1",
    "--hide-scrollbars",
)

#: A deployment whose tasks exit, with a throttled call, container instances and a task that runs by itself.
DEPLOY = """
    import boto3
    import pytest

    NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-12345678"]}}


    def register(ecs, image):
        return ecs.register_task_definition(
            family="web",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "app", "image": image}],
        )


    @pytest.mark.ecs_fake(clusters=["prod"])
    def test_the_new_image_is_rolled_out(ecs_fake):
        ecs = boto3.client("ecs", "us-east-1")
        ecs_fake.container_instances.add("prod", count=1)
        register(ecs, "nginx:1")
        ecs.create_service(
            cluster="prod", serviceName="web", taskDefinition="web", desiredCount=3, launchType="FARGATE", networkConfiguration=NETWORK
        )
        ecs.get_waiter("services_stable").wait(cluster="prod", services=["web"])
        ecs_fake.containers.script(image="nginx:2", exit_code=1, runs_for=10, times="always")
        ecs_fake.faults.throttle("UpdateService")

        register(ecs, "nginx:2")
        ecs.update_service(cluster="prod", service="web", taskDefinition="web:2")
        ecs_fake.clock.advance(seconds=200)

        web = ecs.describe_services(cluster="prod", services=["web"])["services"][0]
        deployments = [each["taskDefinition"].rpartition("/")[2] for each in web["deployments"]]
        assert deployments == ["web:2"]


    def test_passes(ecs_fake):
        pass
"""

MANY = """
    import boto3
    import pytest

    NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-12345678"]}}


    @pytest.mark.ecs_fake(clusters=["prod"])
    def test_many(ecs_fake):
        ecs = boto3.client("ecs", "us-east-1")
        ecs.register_task_definition(
            family="web",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "app", "image": "nginx:1"}],
        )
        ecs.create_service(
            cluster="prod", serviceName="web", taskDefinition="web", desiredCount=2000, launchType="FARGATE", networkConfiguration=NETWORK
        )
        ecs.get_waiter("services_stable").wait(cluster="prod", services=["web"])
        assert False
"""


@pytest.fixture(scope="session")
def driver() -> Iterator[webdriver.Chrome]:
    """The browser. It logs every request that a page makes, and what a page complains of."""
    found = browser_and_driver()
    if found is None:
        sentence = "there is no Chromium with its driver; on Debian: apt-get install chromium chromium-driver"
        if os.environ.get("ECSFAKE_INSTALL_CHROMIUM"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location, chromedriver = found
    for flag in (*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(chromedriver))
    yield chrome
    chrome.quit()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder with the pages of a run of these tests; each source is run once."""
    folders: dict[str, Path] = {}

    def run(source: str) -> Path:
        if source not in folders:
            folder = tmp_path_factory.mktemp("run")
            (folder / "test_deploy.py").write_text(textwrap.dedent(source))
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--ecs-fake-html=pages"]
            done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
            assert done.returncode == 1, done.stdout + done.stderr
            folders[source] = folder / "pages"
        return folders[source]

    return run


@pytest.fixture
def open_page(driver: webdriver.Chrome, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Open a file of a run. At the end nothing may have left it, and it may have complained of nothing; what it looks like is kept."""
    from browser_page import Page

    pages: list[Page] = []

    def open_page(path: Path, *, address: str = "", width: int = 1280, height: int = 860, dark: bool = False) -> Page:
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        driver.get("about:blank")  # or another address in the same file would only be followed
        driver.get_log("performance")
        driver.get(path.as_uri() + address)
        page = Page(driver)
        pages.append(page)
        return page

    yield open_page
    if pages:
        pages[-1].save(request.node.name)
    requests = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    asked = [each["params"]["request"]["url"] for each in requests if each["method"] == "Network.requestWillBeSent"]
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:", "blob:"))] == []
    assert [entry["message"] for entry in driver.get_log("browser")] == []


@pytest.fixture
def deploy_page(made: Callable[[str], Path]) -> Path:
    """The page of the test whose deployment never ends."""
    [page] = [path for path in made(DEPLOY).iterdir() if path.name != "index.html"]
    return page


@pytest.fixture
def deploy(open_page: Any, deploy_page: Path) -> Page:
    """That page, open."""
    page: Page = open_page(deploy_page, height=1800)  # high enough for all lanes
    page.wait_until_drawn()
    return page


@pytest.fixture
def many_page(made: Callable[[str], Path]) -> Path:
    """The page of a test with 2,000 tasks."""
    [page] = [path for path in made(MANY).iterdir() if path.name != "index.html"]
    return page


@pytest.fixture
def deploy_index(made: Callable[[str], Path]) -> Path:
    """The index of the run with the deployment."""
    return made(DEPLOY) / "index.html"
