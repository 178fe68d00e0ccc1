"""System methods: who am I, what may I do, what time is it.

https://apidocs.bitrix24.com/api-reference/common/system/index.html
"""

from __future__ import annotations

from bridge24.emulator.calls import METHODS, Answer, Call, RestError, method

FEATURES = {"rest_offline_extended": "Y", "rest_auth_connector": "Y"}


@method("server.time")
def server_time(call: Call) -> Answer:
    """The portal's present moment."""
    return Answer(call.portal.now_text())


@method("profile")
def profile(call: Call) -> Answer:
    """Who the caller acts for, in brief."""
    user = call.portal.user(call.identity.user_id)
    return Answer(
        {
            "ID": user["ID"],
            "ADMIN": call.portal.is_admin(call.identity.user_id),
            "NAME": user["NAME"],
            "LAST_NAME": user["LAST_NAME"],
            "PERSONAL_GENDER": user["PERSONAL_GENDER"],
            "TIME_ZONE": user.get("TIME_ZONE", ""),
        }
    )


@method("scope")
def scope(call: Call) -> Answer:
    """The permissions of the caller, or with `full` all there are."""
    full = call.param("full") in (True, "true", "1", 1, "Y")
    return Answer(sorted(call.portal.spec.scopes if full else call.identity.scopes))


@method("methods")
def methods(call: Call) -> Answer:
    """The names of the methods the caller may use, or with `full` of all."""
    full = call.param("full") in (True, "true", "1", 1, "Y")
    allowed = call.identity.scopes
    return Answer(
        sorted(
            name
            for name, each in METHODS.items()
            if full or not each.scope or each.scope in allowed
        )
    )


@method("method.get")
def method_get(call: Call) -> Answer:
    """Whether a method exists and may be used."""
    found = METHODS.get(str(call.param("name", "")).lower())
    available = found is not None and (
        (not found.scope or found.scope in call.identity.scopes)
        and not (found.application_only and call.identity.is_webhook)
    )
    return Answer({"isExisting": found is not None, "isAvailable": available})


@method("feature.get")
def feature_get(call: Call) -> Answer:
    """Whether the plan of the portal has a feature."""
    return Answer({"value": FEATURES.get(str(call.param("CODE", "")), "N")})


@method("app.info")
def app_info(call: Call) -> Answer:
    """The calling application.

    Raises:
        RestError: 403 `ACCESS_DENIED` for a webhook, which is none.
    """
    if call.identity.application is None:
        text = "Access denied! Application context required"
        raise RestError(403, "ACCESS_DENIED", text)
    return Answer(
        {
            "ID": 5,
            "CODE": call.identity.application,
            "VERSION": 1,
            "STATUS": "L",
            "INSTALLED": True,
            "PAYMENT_EXPIRED": "N",
            "DAYS": None,
            "LANGUAGE_ID": call.portal.spec.language,
            "LICENSE": "ru_ent10000",
            "LICENSE_TYPE": "ent10000",
            "LICENSE_FAMILY": "ent",
        }
    )


@method("crm.settings.mode.get", scope="crm")
def crm_mode(call: Call) -> Answer:
    """1 classic CRM with leads, 2 simple CRM without."""
    return Answer(2 if call.portal.spec.simple_crm else 1)
