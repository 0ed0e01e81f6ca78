from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0024_plan_charging")]

    operations = [
        migrations.AddField(
            "savedmethod",
            "end_told",
            models.CharField(blank=True, default="", max_length=10),
            preserve_default=False,
        ),
    ]
