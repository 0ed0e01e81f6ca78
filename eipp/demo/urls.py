"""The example world's addresses; the checkout is the sandbox provider's page, not one of ours."""

from django.urls import path

from eipp.demo import bank_file, checkout, entrance, moving, setup

app_name = "demo"

urlpatterns = [
    path("tomorrow/", moving.tomorrow, name="tomorrow"),
    path("start-over/", moving.start_over, name="start-over"),
    path("bank-statement.xml", bank_file.statement, name="bank-statement"),
    path("enter/<slug:side>/", entrance.enter, name="enter"),
    path("checkout/<uuid:charge_id>/<str:token>/", checkout.Checkout.as_view(), name="checkout"),
    path("keep/<uuid:means_id>/<str:token>/", setup.Setup.as_view(), name="setup"),
]
