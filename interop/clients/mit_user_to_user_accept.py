#!/usr/bin/python3
"""MIT's library as the acceptor of user-to-user: reads an AP-REQ in base64 for the owner of the default cache, and prints
who the client is.
"""

import base64
import ctypes
import sys

sys.dont_write_bytecode = True
from mit_user_to_user import Creds, Data, call  # noqa: E402, nothing is written beside it


class Authenticator(ctypes.Structure):
    """The beginning of krb5_authenticator."""

    _fields_ = [("magic", ctypes.c_int32), ("client", ctypes.c_void_p)]


def ticket_granting_ticket(context):
    cache, wanted, found = ctypes.c_void_p(), Creds(), Creds()
    owner, server = ctypes.c_void_p(), ctypes.c_void_p()
    call("krb5_cc_default", context, ctypes.byref(cache))
    call("krb5_cc_get_principal", context, cache, ctypes.byref(owner))
    call("krb5_parse_name", context, b"krbtgt/EXAMPLE.TEST@EXAMPLE.TEST", ctypes.byref(server))
    wanted.client, wanted.server = owner, server
    call("krb5_cc_retrieve_cred", context, cache, 0, ctypes.byref(wanted), ctypes.byref(found))
    return found


def main():
    context, auth, authenticator = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.POINTER(Authenticator)()
    call("krb5_init_context", ctypes.byref(context))
    call("krb5_auth_con_init", context, ctypes.byref(auth))
    key = ticket_granting_ticket(context).keyblock
    call("krb5_auth_con_setuseruserkey", context, auth, ctypes.byref(key))

    octets = base64.b64decode(sys.stdin.readline())
    buffer = ctypes.create_string_buffer(octets, len(octets))
    request = Data(length=len(octets), data=ctypes.addressof(buffer))
    call("krb5_rd_req", context, ctypes.byref(auth), ctypes.byref(request), None, None, None, None)
    call("krb5_auth_con_getauthenticator", context, auth, ctypes.byref(authenticator))
    name = ctypes.c_char_p()
    call("krb5_unparse_name", context, ctypes.c_void_p(authenticator.contents.client), ctypes.byref(name))
    print(name.value.decode(), flush=True)


if __name__ == "__main__":
    main()
