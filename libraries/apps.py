from django.apps import AppConfig
from django.db.backends.signals import connection_created


class LibrariesConfig(AppConfig):
    name = "libraries"
    verbose_name = "کتابخانه‌ها"

    def ready(self) -> None:
        """SQLite's triggers on titles call functions that each connection has to be given."""
        from libraries.catalogue_index import give_functions

        connection_created.connect(give_functions, dispatch_uid="libraries.catalogue_index")
