"""The addresses of sign-in and profile; of allauth's own views none but these is reachable."""

from django.urls import path, re_path

from eipp.web.sign_in import email, entrance, invitation, password, profile, recovery

urlpatterns = [
    path("login/", entrance.SignIn.as_view(), name="account_login"),
    path("logout/", entrance.SignOut.as_view(), name="account_logout"),
    path("act-for/<uuid:organisation_id>/", entrance.act_for, name="account_act_for"),
    path("profile/", profile.Profile.as_view(), name="account_profile"),
    path("username/", profile.Username.as_view(), name="account_username"),
    path("email/", email.Email.as_view(), name="account_email"),
    path("confirm-email/<str:key>/", email.ConfirmEmail.as_view(), name="account_confirm_email"),
    path("password/change/", password.Password.as_view(), name="account_change_password"),
    path("password/reset/", recovery.Recovery.as_view(), name="account_reset_password"),
    path("password/reset/done/", recovery.RecoverySent.as_view(), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9a-f]{32})-(?P<key>[-0-9A-Za-z]+)/$",
        recovery.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", recovery.NewPasswordKept.as_view(), name="account_reset_password_from_key_done"),
    path("invitation/<str:token>/", invitation.Join.as_view(), name="account_invitation"),
]
