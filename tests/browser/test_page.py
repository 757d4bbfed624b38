"""The page of a failed test in a real browser: what it draws, what a click and a key do, and that nothing leaves it."""

from __future__ import annotations

import re
import time

import pytest

pytest.importorskip("selenium", reason="selenium isn't installed; tox's environment browser has it")

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys


def test_lanes_stand_in_their_groups_with_the_services_above_their_tasks(deploy):
    lanes = deploy.lanes()

    assert lanes[:8] == [
        "calls",
        "RegisterTaskDefinition",
        "CreateService",
        "DescribeServices",
        "UpdateService",
        "the test",
        "clock",
        "faults",
    ]
    service = lanes.index("service prod/web")
    assert lanes[service + 1] == "deployment web:1"
    assert [re.sub("^[0-9a-f]{8}", "id", lane) for lane in lanes[service + 2 : service + 5]] == ["id web:1"] * 3
    assert lanes.index("deployment web:2") < lanes.index("container instances in prod")
    assert "cluster prod" in lanes


def test_states_are_drawn_in_their_words_and_looks(deploy):
    item = deploy.item("deployment web:1", "COMPLETED")

    assert "good" in item.get_attribute("class").split()


def test_explanation_and_failure_stand_on_top(deploy):
    assert deploy.one("h1").text == "failed test_deploy.py::test_the_new_image_is_rolled_out"
    assert "assert ['web:2', 'web:1'] == ['web:2']" in deploy.one("#failure").text
    assert deploy.one("#explanation").text.startswith("Why prod/web isn't stable, ")


def test_click_on_a_call_shows_request_answer_and_state(deploy):
    deploy.click(deploy.item("CreateService", "●"))

    text = deploy.details()
    assert text.startswith("CreateService, +0 s")
    assert '"serviceName": "web"' in text
    assert '"desiredCount": 3' in text
    assert "Answer" in text
    assert '"status": "ACTIVE"' in text
    state = text.partition("State at +0 s")[2]
    assert "service prod/web" in state
    assert "0 of 3 running" in state
    assert "cluster prod" in state


def test_state_at_a_call_is_what_the_call_left_not_what_the_next_one_did(deploy):
    """RegisterTaskDefinition and CreateService are at the same instant."""
    deploy.click(deploy.item("RegisterTaskDefinition", "●"))

    assert "service prod/web" not in deploy.details().partition("State at +0 s")[2]


def test_click_on_a_refused_or_retried_call_shows_the_fault(deploy):
    deploy.click(deploy.item("UpdateService", "●"))

    text = deploy.details()
    assert 'faults.throttle("UpdateService")' in text
    assert "attempts\n2" in text


def test_click_on_a_state_shows_it_and_the_state_of_all_at_the_clicked_instant(deploy):
    deploy.click(deploy.item("deployment web:1", "COMPLETED"))

    text = deploy.details()
    assert text.startswith("deployment web:1, +")
    assert "COMPLETED" in text
    at = float(re.search(r"State at \+([\d.]+) s", text)[1])
    assert at == pytest.approx(deploy.chosen_at(), abs=0.01)
    assert 45 < at < 240


def test_state_at_an_instant_counts_the_tasks(deploy):
    deploy.ask("location.hash = '#at=42'")
    time.sleep(0.2)

    state = deploy.details().partition("State at +42 s")[2]
    assert "Tasks: 3 RUNNING." in state
    assert "3 of 3 running" in state


def test_task_that_ended_badly_says_why(deploy):
    lane = next(lane for lane in deploy.lanes() if lane.endswith("web:2") and not lane.startswith("deployment"))
    deploy.click(deploy.item(lane, "✖"))

    text = deploy.details()
    assert "Essential container in task exited" in text
    assert "3 STOPPED" in text  # all that came at this instant
    assert "EssentialContainerExited" in text
    assert '"exitCode":1' in text


