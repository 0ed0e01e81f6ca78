"""A supplier's brand colour, corrected until everyone can read it.

One colour comes in; what goes out are the accents of the light and the dark theme: `text` (links, marks, focus rings)
and `fill` with the ink upon it (the one main button). The hue stays the brand's, only its lightness moves, in OKLCH,
until WCAG 2.2 AA (1.4.3, 4.5 to 1) holds on every surface that the theme has.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import atan2, cos, hypot, sin

DEFAULT_BRAND = "#4a52d1"
WHITE, INK = "#ffffff", "#14161a"
# The surfaces text may stand on (tokens.css); the hardest for each theme is listed last.
LIGHT_SURFACES = ("#ffffff", "#f6f7f9", "#eceef2")
DARK_SURFACES = ("#0f1013", "#15171b", "#262a31")
READABLE = 4.5
STEP = 0.005
BRIGHT_ENOUGH_FOR_INK = 3.0
_HEX = re.compile(r"#[0-9a-fA-F]{6}")

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Accent:
    """The accent of one theme, as `#rrggbb`."""

    text: str
    fill: str
    on_fill: str


@dataclass(frozen=True, slots=True)
class Accents:
    light: Accent
    dark: Accent

    def css(self) -> str:
        """The custom properties that tokens.css waits for."""
        pairs = (
            ("text", self.light.text, self.dark.text),
            ("fill", self.light.fill, self.dark.fill),
            ("on-fill", self.light.on_fill, self.dark.on_fill),
        )
        return ":root{" + "".join(f"--accent-{name}:light-dark({light},{dark});" for name, light, dark in pairs) + "}"


@lru_cache(maxsize=512)
def accent(brand_hex: str) -> Accents:
    """The accents for a brand colour `#rrggbb`; raises ValueError for anything else."""
    if not _HEX.fullmatch(brand_hex):
        raise ValueError(f"A brand colour is written #rrggbb, not {brand_hex!r}.")
    brand = brand_hex.lower()
    light_fill, dark_fill, on_fill = _fills(brand)
    return Accents(
        light=Accent(_moved(brand, -STEP, _readable_on(LIGHT_SURFACES)), light_fill, on_fill),
        dark=Accent(_moved(brand, STEP, _readable_on(DARK_SURFACES)), dark_fill, on_fill),
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours by WCAG 2.2, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _fills(brand: str) -> tuple[str, str, str]:
    """The main button in light, in dark, and its ink: a bright brand keeps its face and carries dark ink,
    any other carries white and is darkened as far as that needs; a nearly black one is lifted in the dark theme
    until the button stands out (1.4.11, 3 to 1)."""
    if contrast(brand, WHITE) < BRIGHT_ENOUGH_FOR_INK:
        return _moved(brand, -STEP, _stands_out_from(WHITE, 1.3)), brand, INK
    fill = _moved(brand, -STEP, _readable_on((WHITE,)))
    return fill, _moved(fill, STEP, _stands_out_from(DARK_SURFACES[1], 3.0)), WHITE


def _readable_on(surfaces: tuple[str, ...]) -> Callable[[str], bool]:
    return lambda colour: all(contrast(colour, surface) >= READABLE for surface in surfaces)


def _stands_out_from(surface: str, ratio: float) -> Callable[[str], bool]:
    return lambda colour: contrast(colour, surface) >= ratio


def _moved(colour: str, step: float, enough: Callable[[str], bool]) -> str:
    """The nearest colour of the same hue, lighter or darker in small steps, that is enough."""
    lightness, chroma, hue = _to_oklch(colour)
    while not enough(colour) and 0 <= lightness <= 1:
        lightness += step
        colour = _from_oklch(lightness, chroma, hue)
    return colour


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> Triple:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _decoded(red), _decoded(green), _decoded(blue)


def _decoded(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _encoded(channel: float) -> float:
    return channel * 12.92 if channel <= 0.0031308 else float(1.055 * channel ** (1 / 2.4) - 0.055)


def _to_oklch(colour: str) -> Triple:
    """https://bottosson.github.io/posts/oklab/"""
    red, green, blue = _linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, hypot(a, b), atan2(b, a)


def _from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """The colour in sRGB; chroma that the screen cannot show is given up before lightness is."""
    while not _shown(channels := _channels(lightness, chroma, hue)) and chroma > 0.001:
        chroma -= 0.004
    return "#" + "".join(f"{round(255 * _encoded(min(1.0, max(0.0, channel)))):02x}" for channel in channels)


def _channels(lightness: float, chroma: float, hue: float) -> Triple:
    a, b = max(chroma, 0.0) * cos(hue), max(chroma, 0.0) * sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _shown(channels: Triple) -> bool:
    return all(-0.0005 <= channel <= 1.0005 for channel in channels)
