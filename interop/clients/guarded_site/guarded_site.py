"""A Django site that believes whoever guards it: the user is REMOTE_USER, or the field Remote-User.

GUARDED_SITE is a directory for its database. With REMOTE_USER_BY_FIELD the user comes in a field, as behind a proxy;
without, from the web server's own environment, as below Apache.
"""

import os
from pathlib import Path

import django
from django.conf import settings

PLACE = Path(os.environ["GUARDED_SITE"])
BY_FIELD = "REMOTE_USER_BY_FIELD" in os.environ

settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="of no other site",
    ROOT_URLCONF="guarded_site",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": PLACE / "site.sqlite"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "remote_user.RemoteUserByField" if BY_FIELD
        else "django.contrib.auth.middleware.RemoteUserMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.RemoteUserBackend"],
)
django.setup()

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path


def text(words, status=200):
    return HttpResponse(words + "\n", content_type="text/plain", status=status)


def page(request, _path=""):
    """Who the user is, as an application sees it."""
    user = request.user
    return text(f"you are {user.username}" if user.is_authenticated else "you are nobody")


def fields(request):
    """What came with the request: everything that says who somebody is."""
    told = {name: value for name, value in request.META.items() if name.startswith("HTTP_")}
    return text("\n".join(f"{name}={told[name]}" for name in sorted(told)))


def database(request):
    """Whom the database takes this program for when it comes with the user's credential."""
    import psycopg2

    os.environ["KRB5CCNAME"] = request.META.get("HTTP_X_KRB5_CCACHE", "")
    try:
        connection = psycopg2.connect(os.environ["SITE_DATABASE"], user=request.GET["as"])
    except psycopg2.OperationalError as error:
        return text(str(error), status=502)
    with connection, connection.cursor() as cursor:
        cursor.execute("select current_user, principal from pg_stat_gssapi where pid = pg_backend_pid()")
        user, principal = cursor.fetchone()
    connection.close()
    return text(f"{user} {principal}")


urlpatterns = [
    path("fields", fields),
    path("database", database),
    path("", page),
    path("<path:_path>", page),
]

if not (PLACE / "site.sqlite").exists():
    call_command("migrate", verbosity=0)
application = get_wsgi_application()
