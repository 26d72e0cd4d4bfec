"""How orders are fulfilled where they do not say it themselves."""

from collections.abc import Mapping

from fastapi import APIRouter

from fulfillment.domain.actions.presets import PRESETS
from fulfillment.store.commands.administration import settings
from fulfillment.store.reading.settings import BY_TIME, effective_settings, list_changes
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForAll, ForMerchant, IdempotencyKey, Session
from starter.models.fields import Code
from starter.models.settings import PresetsOut, SettingChangePage, SettingsIn, SettingsOut
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/settings", tags=["settings"], route_class=GuardedRoute)


@router.get("", summary="Read a merchant's settings")
def get_settings(session: ForMerchant) -> SettingsOut:
    """The effective value of every setting, and whether it is the merchant's own."""
    return _read(session)


@router.patch("", summary="Change a merchant's settings", responses=problems(409))
def change_settings(
    wanted: SettingsIn, session: ForMerchant, key: IdempotencyKey = None
) -> SettingsOut:
    """Those named change, the others stay; a `preset` stands for several of them.

    Open orders that a change may concern are planned again.
    """
    return _change(session, key, wanted.root)


@router.get("/presets", summary="List presets")
def list_presets() -> PresetsOut:
    """Other systems' settings by name: what each sets, and which values to look at."""
    return PresetsOut(items=list(PRESETS.values()))


@router.get("/changes", summary="List changes of a merchant's settings")
def list_setting_changes(
    session: ForMerchant, cursor: Cursor = None, limit: Limit = 50
) -> SettingChangePage:
    """What was changed by whom and when, the last change first."""
    return _changes(session, cursor, limit)


@router.get("/default", summary="Read the default settings")
def get_default_settings(session: ForAll) -> SettingsOut:
    """What holds for every merchant that does not say otherwise."""
    return _read(session)


@router.patch("/default", summary="Change the default settings", responses=problems(409))
def change_default_settings(
    wanted: SettingsIn, session: ForAll, key: IdempotencyKey = None
) -> SettingsOut:
    """Those named change for every merchant that does not say otherwise."""
    return _change(session, key, wanted.root)


@router.get("/default/changes", summary="List changes of the default settings")
def list_default_setting_changes(
    session: ForAll, cursor: Cursor = None, limit: Limit = 50
) -> SettingChangePage:
    """What was changed by whom and when, the last change first."""
    return _changes(session, cursor, limit)


@router.delete("/default/{name}", summary="Give up a default setting", responses=problems(404, 409))
def unset_default_setting(name: Code, session: ForAll, key: IdempotencyKey = None) -> SettingsOut:
    """The built-in value counts again, for every merchant that does not say otherwise."""
    return _change(session, key, {}, name)


@router.delete("/{name}", summary="Give up a merchant's setting", responses=problems(404, 409))
def unset_setting(name: Code, session: ForMerchant, key: IdempotencyKey = None) -> SettingsOut:
    """The default counts again. Giving up what the merchant has not set changes nothing."""
    return _change(session, key, {}, name)


def _read(session: Session) -> SettingsOut:
    return SettingsOut(session.read(effective_settings))


def _changes(session: Session, cursor: str | None, limit: int) -> SettingChangePage:
    page = window(limit, cursor, BY_TIME)
    found = session.read(lambda tx: list_changes(tx, page))
    return paged(SettingChangePage, found, BY_TIME)


def _change(
    session: Session, key: str | None, knobs: Mapping[str, object], *unset: str
) -> SettingsOut:
    content = {"knobs": knobs, "unset": unset}
    command = session.command("change_settings", "settings", key, content)
    found = settings.change_settings(session.store, command, knobs, unset)
    return SettingsOut(found)
