#!/usr/bin/python3
"""A GSS-API initiator of Heimdal's libgssapi, through ctypes: python3-gssapi is built with MIT's.

usage: heimdal_token.py [--mech krb5|spnego] [--mutual] [--delegate] [--dce] [--bindings HEX] [--finish] PRINCIPAL

Says and hears what gss_token.py does. LD_LIBRARY_PATH must lead to Heimdal's libraries.
"""

import argparse
import base64
import ctypes
import json
import sys
from ctypes import POINTER, byref, c_size_t, c_uint32, c_void_p

GSS = ctypes.CDLL("libgssapi.so.3")
CONTINUE_NEEDED = 1
DELEG, MUTUAL, REPLAY, SEQUENCE, CONF, INTEG, DCE = 1, 2, 4, 8, 16, 32, 0x1000
FLAGS = {"deleg": DELEG, "mutual": MUTUAL, "replay": REPLAY, "sequence": SEQUENCE, "conf": CONF, "integ": INTEG,
         "dce": DCE}


class Oid(ctypes.Structure):
    _fields_ = [("length", c_uint32), ("elements", c_void_p)]


class Buffer(ctypes.Structure):
    _fields_ = [("length", c_size_t), ("value", c_void_p)]


class Bindings(ctypes.Structure):
    _fields_ = [("initiator_type", c_uint32), ("initiator", Buffer), ("acceptor_type", c_uint32), ("acceptor", Buffer),
                ("data", Buffer)]


KEPT = []


def kept(octets):
    """A pointer to octets that live as long as we do."""
    KEPT.append(ctypes.create_string_buffer(octets, len(octets)))
    return ctypes.cast(KEPT[-1], c_void_p)


def oid(octets):
    return Oid(len(octets), kept(octets))


def buffer(octets):
    return Buffer(len(octets), kept(octets))


KRB5 = oid(b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02")
SPNEGO = oid(b"\x2b\x06\x01\x05\x05\x02")
PRINCIPAL = oid(b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01")


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("service")
    parser.add_argument("--mech", choices=["krb5", "spnego"], default="krb5")
    parser.add_argument("--mutual", action="store_true")
    parser.add_argument("--delegate", action="store_true")
    parser.add_argument("--dce", action="store_true")
    parser.add_argument("--bindings", metavar="HEX")
    parser.add_argument("--finish", action="store_true")
    return parser.parse_args()


class Context:
    """One side of one conversation."""

    def __init__(self, args):
        minor, self.name = c_uint32(), c_void_p()
        self.refuse(GSS.gss_import_name(byref(minor), byref(buffer(args.service.encode())), byref(PRINCIPAL),
                                        byref(self.name)), minor)
        self.mech = SPNEGO if args.mech == "spnego" else KRB5
        self.flags = REPLAY | SEQUENCE | CONF | INTEG
        self.flags |= MUTUAL if args.mutual or args.dce else 0
        self.flags |= DELEG if args.delegate else 0
        self.flags |= DCE if args.dce else 0
        self.bindings = None
        if args.bindings is not None:
            self.bindings = Bindings(0, Buffer(), 0, Buffer(), buffer(bytes.fromhex(args.bindings)))
        self.handle, self.complete, self.actual = c_void_p(), False, 0

    def refuse(self, major, minor):
        if major & 0xFFFF0000:
            raise RuntimeError("major %#x, minor %d" % (major, minor.value))

    def step(self, reply):
        minor, actual, output = c_uint32(), c_uint32(), Buffer()
        given = buffer(reply) if reply else Buffer()
        major = GSS.gss_init_sec_context(
            byref(minor), None, byref(self.handle), self.name, byref(self.mech), self.flags, 0,
            byref(self.bindings) if self.bindings is not None else None, byref(given), None, byref(output),
            byref(actual), None,
        ) & 0xFFFFFFFF
        self.refuse(major, minor)
        self.complete, self.actual = not major & CONTINUE_NEEDED, actual.value
        return ctypes.string_at(output.value, output.length) if output.length else None


def text(token):
    return None if token is None else base64.b64encode(token).decode()


def say(answer):
    print(json.dumps(answer), flush=True)


def finish(context):
    for line in sys.stdin:
        reply = base64.b64decode(line)
        try:
            token = None if not reply and context.complete else context.step(reply)
        except RuntimeError as refused:
            say({"error": str(refused)})
            return 1
        actual = context.actual if context.complete else 0
        flags = [name for name, flag in FLAGS.items() if actual & flag]
        say({"complete": context.complete, "token": text(token), "flags": flags})
        if context.complete:
            return 0
    return 1


def main():
    GSS.gss_import_name.argtypes = [POINTER(c_uint32), POINTER(Buffer), POINTER(Oid), POINTER(c_void_p)]
    GSS.gss_init_sec_context.argtypes = [
        POINTER(c_uint32), c_void_p, POINTER(c_void_p), c_void_p, POINTER(Oid), c_uint32, c_uint32, c_void_p,
        POINTER(Buffer), c_void_p, POINTER(Buffer), POINTER(c_uint32), POINTER(c_uint32),
    ]
    args = options()
    context = Context(args)
    token = context.step(None)
    if args.finish:
        say({"token": text(token)})
        return finish(context)
    print(text(token), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
