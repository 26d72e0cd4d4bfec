"""What statements cost: blocks of the database that they look at."""

from typing import Any

from fulfillment.store.transactions.session import Tx


class Explained:
    """A transaction that counts the blocks of the database that its statements look at."""

    def __init__(self, tx: Tx) -> None:
        self.tx, self.merchant, self.blocks = tx, tx.merchant, 0

    def run(self, sql: str, **values: object) -> None:
        """Not counted."""
        self.tx.run(sql, **values)

    def rows(self, sql: str, **values: object) -> Any:
        """The rows; what they cost is counted."""
        told = self.tx.rows(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", **values)
        plan = told[0][0][0]["Plan"]
        self.blocks += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        return self.tx.rows(sql, **values)
