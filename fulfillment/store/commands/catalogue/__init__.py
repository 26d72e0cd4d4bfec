"""Merchants, locations and products: put by name, deactivated, never deleted."""

from fulfillment.store.commands.catalogue.locations import put_location
from fulfillment.store.commands.catalogue.merchants import NewMerchant, put_merchant
from fulfillment.store.commands.catalogue.products import put_products
from fulfillment.store.records.catalogue import NewLocation, NewProduct

__all__ = [
    "NewLocation",
    "NewMerchant",
    "NewProduct",
    "put_location",
    "put_merchant",
    "put_products",
]
