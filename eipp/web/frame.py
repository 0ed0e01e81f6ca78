"""What stands around every page: where one can go, whom one acts for, who helps. Both faces fill the same frame."""

from dataclasses import dataclass, field

from eipp.web.brand import DEFAULT_BRAND

MOST_PLACES = 7
PLACES_ON_A_PHONE = 4


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail. `count` is what waits there; 0 shows nothing."""

    name: str
    url: str
    icon: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """An organisation one may act for; `url` switches to it by POST. `note` says in which capacity ("Buyer")."""

    name: str
    url: str
    current: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """The human who helps; `message_url` opens a message to them."""

    name: str
    phone: str = ""
    email: str = ""
    organisation: str = ""
    message_url: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """The context variable `frame` of frame.html."""

    title: str
    organisation: str
    person: str
    home_url: str = "/"
    places: tuple[Place, ...] = ()
    organisations: tuple[Choice, ...] = ()
    help: Contact | None = None
    brand: str = DEFAULT_BRAND
    role: str = ""
    unread: int = 0
    notifications_url: str = ""
    topics: tuple[str, ...] = field(default=())
    search_url: str = ""
    search_hint: str = ""
    profile_url: str = ""
    sign_out_url: str = ""
    team_url: str = ""

    def __post_init__(self) -> None:
        if len(self.places) > MOST_PLACES:
            raise ValueError(f"The rail has at most {MOST_PLACES} places; {len(self.places)} were given.")

    @property
    def likely_places(self) -> tuple[Place, ...]:
        """What the bottom bar of a phone shows at once."""
        fits = PLACES_ON_A_PHONE + 1 if len(self.places) == PLACES_ON_A_PHONE + 1 else PLACES_ON_A_PHONE
        return self.places[:fits]

    @property
    def further_places(self) -> tuple[Place, ...]:
        """What the bottom bar keeps behind "More"."""
        return self.places[len(self.likely_places) :]
