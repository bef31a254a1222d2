#!/usr/bin/python3
"""An initiator of MIT krb5's GSS-API that makes and reads per-message tokens: gss_messages.py SERVICE [FLAG...]

It talks to the C library itself, since python3-gssapi has no gss_pseudo_random; with GSS_LIBRARY to another one's, such
as Heimdal's libgssapi.so.3. FLAG is mutual, dce, replay or sequence.
Prints the first token (base64); each line of input is a request, each line of output its answer, "ok WORDS" or
"error MAJOR MINOR", octets in base64, "-" for none:

  step TOKEN                         TOKEN or "-", "complete" or "continue"
  wrap conf|integ MESSAGE            TOKEN
  unwrap TOKEN                       MESSAGE conf|integ SUPPLEMENTARY, the bits of GSS_S_DUPLICATE_TOKEN and the like
  mic MESSAGE                        TOKEN
  verify MESSAGE TOKEN               SUPPLEMENTARY
  wrapiov conf|integ trailer|header BEFORE MESSAGE AFTER    HEADER MESSAGE TRAILER
  unwrapiov HEADER BEFORE MESSAGE AFTER TRAILER             MESSAGE conf|integ SUPPLEMENTARY
  prf full|partial INPUT LENGTH      OCTETS
  limit conf|integ MAXIMUM           LENGTH
"""

import base64
import ctypes
import os
import sys
from ctypes import POINTER, byref, c_int, c_size_t, c_ssize_t, c_uint32, c_void_p

GSS = ctypes.CDLL(os.environ.get("GSS_LIBRARY", "libgssapi_krb5.so.2"))
FLAGS = {"mutual": 2, "replay": 4, "sequence": 8, "dce": 0x1000}
CONFIDENTIALITY, INTEGRITY = 0x10, 0x20
CONTINUE_NEEDED = 1
DATA, HEADER, TRAILER, PADDING, SIGN_ONLY, ALLOCATE = 1, 2, 7, 9, 11, 0x10000


class Buffer(ctypes.Structure):
    _fields_ = [("length", c_size_t), ("value", c_void_p)]


class Oid(ctypes.Structure):
    _fields_ = [("length", c_uint32), ("elements", ctypes.c_char_p)]


class Iov(ctypes.Structure):
    _fields_ = [("type", c_uint32), ("buffer", Buffer)]


