class EmbeddedServerError(Exception):
    """An embedded server cannot be started; the message says what to do about it."""


class ServerInUseError(EmbeddedServerError):
    """Another live process runs a server on the same data."""
