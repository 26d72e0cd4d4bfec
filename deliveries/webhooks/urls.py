"""Which URLs an endpoint may have. Where their names lead is asked anew with each call."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from deliveries.webhooks.addresses import Address, Allowed, is_public, networks
from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.settings import SettingError, Settings

LONGEST = 2_000


def allowed_by(found: Settings) -> Allowed:
    """The addresses that the settings allow. Raises SettingError for what is no network."""
    try:
        return Allowed(networks(found.webhook_private_networks or ""))
    except ValueError as error:
        msg = f"PEGBOARD_WEBHOOK_PRIVATE_NETWORKS: {error}; write 10.1.0.0/16, with commas between"
        raise SettingError(msg) from None


def check_url(url: str, allowed: Allowed) -> None:
    """Refuse what nobody could or should be called at, and say what to write."""
    parts = _parts(url)
    if parts.scheme == "http" and not allowed.private:
        raise _refused("https_needed", "write https://: events go encrypted")
    if parts.username is not None or parts.password is not None:
        raise _refused("url_with_password", "leave the password out: messages are signed instead")
    if parts.fragment:
        raise _refused("bad_url", "leave out what is behind the #")
    address = _literal(parts.hostname or "")
    if address is not None and not (is_public(address) or allowed.is_private(address)):
        raise _refused("address_refused", f"{address} is no public address")


def _parts(url: str) -> SplitResult:
    wrong = _refused("bad_url", "write an address as https://hooks.example/pegboard")
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise wrong
    try:
        parts = urlsplit(url)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("https", "http") or not parts.hostname or not has_port:
        raise wrong
    return parts


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _refused(code: str, message: str) -> RefusedError:
    return invalid(code, message, "url")
