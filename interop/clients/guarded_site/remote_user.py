"""Django's own middleware, told of the field that a proxy sets."""

from django.contrib.auth.middleware import RemoteUserMiddleware


class RemoteUserByField(RemoteUserMiddleware):
    header = "HTTP_REMOTE_USER"