def test_event_shows_its_json(deploy):
    deploy.click(deploy.item("ECS Deployment State Change", "◆"))

    assert '"eventName": "SERVICE_DEPLOYMENT_IN_PROGRESS"' in deploy.details()


def test_zoom_by_button_key_and_wheel(deploy):
    whole = deploy.window()

    deploy.click(deploy.one("#zoom-in"))
    nearer = deploy.window()
    assert nearer < whole
    origin = ScrollOrigin.from_element(deploy.one("#timeline"), 100, 0)
    ActionChains(deploy.driver).key_down(Keys.CONTROL).scroll_from_origin(origin, 0, -200).key_up(
        Keys.CONTROL
    ).perform()
    time.sleep(0.3)
    assert deploy.window() < nearer
    deploy.click(deploy.one("#fit"))
    assert deploy.window() == pytest.approx(whole, rel=0.01)
    deploy.tab_to("#timeline")
    deploy.press("+")
    assert deploy.window() < whole
    deploy.press("-", "-")
    assert deploy.window() > whole
    deploy.press("0")
    assert deploy.window() == pytest.approx(whole, rel=0.01)


def test_link_to_an_instant_opens_the_page_there(deploy, open_page, deploy_page):
    deploy.click(deploy.item("UpdateService", "●"))
    link = deploy.one("#details a").get_attribute("href")
    text, at = deploy.details(), deploy.chosen_at()

    again = open_page(deploy_page, address=link[link.index("#") :])
    again.wait_until_drawn()

    assert again.chosen_at() == pytest.approx(at, abs=0.01)
    assert again.details() == text
    assert again.driver.current_url == link


def test_keyboard_alone_is_enough(deploy):
    deploy.tab_to("#timeline")

    deploy.press(Keys.ARROW_DOWN)
    assert deploy.details().startswith("RegisterTaskDefinition, +")
    deploy.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    first = deploy.details()
    assert first.startswith("DescribeServices, +")
    deploy.press(Keys.HOME)
    assert deploy.chosen_at() == 0
    deploy.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert deploy.details().startswith("DescribeServices, +15 s")
    assert (
        deploy.ask("return document.getElementById('said').textContent") == "DescribeServices, +15 s, DescribeServices"
    )
    deploy.press(Keys.ARROW_LEFT)
    assert deploy.details().startswith("DescribeServices, +0 s")
    shown = deploy.window()
    deploy.press(Keys.END)
    assert deploy.chosen_at() > 200
    assert deploy.window() == pytest.approx(shown)


def test_lane_folds_by_mouse_and_by_keyboard(deploy):
    lanes = deploy.lanes()
    button = deploy.one("[aria-label^='deployment web:2:']")

    deploy.click(button)
    folded = deploy.lanes()
    assert len(folded) < len(lanes)
    assert "deployment web:2" in folded
    assert deploy.one("[aria-label^='deployment web:2:']").get_attribute("aria-expanded") == "false"
    deploy.press(Keys.ENTER)  # the button has the focus
    assert deploy.lanes() == lanes
    deploy.click(deploy.one("#fold"))
    assert [lane for lane in deploy.lanes() if "web:2" in lane] == []
    deploy.click(deploy.one("#unfold"))
    assert deploy.lanes() == lanes


def test_legend_reads_without_colour(deploy):
    """Each look has a pattern of its own, and words."""
    looks = deploy.ask(
        """return [...document.querySelectorAll('#legend .swatch')].map(
            (swatch) => [getComputedStyle(swatch).backgroundImage.replace(/(rgba?|color)\\([^)]*\\)/g, ''), swatch.parentElement.innerText])"""
    )
    glyphs = [mark.text for mark in deploy.all("#legend .mark") if "change" not in mark.get_attribute("class")]

    assert len({pattern for pattern, _ in looks}) == len(looks) == 7
    assert all(words.strip() for _, words in looks)
    assert len(set(glyphs)) == len(glyphs)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_is_readable(open_page, deploy_page, dark):
    """WCAG 2, contrast of text: 4.5 to 1 at least."""
    page = open_page(deploy_page, dark=dark)
    page.wait_until_drawn()

    paper = page.ask("return getComputedStyle(document.body).backgroundColor")
    assert (sum(rgb(paper)) < 300) is dark
    for selector in (
        "h1 .test",
        ".hint",
        ".vis-label .vis-inner",
        ".vis-text.vis-minor",
        "#legend div",
        "#details td",
        "#failure",
        "a",
    ):
        colour = page.ask(f"return getComputedStyle(document.querySelector({selector!r})).color")
        assert contrast(rgb(colour), rgb(paper)) >= 4.5, selector


