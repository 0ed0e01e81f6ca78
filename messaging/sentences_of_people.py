"""Sentences about companies, their accounts, people and programs."""

from messaging.sentence import Sentence

OF_COMPANIES_AND_PEOPLE: dict[str, str | Sentence] = {
    "organisation.created": "{organisation} was set up.",
    "legal_entity.created": "{actor} added a legal entity.",
    "legal_entity.changed": "{actor} changed the settings of a legal entity[ ({name})].",
    "customer_account.opened": Sentence(
        "Your account with {supplier} was opened.", "{actor} opened a customer account."
    ),
    "customer_account.changed": Sentence(
        "{supplier} changed the details of your account.", "{actor} changed the details of a customer account."
    ),
    "mail_address.added": Sentence(
        "{actor} put the mail address {email} on record.", "{actor} put the mail address {email} on record for {buyer}."
    ),
    "mail_address.removed": Sentence(
        "{actor} took the mail address {email} off the record.", "{actor} took the mail address {email} of {buyer} off."
    ),
    "customer_account.connected": Sentence(
        "{actor} signed in for the first time for this account.", "[{buyer} signed in for the first time.]"
    ),
    "customer_account.portal_opened": Sentence(
        "{supplier} opened the portal for an account.", "{actor} switched the portal on for a customer account."
    ),
    "customer_account.portal_closed": Sentence(
        "{supplier} closed the portal for an account.", "{actor} switched the portal off for a customer account."
    ),
    "customer_account.invited": "{actor} mailed a customer the link to their first sign-in.",
    "first_sign_in.asked": "Somebody asked for a first sign-in.",
    "first_sign_in.referred": "Somebody asked for a first sign-in and was referred to their own administrator.",
    "organisation.second_factor_required": "{actor} asked everybody for a second factor from the next sign-in on.",
    "organisation.second_factor_released": "{actor} asks nobody for a second factor any more.",
    "membership.started": "{person} joined.",
    "membership.changed": "{actor} changed what {person} may do.",
    "membership.ended": "{actor} removed {person}.",
    "invitation.sent": "{actor} sent an invitation.",
    "invitation.revoked": "{actor} took an invitation back.",
    "invitation.accepted": "{person} accepted an invitation.",
    "api_key.created": "{actor} made an API key.",
    "api_key.rotated": "{actor} rotated an API key.",
    "api_key.revoked": "{actor} revoked an API key.",
    "webhook.added": "{actor} added a webhook[ to {host}].",
    "webhook.changed": "{actor} changed the webhook[ to {host}].",
    "webhook.rotated": "{actor} drew a new secret for the webhook[ to {host}].",
    "webhook.switched_off": "{actor} switched off the webhook[ to {host}].",
    "webhook.switched_on": "{actor} switched on the webhook[ to {host}].",
    "webhook.removed": "{actor} removed the webhook[ to {host}].",
    "webhook.tested": "{actor} tried out the webhook[ to {host}].",
    "webhook.given_up": "The webhook[ to {host}] was switched off[: {reason}].",
    "person.created": "The login of {person} was made.",
    "person.signed_in": "{actor} signed in.",
    "person.signed_out": "{actor} signed out.",
    "person.session_ended": "{actor} signed out another session.",
    "person.sessions_ended": "{actor} signed out everywhere else.",
    "person.second_factor_added": "{actor} set up a second factor.",
    "person.second_factor_removed": "{actor} removed a second factor.",
    "person.passkey_renamed": "{actor} renamed a passkey.",
    "person.recovery_codes_made": "{actor} made new recovery codes.",
    "person.password_changed": "{actor} changed the password.",
    "person.email_changed": "{actor} changed the e-mail address.",
    "person.username_changed": "{actor} changed the user name.",
    "person.profile_changed": "{actor} changed the profile.",
}
