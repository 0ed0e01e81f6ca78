"""Who people are to Django and allauth: user name or e-mail, argon2, the same answer whether known or not."""

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["eipp.accounts.authentication.PersonBackend"]
# User names are unique by their folded form, in a column of its own.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# A reset link lives for an hour and for one use; it dies with any other change of password or address.
PASSWORD_RESET_TIMEOUT = 3600

ACCOUNT_ADAPTER = "eipp.web.sign_in.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
# An address is on record only once it is proven: by the invitation's link, or by the link that confirms a change.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 1
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
ACCOUNT_SESSION_REMEMBER = None  # asked at every sign-in
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this session stays, all others end
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Counted in the database: they hold in every process, and while the broker is away. ip: one address; key: one person.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "reset_password": "20/m/ip,3/15m/key",
    "reset_password_from_key": "20/m/ip",
    "confirm_email": "5/15m/key",
    "manage_email": "10/10m/user",
    "change_password": "10/10m/user",
    "signup": "20/m/ip",
    "mailed_link": "120/m/ip",
    "statement_check": "60/m/ip",
    "mail_report": "600/m/ip",
    "remind_username": "20/m/ip,3/15m/key",
    "first_sign_in": "20/m/ip,5/h/key",
    "reauthenticate": "10/m/user",
}

# The second factor: an authenticator app or a passkey, and codes for the day on which both are lost.
MFA_ADAPTER = "eipp.web.sign_in.factor_adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Invoices"
# The address on record is proven before it counts, so a new one that is not yet says nothing about the person.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
# Seconds for which a proof is good enough for what is sensitive: factors, recovery codes, API keys.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
