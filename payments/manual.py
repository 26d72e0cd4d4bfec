"""A person does it on the provider's own page, and settles the entry."""

from payments.port import Answered, Asked


class ManualProvider:
    """Asks nobody: every entry stays due until a person says how it ended."""

    def ask(self, entry: Asked) -> Answered | None:  # noqa: ARG002 -- the port has it
        """Leave it due."""
        return None
