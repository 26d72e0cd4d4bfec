"""How every process reaches Temporal: by Temporal's own environment configuration."""

import os
import socket
from collections.abc import Sequence

from temporalio.client import Client, Interceptor
from temporalio.envconfig import ClientConfigProfile

from fulfillment.contracts.payloads import DATA_CONVERTER

DEFAULT_ADDRESS = "localhost:7233"


# Temporal's profile file is read only when one of these names it: otherwise a machine whose
# default profile is a production cluster would run the example orders there.
NAMED_FILE = ("TEMPORAL_CONFIG_FILE", "TEMPORAL_PROFILE")


def profile() -> ClientConfigProfile:
    """Address, namespace, key and TLS of `TEMPORAL_*`, and of a profile file if one is named."""
    named = any(os.environ.get(name) for name in NAMED_FILE)
    return ClientConfigProfile.load(disable_file=not named)


def is_configured() -> bool:
    """Whether somebody named a Temporal to use; if not, `pegboard up` runs its own."""
    return profile().address is not None


def address() -> str:
    """Where Temporal is, to be shown to people."""
    return profile().address or DEFAULT_ADDRESS


def identity() -> str:
    """Who we are to Temporal; in a container every process has the same pid, so the host too."""
    return f"pegboard-{os.getpid()}@{socket.gethostname()}"


def is_of_this_machine(identity: str) -> bool:
    """Whether a process of ours on this machine, or in this container, gave this identity."""
    return identity.startswith("pegboard-") and identity.endswith(f"@{socket.gethostname()}")


def pid_of(identity: str) -> int:
    """The process that gave this identity of ours."""
    return int(identity.removeprefix("pegboard-").partition("@")[0])


async def connect(*, lazy: bool = False, interceptors: Sequence[Interceptor] = ()) -> Client:
    """A client with our payload format; a lazy one connects at its first call.

    Raises RuntimeError when Temporal cannot be reached (never when lazy).
    """
    found = profile().to_client_connect_config()
    found.setdefault("target_host", DEFAULT_ADDRESS)
    return await Client.connect(
        **found,
        data_converter=DATA_CONVERTER,
        identity=identity(),
        interceptors=interceptors,
        lazy=lazy,
    )
