"""Whom a product is bought from: its own supplier, else that of its last purchase order."""

from collections.abc import Collection

from fulfillment.store.transactions.session import Tx

SUPPLIER_OF = """
coalesce(nullif(p.supplier, ''), (
    SELECT fo.supplier FROM supply fu
      JOIN purchase_order_line fl ON fl.supply = fu.id
      JOIN purchase_order fo ON fo.id = fl.purchase_order
     WHERE fu.merchant = p.merchant AND fu.sku = p.sku AND fo.supplier <> ''
       AND fo.status <> 'cancelled'
     ORDER BY fu.id DESC LIMIT 1), '')
"""
"""Where it was bought last, by the line that was written last: found by the index of its supply,
however often it was bought. For products `p`; empty where nobody has ever named one."""


def usual_supplier(tx: Tx, skus: Collection[str]) -> str:
    """The one supplier whom all of these products are bought from; empty where there is not one."""
    rows = tx.rows(
        f"SELECT DISTINCT {SUPPLIER_OF} AS supplier FROM product p"  # noqa: S608 -- a constant
        " WHERE p.merchant = :merchant AND p.sku = ANY(:skus)",
        merchant=tx.merchant,
        skus=sorted(skus),
    )
    return str(rows[0].supplier) if len(rows) == 1 else ""
