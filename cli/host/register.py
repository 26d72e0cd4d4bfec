"""What Temporal must know of Pegboard before a worker starts."""


def register() -> None:
    """Add Pegboard's search attributes to Temporal's namespace. Safe to run again.

    Temporal Cloud takes them from its own tools only; docs/deployment.md lists them.

    Example: TEMPORAL_ADDRESS=localhost:7233 pegboard register
    """
    import asyncio

    from temporalio.service import RPCError, RPCStatusCode

    from cli.errors import CommandError, ServiceAwayError
    from embedded.search_attributes import register_search_attributes
    from fulfillment import engine
    from fulfillment.contracts import search_attributes

    async def add() -> None:
        await register_search_attributes(await engine.connect(), search_attributes.TYPES)

    try:
        asyncio.run(add())
    except RPCError as error:
        if error.status is RPCStatusCode.UNAVAILABLE:
            raise ServiceAwayError(f"Temporal is away: {error.message}") from None
        wanted = ", ".join(f"{name}={kind}" for name, kind in search_attributes.TYPES.items())
        raise CommandError(f"Temporal refused ({error.message}); it needs {wanted}") from None
    except ValueError as error:
        raise CommandError(str(error)) from None
