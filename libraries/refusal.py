"""How a service says no."""


class Refused(Exception):
    """A service's no: one Persian sentence that a page shows as it is. Nothing was changed."""

    @property
    def reason(self) -> str:
        """The sentence."""
        return str(self)
