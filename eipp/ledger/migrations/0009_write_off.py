"""What of an invoice is written off, and where in the ledger that and deposits stand."""

from django.db import migrations, models
from django.db.models import F, Q

_ACCOUNTS = [
    ("sales", "Sales and tax"), ("receivable", "Receivable"), ("credit_notes", "Credit not yet used"),
    ("unapplied", "Unapplied cash"), ("cash", "Cash"), ("transfer", "Paid for another account"),
    ("discounts", "Early-payment discounts"), ("write_offs", "Written off"), ("deposits", "Deposits for orders"),
    ("refunds", "Set aside to be refunded"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_statement_seal")]

    operations = [
        migrations.RemoveConstraint(model_name="invoice", name="invoice_open_is_payable_less_settled"),
        migrations.AddField(model_name="invoice", name="written_off_minor", field=models.BigIntegerField(default=0)),
        migrations.AlterField(
            model_name="posting", name="source", field=models.CharField(choices=_ACCOUNTS, max_length=20)
        ),
        migrations.AlterField(
            model_name="posting", name="target", field=models.CharField(choices=_ACCOUNTS, max_length=20)
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=Q(
                    open_minor=F("payable_minor")
                    - F("paid_minor")
                    - F("credited_minor")
                    - F("discounted_minor")
                    - F("written_off_minor"),
                    discounted_minor__gte=0,
                    written_off_minor__gte=0,
                ),
                name="invoice_open_is_payable_less_settled",
            ),
        ),
    ]
