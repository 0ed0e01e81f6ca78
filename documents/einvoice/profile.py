"""Which Factur-X or ZUGFeRD profile a document says it follows, from its guideline (BT-24)."""


def of(customization: str | None) -> str | None:
    """minimum, basicwl, basic, en16931, extended; None for what is no Factur-X profile (XRechnung, Peppol, UBL)."""
    text = (customization or "").lower().replace("_", "").replace("-", "").replace(" ", "")
    if text == "urn:cen.eu:en16931:2017":
        return "en16931"
    if not any(family in text for family in ("facturx", "zugferd")):
        return None
    ending = text.replace("#", ":").rpartition(":")[2]
    return {"comfort": "en16931"}.get(ending, ending) if ending in _KNOWN else None


_KNOWN = frozenset({"minimum", "basicwl", "basic", "en16931", "comfort", "extended"})
# Profiles that leave lines, and so most sums, to the page they are printed on.
WITHOUT_LINES = frozenset({"minimum", "basicwl"})
