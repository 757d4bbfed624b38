"""A page as somebody has it before them: what can be read, clicked and typed."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

#: Where screenshots are kept; tox says where.
SCREENSHOTS = os.environ.get("ECSFAKE_SCREENSHOTS")

_PATIENCE = 30

#: Calls back when the page has drawn what it was going to draw.
_NEXT_FRAME = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0)))"


class Page:
    """The page that the browser shows."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    # --- reading --------------------------------------------------------------------------------------------------------------------

    def wait_until_drawn(self) -> None:
        """Wait for the time line: its lanes are hidden until they have their places."""
        WebDriverWait(self.driver, _PATIENCE).until(lambda _: self.all(".vis-item") and all(self.lanes()))

    def all(self, selector: str) -> list[WebElement]:
        """The elements that a selector finds."""
        found: list[WebElement] = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return found

    def one(self, selector: str) -> WebElement:
        """The only element that a selector finds."""
        [element] = self.all(selector)
        return element

    def lanes(self) -> list[str]:
        """The names of the lanes, from the top."""
        read = (
            "return [...document.querySelectorAll('.vis-labelset .vis-label')].map((label) => label.innerText.trim())"
        )
        names: list[str] = self.ask(read)
        return [re.sub(r"^[▸▾]\s*", "", name) for name in names]

    def details(self) -> str:
        """What stands below the time line."""
        return self.one("#details").text

    def window(self) -> float:
        """How many seconds of virtual time the time line shows."""
        seconds: float = self.ask(
            "const { start, end } = ecsFakePage.timeline.getWindow(); return (end - start) / 1000"
        )
        return seconds

    def chosen_at(self) -> float:
        """The chosen instant, in seconds."""
        seconds: float = self.ask("return ecsFakePage.timeline.getCustomTime('chosen').valueOf() / 1000")
        return seconds

    def ask(self, script: str, *arguments: Any) -> Any:
        """What a script in the page returns."""
        return self.driver.execute_script(script, *arguments)

    # --- doing ----------------------------------------------------------------------------------------------------------------------

    def click(self, element: WebElement) -> None:
        """Click an element with the mouse."""
        ActionChains(self.driver).move_to_element(element).click().perform()

    def item(self, lane: str, text: str) -> WebElement:
        """The first item of a lane with this text in it."""
        script = """
            const [lane, text] = arguments;
            const labels = [...document.querySelectorAll('.vis-labelset .vis-label')];
            const label = labels.find((each) => each.innerText.replace(/^[▸▾]\\s*/, '').trim() === lane);
            const { top, bottom } = label.getBoundingClientRect();
            const stands = (item) => item.getBoundingClientRect().top >= top - 1 && item.getBoundingClientRect().top < bottom;
            return [...document.querySelectorAll('.vis-item')].find((item) => stands(item) && item.innerText.includes(text));
        """
        assert lane in self.lanes(), self.lanes()
        found = self.ask(script, lane, text)
        assert found is not None, f"there is no {text!r} in {lane!r}; lanes: {self.lanes()}"
        element: WebElement = found
        return element

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def tab_to(self, selector: str) -> None:
        """Press Tab until an element has the focus."""
        for _ in range(60):
            if self.ask("return document.activeElement.matches(arguments[0])", selector):
                return
            self.press(Keys.TAB)
        raise AssertionError(f"Tab never came to {selector}")

    def save(self, name: str) -> None:
        """Keep what the page looks like."""
        if SCREENSHOTS:
            folder = Path(SCREENSHOTS)
            folder.mkdir(parents=True, exist_ok=True)
            self.driver.save_screenshot(str(folder / f"{re.sub(r'[^a-z0-9_]+', '-', name)}.png"))
