"""Which provider the settings name: the one place where an adapter is wired."""

from collections.abc import Callable, Mapping

from fulfillment.settings import MissingSettingError, SettingError, Settings
from payments.port import PaymentProvider
from payments.webhook import BadSecretError, WebhookProvider


def provider_of(found: Settings) -> PaymentProvider | None:
    """The adapter that is asked for what is due; None where people do it.

    Raises MissingSettingError when the adapter lacks a setting, SettingError when one is no good.
    """
    make = WIRED.get(found.payment_provider)
    return make(found) if make else None


def _webhook(found: Settings) -> PaymentProvider:
    url, secret = found.payment_webhook_url, found.payment_webhook_secret
    if url is None or secret is None:
        missing = "PEGBOARD_PAYMENT_WEBHOOK_" + ("URL" if url is None else "SECRET")
        msg = f"{missing} is not set, and PEGBOARD_PAYMENT_PROVIDER=webhook needs it"
        raise MissingSettingError(msg)
    try:
        return WebhookProvider(str(url), secret.get_secret_value(), found.payment_webhook_seconds)
    except BadSecretError:
        msg = (
            "PEGBOARD_PAYMENT_WEBHOOK_SECRET can not sign: write whsec_ and 24 bytes or more as"
            " base64 (openssl rand -base64 32)"
        )
        raise SettingError(msg) from None


WIRED: Mapping[str, Callable[[Settings], PaymentProvider]] = {"webhook": _webhook}
"""How an adapter is made, by the name in the settings; `manual` asks nobody."""
