"""Accounts and what is owed on them."""

from tests.api.cast import Cast


def test_a_buyer_sees_its_own_account_and_what_is_open(cast: Cast) -> None:
    cast.invoice()
    cast.invoice(account="C-2001")
    accounts = cast.payer.get("accounts").json()["items"]
    assert [account["number"] for account in accounts] == ["C-1001"]
    summary = cast.payer.get(f"accounts/{cast.account.pk}/summary").json()
    (euro,) = summary["currencies"]
    assert (euro["currency"], euro["open"], euro["payable"], euro["past_due"]["count"]) == (
        "EUR",
        "166.60",
        "166.60",
        1,
    )
    assert cast.payer.get("summary").json() == summary


def test_the_supplier_sees_all_accounts_together(cast: Cast) -> None:
    cast.invoice()
    cast.invoice(account="C-2001")
    assert [one["open"] for one in cast.erp.get("summary").json()["currencies"]] == ["333.20"]
    assert len(cast.erp.get("accounts").json()["items"]) == 2


def test_an_account_is_read_by_those_on_it_alone(cast: Cast) -> None:
    path = f"accounts/{cast.account.pk}"
    assert cast.payer.get(path).json()["terms_days"] == 30
    assert cast.stranger.get(path).status_code == 404
    assert cast.stranger.get(f"{path}/summary").status_code == 404