KRB5 = Oid(9, b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02")
KRB5_NAME = Oid(10, b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01")


class Refused(Exception):
    """Major and minor status."""


def call(function, *arguments):
    minor = c_uint32()
    major = function(byref(minor), *arguments) & 0xFFFFFFFF
    if major >> 16:
        raise Refused(f"{major >> 16} {minor.value}")
    return major


def given(octets):
    """A buffer of octets, which must stay referenced as long as it is used."""
    place = ctypes.create_string_buffer(octets, len(octets))
    buffer = Buffer(len(octets), ctypes.cast(place, c_void_p))
    buffer.place = place
    return buffer


def taken(buffer):
    octets = ctypes.string_at(buffer.value, buffer.length) if buffer.length else b""
    call(GSS.gss_release_buffer, byref(buffer))
    return octets


class Initiator:
    def __init__(self, service, flags):
        self.context = c_void_p()
        self.name = c_void_p()
        self.flags = CONFIDENTIALITY | INTEGRITY | sum(FLAGS[flag] for flag in flags)
        call(GSS.gss_import_name, byref(given(service.encode())), byref(KRB5_NAME), byref(self.name))

    def step(self, token):
        output, got = Buffer(), c_uint32()
        major = call(
            GSS.gss_init_sec_context, None, byref(self.context), self.name, byref(KRB5), c_uint32(self.flags),
            c_uint32(0), None, byref(given(token)) if token else None, None, byref(output), byref(got), None,
        )
        return taken(output), "continue" if major & CONTINUE_NEEDED else "complete"

    def wrap(self, form, message):
        output, sealed = Buffer(), c_int()
        call(
            GSS.gss_wrap, self.context, c_int(form == "conf"), c_uint32(0), byref(given(message)), byref(sealed),
            byref(output),
        )
        return (taken(output),)

    def unwrap(self, token):
        output, sealed, qop = Buffer(), c_int(), c_uint32()
        major = call(GSS.gss_unwrap, self.context, byref(given(token)), byref(output), byref(sealed), byref(qop))
        return taken(output), "conf" if sealed.value else "integ", str(major)

    def mic(self, message):
        output = Buffer()
        call(GSS.gss_get_mic, self.context, c_uint32(0), byref(given(message)), byref(output))
        return (taken(output),)

    def verify(self, message, token):
        qop = c_uint32()
        return (str(call(GSS.gss_verify_mic, self.context, byref(given(message)), byref(given(token)), byref(qop))),)

    def wrapiov(self, form, layout, before, message, after):
        buffers = [given(octets) for octets in (before, message, after)]
        kinds = [HEADER | ALLOCATE, SIGN_ONLY, DATA, SIGN_ONLY, PADDING | ALLOCATE, TRAILER | ALLOCATE]
        iov = (Iov * 6)()
        for place, kind in zip(iov, kinds):
            place.type = kind
        for place, buffer in zip(iov[1:4], buffers):
            place.buffer = buffer
        count = 6 if layout == "trailer" else 4  # Heimdal has neither padding nor trailer in DCE style
        sealed = c_int()
        call(GSS.gss_wrap_iov, self.context, c_int(form == "conf"), c_uint32(0), byref(sealed), iov, c_int(count))
        octets = [ctypes.string_at(part.buffer.value, part.buffer.length) for part in (iov[0], iov[2], iov[5])]
        return tuple(octets)

    def unwrapiov(self, header, before, message, after, trailer):
        buffers = [given(octets) for octets in (header, before, message, after, trailer)]
        count = 5 if trailer else 4
        iov = (Iov * 5)()
        for place, kind, buffer in zip(iov, (HEADER, SIGN_ONLY, DATA, SIGN_ONLY, TRAILER), buffers):
            place.type = kind
            place.buffer = buffer
        sealed, qop = c_int(), c_uint32()
        major = call(GSS.gss_unwrap_iov, self.context, byref(sealed), byref(qop), iov, c_int(count))
        opened = ctypes.string_at(iov[2].buffer.value, iov[2].buffer.length)
        return opened, "conf" if sealed.value else "integ", str(major)

    def prf(self, key, octets, length):
        output = Buffer()
        call(
            GSS.gss_pseudo_random, self.context, c_int(0 if key == "full" else 1), byref(given(octets)),
            c_ssize_t(int(length)), byref(output),
        )
        return (taken(output),)

    def limit(self, form, maximum):
        longest = c_uint32()
        call(
            GSS.gss_wrap_size_limit, self.context, c_int(form == "conf"), c_uint32(0), c_uint32(int(maximum)),
            byref(longest),
        )
        return (str(longest.value),)


# Which arguments of a request are octets.
OCTETS = {
    "step": [0], "wrap": [1], "unwrap": [0], "mic": [0], "verify": [0, 1], "wrapiov": [2, 3, 4],
    "unwrapiov": [0, 1, 2, 3, 4], "prf": [1], "limit": [],
}


def word(value):
    if isinstance(value, str):
        return value
    return base64.b64encode(value).decode() or "-"


def answer(initiator, request):
    verb, *arguments = request.split()
    for at in OCTETS[verb]:
        arguments[at] = b"" if arguments[at] == "-" else base64.b64decode(arguments[at])
    try:
        return " ".join(["ok", *map(word, getattr(initiator, verb)(*arguments))])
    except Refused as refused:
        return f"error {refused}"


def main():
    initiator = Initiator(sys.argv[1], sys.argv[2:])
    print(word(initiator.step(b"")[0]), flush=True)
    for line in sys.stdin:
        print(answer(initiator, line), flush=True)


if __name__ == "__main__":
    main()
