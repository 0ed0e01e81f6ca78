"""Money: exact amounts, kept as whole minor units of one currency (ISO 4217)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import floor

from eipp.kernel.refusal import Refusal

CURRENCIES = frozenset(
    """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW
    UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG""".split()
)
_ZERO = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_THREE = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_FOUR = frozenset({"CLF", "UYW"})


_WRITTEN = {
    places: re.compile(r"-?[0-9]{1,12}" + (rf"(\.[0-9]{{1,{places}}})?" if places else "")) for places in (0, 2, 3, 4)
}


def decimals(currency: str) -> int:
    """The number of decimals of a currency's minor unit: EUR 2, JPY 0, KWD 3, CLF 4. Raises Refusal if unknown."""
    if currency not in CURRENCIES:
        raise Refusal("unknown_currency", f"{currency!r} is not a currency code of ISO 4217.", status=422)
    if currency in _ZERO:
        return 0
    if currency in _THREE:
        return 3
    return 4 if currency in _FOUR else 2


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount: `minor` whole units of the currency's smallest coin. Currencies never mix."""

    minor: int
    currency: str

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read an amount as programs must write it: `-?\\d{1,12}(\\.\\d{1,n})?`, n being the currency's decimals."""
        places = decimals(currency)
        if not isinstance(text, str) or not _WRITTEN[places].fullmatch(text):
            raise Refusal(
                "invalid_amount",
                f"{str(text)[:40]!r} is not an amount in {currency}: write digits with a point and at most "
                f"{places} decimals, such as {cls(123456, currency).text}.",
                status=422,
            )
        return cls(int(Decimal(text).scaleb(places)), currency)

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> "Money":
        """Round a computed decimal amount half up (away from zero) to the currency's minor unit."""
        return cls(int(amount.scaleb(decimals(currency)).to_integral_value(ROUND_HALF_UP)), currency)

    @property
    def amount(self) -> Decimal:
        return Decimal(self.minor).scaleb(-decimals(self.currency))

    @property
    def text(self) -> str:
        """The amount as programs read it, without currency: `1234.50`, `-0.07`, `1234` in JPY."""
        places = decimals(self.currency)
        digits = str(abs(self.minor)).rjust(places + 1, "0")
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else sign + digits

    def __str__(self) -> str:
        return f"{self.amount:,.{decimals(self.currency)}f} {self.currency}"

    def __bool__(self) -> bool:
        return self.minor != 0

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, factor: int) -> "Money":
        return Money(self.minor * factor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def share(self, part: Decimal, whole: Decimal) -> "Money":
        """`part / whole` of this amount, rounded half up; the whole must not be zero."""
        return Money.of(self.amount * part / whole, self.currency)

    def split(self, weights: Sequence[int | Decimal]) -> list["Money"]:
        """Divide in proportion to the weights so that the parts sum exactly to the whole (largest remainder first)."""
        total = sum(Decimal(weight) for weight in weights)
        if not weights or total <= 0 or any(weight < 0 for weight in weights):
            raise ValueError("split() needs weights that are not negative and not all zero")
        exact = [self.minor * Decimal(weight) / total for weight in weights]
        floors = [floor(value) for value in exact]  # Decimal's own // rounds towards zero
        order = sorted(range(len(exact)), key=lambda index: (floors[index] - exact[index], index))
        for index in order[: self.minor - sum(floors)]:
            floors[index] += 1
        return [Money(minor, self.currency) for minor in floors]

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be mixed")
        return other.minor


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts of one currency; zero when there are none."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result
