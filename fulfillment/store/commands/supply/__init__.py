"""What comes in and goes between places: stock, purchase orders, transfers, returns, restocks."""
