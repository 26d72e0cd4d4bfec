"""Which provider the settings name: the one place where an adapter is wired."""

from collections.abc import Callable, Mapping

from fulfillment.settings import MissingSettingError, Settings
from payments.port import PaymentProvider
from payments.webhook import WebhookProvider


def provider_of(found: Settings) -> PaymentProvider | None:
    """The adapter that is asked for what is due; None where people do it.

    Raises MissingSettingError when the adapter lacks a setting.
    """
    make = WIRED.get(found.payment_provider)
    return make(found) if make else None


def _webhook(found: Settings) -> PaymentProvider:
    url, secret = found.payment_webhook_url, found.payment_webhook_secret
    if url is None or secret is None:
        missing = "PEGBOARD_PAYMENT_WEBHOOK_" + ("URL" if url is None else "SECRET")
        msg = f"{missing} is not set, and PEGBOARD_PAYMENT_PROVIDER=webhook needs it"
        raise MissingSettingError(msg)
    return WebhookProvider(str(url), secret.get_secret_value(), found.payment_webhook_seconds)


WIRED: Mapping[str, Callable[[Settings], PaymentProvider]] = {"webhook": _webhook}
"""How an adapter is made, by the name in the settings; `manual` asks nobody."""
