"""A brand's colour, whatever it is, can be read in both themes."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eipp.web import brand
from eipp.web.brand import accent, contrast

TOKENS = Path(brand.__file__).parent / "static" / "css" / "tokens.css"
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colours)
def test_every_brand_is_readable_on_every_surface_and_on_its_button(colour: str) -> None:
    accents = accent(colour)
    assert all(contrast(accents.light.text, surface) >= 4.5 for surface in brand.LIGHT_SURFACES)
    assert all(contrast(accents.dark.text, surface) >= 4.5 for surface in brand.DARK_SURFACES)
    assert contrast(accents.light.fill, accents.light.on_fill) >= 4.5
    assert contrast(accents.dark.fill, accents.dark.on_fill) >= 4.5


def test_a_readable_brand_is_left_as_it_is() -> None:
    assert accent("#1B3A6B").light.text == "#1b3a6b"
    assert accent("#1B3A6B").light.fill == "#1b3a6b"


def test_an_unreadable_brand_would_fail_without_the_correction() -> None:
    assert contrast("#ffd400", "#ffffff") < 4.5
    assert contrast(accent("#ffd400").light.text, "#ffffff") >= 4.5


@pytest.mark.parametrize("wrong", ["red", "#fff", "#12345g", "#123456;}", "", "#1234567"])
def test_only_a_colour_gets_into_the_style_of_a_page(wrong: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        accent(wrong)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def tokens() -> dict[str, tuple[str, str]]:
    """Every colour of tokens.css as (light, dark)."""
    pairs = re.findall(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", TOKENS.read_text())
    return {name: (light, dark) for name, light, dark in pairs}


def test_the_surfaces_that_brands_are_measured_on_are_those_of_the_tokens() -> None:
    found = [tokens()[name] for name in ("paper", "ground", "pressed")]
    assert {light for light, _ in found} == set(brand.LIGHT_SURFACES)
    assert {dark for _, dark in found} == set(brand.DARK_SURFACES)


@pytest.mark.parametrize("ink", ["ink", "ink-2", "ink-3", "good", "bad", "waiting", "quiet"])
def test_every_ink_is_readable_on_every_surface_in_both_themes(ink: str) -> None:
    light, dark = tokens()[ink]
    for surface in ("paper", "ground", "raised", "hover", "pressed"):
        assert contrast(light, tokens()[surface][0]) >= 4.5
        assert contrast(dark, tokens()[surface][1]) >= 4.5


@pytest.mark.parametrize("meaning", ["good", "bad", "waiting", "quiet"])
def test_a_meaning_is_readable_on_its_own_wash(meaning: str) -> None:
    for theme in (0, 1):
        wash = tokens()[f"{meaning}-wash"][theme]
        assert contrast(tokens()[meaning][theme], wash) >= 4.5
        assert contrast(tokens()["ink-2"][theme], wash) >= 4.5


def test_the_edge_of_a_field_can_be_seen() -> None:
    light, dark = tokens()["field-edge"]
    assert contrast(light, tokens()["paper"][0]) >= 3
    assert contrast(dark, tokens()["paper"][1]) >= 3
