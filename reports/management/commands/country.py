"""`manage.py country`: a made-up country with the reports of two rounds."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from libraries.demo import library as demo
from libraries.models import Library, User
from reports.demo.country import Size, country_make


class Command(BaseCommand):
    """Writes provinces, counties, libraries and their reports into an empty database."""

    help = (
        "Make a country of 31 provinces, 450 counties and 3,415 libraries, each with its report of "
        "a round and of the round before (only in a database that has none)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The round's year, a smaller country, and the word that it is wanted."""
        parser.add_argument("--round", type=int, required=True, help="the round's Jalali year")
        parser.add_argument("--provinces", type=int, default=Size().provinces)
        parser.add_argument("--counties", type=int, default=Size().counties)
        parser.add_argument("--libraries", type=int, default=Size().libraries)
        parser.add_argument(
            "--made-up", action="store_true", help="say that you want made-up data here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, or say why not."""
        if not (settings.DEMO or options["made_up"]):
            raise CommandError(
                "its users have known passwords; set RAFKHAN_DEMO=1 or give --made-up to say "
                "you want it"
            )
        if Library.objects.exists() or User.objects.exists():
            raise CommandError("this database has data already; the country needs an empty one")
        size = Size(options["provinces"], options["counties"], options["libraries"])
        if not 1 <= size.provinces <= size.counties <= size.libraries <= 99_999:
            raise CommandError("each province needs a county, and each county a library")
        if not 1301 <= options["round"] <= 1599:
            raise CommandError("--round is a Jalali year, such as 1405")
        staff = country_make(year=options["round"], size=size, now=timezone.now())
        self.stdout.write(f"Log in with one of these names, password {demo.PASSWORD}:")
        for user in staff:
            self.stdout.write(f"  {user.username:<10} {user.get_role_display()}")
