#!/usr/bin/python3
"""User-to-user authentication with MIT's libkrb5 through ctypes: its GSS-API has none.

    user_to_user.py request THEIR_CCACHE   a bare AP-REQ of our default cache's owner for theirs, in base64; then reads
                                           the AP-REP and says `complete` if it verifies
    user_to_user.py accept                 reads an AP-REQ for our default cache's owner and says who the client is
"""

import base64
import ctypes
import sys
from ctypes import POINTER, byref, c_char_p, c_int32, c_uint32, c_void_p

KRB5 = ctypes.CDLL("libkrb5.so.3")
USER_USER = 1
MUTUAL_REQUIRED, USE_SESSION_KEY, USE_SUBKEY = 0x20000000, 0x40000000, 1


class Data(ctypes.Structure):
    _fields_ = [("magic", c_int32), ("length", c_uint32), ("data", c_void_p)]


class Keyblock(ctypes.Structure):
    _fields_ = [("magic", c_int32), ("enctype", c_int32), ("length", c_uint32), ("contents", c_void_p)]


class Credentials(ctypes.Structure):
    _fields_ = [("magic", c_int32), ("client", c_void_p), ("server", c_void_p), ("keyblock", Keyblock),
                ("times", c_int32 * 4), ("is_skey", c_uint32), ("flags", c_int32), ("addresses", c_void_p),
                ("ticket", Data), ("second_ticket", Data), ("authdata", c_void_p)]


class Authenticator(ctypes.Structure):
    _fields_ = [("magic", c_int32), ("client", c_void_p)]


def call(name, *arguments):
    code = getattr(KRB5, name)(*arguments)
    if code:
        raise SystemExit("%s: %d" % (name, code))


def cache(context, name=None):
    """A cache and its owner."""
    handle, owner = c_void_p(), c_void_p()
    if name is None:
        call("krb5_cc_default", context, byref(handle))
    else:
        call("krb5_cc_resolve", context, c_char_p(name.encode()), byref(handle))
    call("krb5_cc_get_principal", context, handle, byref(owner))
    return handle, owner


def ticket_granting_ticket(context, handle, owner):
    wanted, found = Credentials(client=owner), Credentials()
    server = c_void_p()
    call("krb5_parse_name", context, b"krbtgt/EXAMPLE.TEST@EXAMPLE.TEST", byref(server))
    wanted.server = server
    call("krb5_cc_retrieve_cred", context, handle, 0, byref(wanted), byref(found))
    return found


def octets_of(data):
    return base64.b64encode(ctypes.string_at(data.data, data.length)).decode()


def read_octets():
    octets = base64.b64decode(sys.stdin.readline())
    kept = ctypes.create_string_buffer(octets, len(octets))
    return Data(0, len(octets), ctypes.cast(kept, c_void_p)), kept


def request(context, conversation, their_name):
    ours, client = cache(context)
    theirs, server = cache(context, their_name)
    wanted = Credentials(client=client, server=server)
    wanted.second_ticket = ticket_granting_ticket(context, theirs, server).ticket
    found, token, reply = POINTER(Credentials)(), Data(), c_void_p()
    call("krb5_get_credentials", context, USER_USER, ours, byref(wanted), byref(found))
    call("krb5_mk_req_extended", context, byref(conversation), MUTUAL_REQUIRED | USE_SESSION_KEY | USE_SUBKEY, None,
         found, byref(token))
    print(octets_of(token), flush=True)
    answer, _kept = read_octets()
    call("krb5_rd_rep", context, conversation, byref(answer), byref(reply))
    print("complete", flush=True)


def accept(context, conversation):
    ours, owner = cache(context)
    key = ticket_granting_ticket(context, ours, owner).keyblock
    call("krb5_auth_con_setuseruserkey", context, conversation, byref(key))
    token, _kept = read_octets()
    authenticator, name = POINTER(Authenticator)(), c_char_p()
    call("krb5_rd_req", context, byref(conversation), byref(token), None, None, None, None)
    call("krb5_auth_con_getauthenticator", context, conversation, byref(authenticator))
    call("krb5_unparse_name", context, c_void_p(authenticator.contents.client), byref(name))
    print(name.value.decode(), flush=True)


def main():
    context, conversation = c_void_p(), c_void_p()
    call("krb5_init_context", byref(context))
    call("krb5_auth_con_init", context, byref(conversation))
    if sys.argv[1] == "request":
        request(context, conversation, sys.argv[2])
    else:
        accept(context, conversation)


if __name__ == "__main__":
    main()
