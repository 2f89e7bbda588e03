from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ops import badge

XML = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return a service whose tests have left a report."""
    monkeypatch.setattr(badge, "ROOT", tmp_path)
    (tmp_path / "services/api/coverage").mkdir(parents=True)
    return SimpleNamespace(name="api", path="services/api")


def files(tmp_path: Path) -> dict[str, Path]:
    return {name: tmp_path / "services/api/coverage" / name for name in ("total", "badge.svg")}


def drawn(percentage: float) -> ET.Element:
    return parsed(badge.draw("api coverage", percentage))


def parsed(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314  # this repository has drawn it


@pytest.mark.parametrize("total", ["87", "87.5\n", "87.999"])
def test_a_badge_says_what_the_tests_have_left(service: Any, tmp_path: Path, total: str) -> None:
    files(tmp_path)["total"].write_text(total)
    assert badge.leave(service, passed=True) == []
    picture = parsed(files(tmp_path)["badge.svg"].read_text())
    assert [text.text for text in picture.iter(f"{XML}text")] == ["api coverage", "87 %"]


@pytest.mark.parametrize("total", [None, "", "No data to report.\n", "-1", "101", "nan", "87 88"])
def test_without_a_number_it_is_said_what_to_do(service: Any, tmp_path: Path, total: str | None) -> None:
    if total is not None:
        files(tmp_path)["total"].write_text(total)
    (finding,) = badge.leave(service, passed=True)
    assert finding.level == "warning", "the tests have passed"
    assert "services/api/coverage/total" in finding.what
    assert "ops/stack.json" in finding.remedy
    assert not files(tmp_path)["badge.svg"].exists()


def test_tests_that_failed_are_trouble_enough(service: Any) -> None:
    assert badge.leave(service, passed=False) == []


def test_a_folder_of_somebody_elses_does_not_fail_tests_that_passed(service: Any, tmp_path: Path) -> None:
    files(tmp_path)["total"].write_text("87")
    files(tmp_path)["badge.svg"].mkdir()
    badge.forget(service)
    files(tmp_path)["total"].write_text("87")
    (finding,) = badge.leave(service, passed=True)
    assert finding.level == "warning"
    assert "services/api/coverage" in finding.remedy


def test_what_earlier_tests_left_is_forgotten(service: Any, tmp_path: Path) -> None:
    badge.forget(service)
    for file in files(tmp_path).values():
        file.write_text("87")
    badge.forget(service)
    assert not any(file.exists() for file in files(tmp_path).values())


def test_its_colour_tells_good_from_enough_from_too_little() -> None:
    colour = {value: drawn(value).findall(f"{XML}path")[1].get("fill") for value in (0, 79.99, 80, 89.99, 90, 100)}
    red, yellow, green = colour[0], colour[80], colour[100]
    assert len({red, yellow, green}) == 3
    assert colour == {0: red, 79.99: red, 80: yellow, 89.99: yellow, 90: green, 100: green}


def test_it_can_be_heard_and_needs_nothing_from_elsewhere() -> None:
    picture = drawn(100)
    title = picture.find(f"{XML}title")
    assert title is not None
    assert (picture.get("role"), picture.get("aria-label"), title.text) == ("img", *["api coverage: 100 %"] * 2)
    text = badge.draw("api coverage", 100).replace(f'xmlns="{XML[1:-1]}"', "")
    assert not [word for word in ("http", "url(", "href", "@import", "<script") if word in text]


@pytest.mark.parametrize("percentage", [5, 85, 100])
def test_its_texts_fit_and_can_be_read(percentage: float) -> None:
    picture = drawn(percentage)
    label, value = picture.iter(f"{XML}text")
    spans = [(float(each.get("x", 0)), float(each.get("textLength", 0))) for each in (label, value)]
    edges = [0, *itertools.chain.from_iterable((x, x + length) for x, length in spans), float(picture.get("width", 0))]
    assert edges == sorted(edges)
    left, right = picture.findall(f"{XML}path")
    for text, behind in ((label, left), (value, right)):
        assert contrast(text.get("fill", ""), behind.get("fill", "")) >= 4.5


def contrast(one: str, other: str) -> float:
    """Return how much two colours stand out from each other, as WCAG 2 measures it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    pairs = [digits[i : i + 2] for i in (0, 2, 4)] if len(digits) == 6 else [digit * 2 for digit in digits]
    parts = [int(pair, 16) / 255 for pair in pairs]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
