"""The supplier's own people and programs, kept by its administrator."""

from eipp.web import api_keys, team


class TeamPage(team.TeamPage):
    side, face = "supplier", "desk"


class MemberPage(team.MemberPage):
    side, face = "supplier", "desk"


class KeysPage(api_keys.KeysPage):
    side, face = "supplier", "desk"
