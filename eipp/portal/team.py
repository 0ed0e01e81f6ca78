"""The buyer's own people and programs, kept by its administrator."""

from eipp.web import api_keys, team


class TeamPage(team.TeamPage):
    side, face = "buyer", "portal"


class MemberPage(team.MemberPage):
    side, face = "buyer", "portal"


class KeysPage(api_keys.KeysPage):
    side, face = "buyer", "portal"
