"""What a merchant's papers look like: the sender's address and a logo."""

from fulfillment.domain.model.papers import Letterhead
from fulfillment.domain.model.refusals import missing
from fulfillment.store.transactions.session import Store, Tx


def put_letterhead(store: Store, merchant: str, letterhead: Letterhead) -> None:
    """Have the merchant's papers begin so from now on; a refusal if there is no such merchant."""

    def body(tx: Tx) -> None:
        if not tx.rows("SELECT 1 FROM merchant WHERE id = :id FOR KEY SHARE", id=merchant):
            raise missing("merchant", merchant)
        tx.run(PUT, merchant=merchant, sender=list(letterhead.sender), logo=letterhead.logo)

    store.transact(merchant, body)


PUT = """
INSERT INTO letterhead (merchant, sender, logo) VALUES (:merchant, :sender, :logo)
ON CONFLICT (merchant) DO UPDATE SET sender = excluded.sender, logo = excluded.logo
"""
