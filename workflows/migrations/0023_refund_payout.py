import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0022_offer")]

    operations = [
        migrations.AddField("refund", "bank_run", models.UUIDField(null=True)),
        migrations.AddField(
            "refund",
            "paid_to",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workflows.bankdetails",
            ),
        ),
        migrations.AddField("refund", "sent_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "refund",
            models.Index(condition=models.Q(("bank_run__isnull", False)), fields=["bank_run"], name="refund_bank_run"),
        ),
    ]
