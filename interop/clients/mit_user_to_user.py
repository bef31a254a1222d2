#!/usr/bin/python3
"""MIT's library as the initiator of user-to-user: an AP-REQ made with the ticket that `kvno --u2u` left in the cache.

Prints the AP-REQ in base64, reads the AP-REP in base64, and prints `mutual` if it verifies.
"""

import base64
import ctypes
import sys

KRB5 = ctypes.CDLL("libkrb5.so.3")
AP_OPTS_USE_SESSION_KEY, AP_OPTS_MUTUAL_REQUIRED = 0x40000000, 0x20000000


class Data(ctypes.Structure):
    _fields_ = [("magic", ctypes.c_int32), ("length", ctypes.c_uint), ("data", ctypes.c_void_p)]


class Keyblock(ctypes.Structure):
    _fields_ = [
        ("magic", ctypes.c_int32),
        ("enctype", ctypes.c_int32),
        ("length", ctypes.c_uint),
        ("contents", ctypes.c_void_p),
    ]


class Creds(ctypes.Structure):
    """krb5_creds of MIT's krb5.h."""

    _fields_ = [
        ("magic", ctypes.c_int32),
        ("client", ctypes.c_void_p),
        ("server", ctypes.c_void_p),
        ("keyblock", Keyblock),
        ("times", ctypes.c_int32 * 4),
        ("is_skey", ctypes.c_uint),
        ("ticket_flags", ctypes.c_int32),
        ("addresses", ctypes.c_void_p),
        ("ticket", Data),
        ("second_ticket", Data),
        ("authdata", ctypes.c_void_p),
    ]


def call(name, *arguments):
    code = getattr(KRB5, name)(*arguments)
    if code:
        sys.exit(f"{name}: {code}")


def user_to_user_ticket(context):
    """The one in the cache that is sealed with a session key."""
    cache, cursor = ctypes.c_void_p(), ctypes.c_void_p()
    call("krb5_cc_default", context, ctypes.byref(cache))
    call("krb5_cc_start_seq_get", context, cache, ctypes.byref(cursor))
    while True:
        creds = Creds()
        call("krb5_cc_next_cred", context, cache, ctypes.byref(cursor), ctypes.byref(creds))
        if creds.is_skey:
            return creds


def main():
    context, auth, request = ctypes.c_void_p(), ctypes.c_void_p(), Data()
    call("krb5_init_context", ctypes.byref(context))
    creds = user_to_user_ticket(context)
    options = AP_OPTS_USE_SESSION_KEY | AP_OPTS_MUTUAL_REQUIRED
    arguments = (ctypes.byref(auth), options, None, ctypes.byref(creds), ctypes.byref(request))
    call("krb5_mk_req_extended", context, *arguments)
    print(base64.b64encode(ctypes.string_at(request.data, request.length)).decode(), flush=True)

    octets = base64.b64decode(sys.stdin.readline())
    buffer = ctypes.create_string_buffer(octets, len(octets))
    reply = Data(length=len(octets), data=ctypes.addressof(buffer))
    part = ctypes.c_void_p()
    call("krb5_rd_rep", context, auth, ctypes.byref(reply), ctypes.byref(part))
    print("mutual", flush=True)


if __name__ == "__main__":
    main()
