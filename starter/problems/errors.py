"""What the edge itself refuses; the rules of the trade are refused by `RefusedError`."""


class EdgeError(Exception):
    """A request that is not let in."""

    def __init__(self, code: str, message: str) -> None:
        """Name the stable code and tell the reason."""
        self.code = code
        super().__init__(message)


class UnauthenticatedError(EdgeError):
    """No key, or one that opens nothing; `told` says whether one was sent."""

    def __init__(self, message: str, *, told: bool) -> None:
        """Tell the reason."""
        super().__init__("unknown_key" if told else "key_needed", message)
        self.told = told


class TooManyTriesError(EdgeError):
    """Wrong keys were tried too often; `seconds` until one more may be."""

    def __init__(self, seconds: int) -> None:
        """Tell how long to wait."""
        super().__init__("too_many_wrong_keys", "too many wrong keys were sent from here")
        self.seconds = seconds


class ForbiddenError(EdgeError):
    """A key that may not do this."""


class BodyTooLargeError(EdgeError):
    """A body beyond the limit."""
