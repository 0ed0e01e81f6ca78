"""Accounts as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "eipp.accounts"
    label = "accounts"
    verbose_name = "Accounts"
