"""The site within Airflow: an entry of its menu, and the pages below `/dateline/` for whoever is signed in.

Every part of Airflow loads plugins, so nothing is imported here before the first page is asked for.
"""

from typing import Any

from airflow.plugins_manager import AirflowPlugin


class LazySite:
    """The site as an ASGI application that is made when it is first asked."""

    def __init__(self) -> None:
        self._app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._app is None:
            from airflow.configuration import conf

            from dateline.web.within import make_site_within

            self._app = make_site_within(conf.get("api", "base_url", fallback=""), find_user, LOGIN)
        await self._app(scope, receive, send)


LOGIN = "/api/v2/auth/login"
"""Where Airflow sends those who are not signed in, whatever its auth manager is."""


async def find_user(request: Any) -> None:
    """Raises:
    HTTPException: nobody is signed in, neither with Airflow's cookie nor with a token of its API.
    """
    from airflow.api_fastapi.core_api.security import bearer_scheme, get_user

    await get_user(request, None, await bearer_scheme(request))


class SitePlugin(AirflowPlugin):
    """Named in `pyproject.toml`, where Airflow looks for it."""

    name = "dateline"
    fastapi_apps = [{"name": "Dateline", "url_prefix": "/dateline", "app": LazySite()}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {
            "name": "Dateline",
            "href": "dateline/",  # no slash before it: Airflow itself may be served below a path
            "icon": "dateline/static/logo.svg",
            "destination": "nav",
            "category": "browse",  # at the top level Airflow 3.3 makes a button of it that leads nowhere
        }
    ]