def rgb(colour: str) -> tuple[float, ...]:
    return tuple(map(float, re.findall(r"[\d.]+", colour)[:3]))


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    def luminance(colour: tuple[float, ...]) -> float:
        parts = [part / 255 for part in colour]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("width", [360, 768])
def test_narrow_window_needs_no_scrolling_to_the_side(open_page, deploy_page, width):
    page = open_page(deploy_page, width=width, height=800)
    page.wait_until_drawn()

    assert page.ask("return document.documentElement.scrollWidth") <= width
    labels, centre = page.one(".vis-panel.vis-left"), page.one(".vis-panel.vis-center")
    assert centre.size["width"] > labels.size["width"]


#: Notes the longest time for which the page doesn't answer.
NOTE_LONG_TASKS = """
    window.slowest = 0;
    const note = (list) => { for (const task of list.getEntries()) window.slowest = Math.max(window.slowest, task.duration); };
    new PerformanceObserver(note).observe({ entryTypes: ['longtask'] });
"""


def test_page_of_two_thousand_tasks_is_fluent(open_page, many_page):
    page = open_page(many_page)
    page.wait_until_drawn()

    assert many_page.stat().st_size < 3_000_000
    assert "tasks 1901 to 2000" in page.lanes()
    assert len(page.lanes()) <= 150
    page.ask(NOTE_LONG_TASKS)
    page.click(page.one("#zoom-in"))
    page.click(page.one("#fit"))
    page.tab_to("#timeline")
    page.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.END)
    time.sleep(0.5)
    assert page.ask("return window.slowest") < 1000  # two cores, software rendering, and other work beside
    assert "2000 of 2000 running" in page.details()
    assert "Tasks: 2000 RUNNING." in page.details()


def test_batch_of_tasks_unfolds(open_page, many_page):
    page = open_page(many_page)
    page.wait_until_drawn()
    button = page.one("[aria-label^='tasks 1901 to 2000:']")
    before = len(page.lanes())

    page.ask("arguments[0].focus()", button)
    page.press(Keys.ENTER)

    assert len(page.lanes()) == before + 100


def test_trace_can_be_saved(deploy):
    saved = deploy.ask(
        """
        let blob;
        URL.createObjectURL = (given) => { blob = given; return '#'; };
        document.getElementById('download').click();
        return blob.text().then((text) => JSON.parse(text).otherData.test);
        """
    )

    assert saved == "test_deploy.py::test_the_new_image_is_rolled_out"


def test_index_leads_to_the_page_and_back(open_page, deploy_index):
    index = open_page(deploy_index)

    assert [row.text for row in index.all("tbody .outcome")] == ["failed", "passed"]
    index.click(index.driver.find_element(By.LINK_TEXT, "test_deploy.py::test_the_new_image_is_rolled_out"))
    index.wait_until_drawn()
    assert index.one("h1").text.startswith("failed ")
    index.click(index.driver.find_element(By.LINK_TEXT, "All tests of this run"))
    assert index.driver.current_url == deploy_index.as_uri()


def test_picture_of_the_readme(open_page, deploy_page):
    page = open_page(deploy_page, width=1120, height=1000)
    page.wait_until_drawn()
    page.click(page.item("UpdateService", "●"))
    ActionChains(page.driver).move_to_element(page.one("h1")).perform()  # away from the tooltip
    page.ask("window.scrollTo(0, 0)")

    page.save("readme")
