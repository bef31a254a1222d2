#!/usr/bin/python3
"""Samba's GENSEC as a SASL client, in lines of base64 as Cyrus SASL's sample client speaks them.

usage: samba_sasl.py MECHANISM SERVICE HOST LAYER

LAYER is plain, sign or seal. Logs in with the credential cache's ticket, reads a message and sends one, through the layer
if there is one.
"""

import base64
import os
import struct
import sys

from samba import credentials, gensec, param


def say(octets):
    print("C: " + base64.b64encode(octets).decode(), flush=True)


def hear():
    line = sys.stdin.readline()
    if not line.startswith("S: "):
        sys.exit("the server has ended")
    return base64.b64decode(line[3:])


def client(mechanism, service, host, layer):
    settings = param.LoadParm()
    settings.set("realm", "EXAMPLE.TEST")
    mine = credentials.Credentials()
    mine.guess(settings)
    mine.set_named_ccache(os.environ["KRB5CCNAME"], credentials.SPECIFIED, settings)
    mine.set_kerberos_state(credentials.MUST_USE_KERBEROS)
    security = gensec.Security.start_client({"lp_ctx": settings, "target_hostname": host})
    security.set_credentials(mine)
    security.set_target_service(service)
    security.set_target_hostname(host)
    if layer != "plain":
        security.want_feature(gensec.FEATURE_SIGN)
    if layer == "seal":
        security.want_feature(gensec.FEATURE_SEAL)
    security.start_mech_by_sasl_name(mechanism)
    return security, host, mine  # the binding keeps a pointer to the name


def main():
    mechanism, service, host, layer = sys.argv[1:]
    hear()
    security, *_held = client(mechanism, service, host, layer)
    finished, token = security.update(b"")
    say(mechanism.encode() + b"\0" + token)
    while not finished:
        finished, token = security.update(hear())
        if token:
            say(token)
        elif not finished:
            say(b"")
    greeting, farewell = hear(), b"client message 1"
    if layer != "plain":
        (length,) = struct.unpack(">I", greeting[:4])
        greeting = security.unwrap(greeting[4 : 4 + length])
        token = security.wrap(farewell)
        farewell = struct.pack(">I", len(token)) + token
    print("heard", greeting.decode().rstrip("\0"))
    say(farewell)


main()
