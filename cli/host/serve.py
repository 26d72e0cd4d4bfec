"""The processes of an installation, one by one; `pegboard up` runs all of them."""


def worker() -> None:
    """Run a worker: workflows, activities and the relay. Any number may run at once.

    Example: PEGBOARD_DATABASE_URL=postgresql+psycopg://... TEMPORAL_ADDRESS=localhost:7233
    pegboard worker
    """
    from fulfillment import collecting, logs, settings
    from worker import main

    logs.configure(settings.load())
    collecting.collect_seldom()
    main()


def api() -> None:
    """Run the API; its pages are at /docs. Any number may run at once.

    Example: PEGBOARD_API_PORT=8000 pegboard api
    """
    import signal
    import sys

    import uvicorn

    from cli.host.listening import check_host
    from fulfillment import logs, settings

    chosen = settings.load()
    chosen.require_database_url()
    check_host(chosen.api_host, chosen.api_port)
    logs.configure(chosen)
    # uvicorn sends itself the signal again after it has ended everything, which would make an
    # asked-for end look like a crash to whoever reads the exit code.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.run(
        "starter.app:create_app",
        factory=True,
        http="starter.head:HeadLimit",
        host=chosen.api_host,
        port=chosen.api_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def migrate() -> None:
    """Bring the database's tables to this version. Safe to run again, and at the same time.

    Example: PEGBOARD_DATABASE_URL=postgresql+psycopg://... pegboard migrate
    """
    from cli.host import connection
    from cli.telling import told
    from fulfillment import settings

    with told(lambda: "bringing the tables up to date"):
        connection.migrate(settings.load().require_database_url())
