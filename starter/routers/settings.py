"""How orders are fulfilled where they do not say it themselves."""

from fastapi import APIRouter

from fulfillment.store.commands import settings
from fulfillment.store.reading.settings import effective_settings
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForAll, ForMerchant, Session
from starter.models.settings import SettingsIn, SettingsOut

router = APIRouter(prefix="/v1/settings", tags=["settings"], route_class=GuardedRoute)


@router.get("", summary="Read a merchant's settings")
def get_settings(session: ForMerchant) -> SettingsOut:
    """The effective value of every setting, and whether it is the merchant's own."""
    return _read(session)


@router.patch("", summary="Change a merchant's settings")
def change_settings(wanted: SettingsIn, session: ForMerchant) -> SettingsOut:
    """Those named change, the others stay. New plans use them from now on."""
    return _change(session, wanted)


@router.get("/default", summary="Read the default settings")
def get_default_settings(session: ForAll) -> SettingsOut:
    """What holds for every merchant that does not say otherwise."""
    return _read(session)


@router.patch("/default", summary="Change the default settings")
def change_default_settings(wanted: SettingsIn, session: ForAll) -> SettingsOut:
    """Those named change for every merchant that does not say otherwise."""
    return _change(session, wanted)


def _read(session: Session) -> SettingsOut:
    return SettingsOut.model_validate(session.read(effective_settings))


def _change(session: Session, wanted: SettingsIn) -> SettingsOut:
    settings.change_settings(session.store, session.merchant, wanted.root, session.actor)
    return _read(session)
