#!/usr/bin/python3
"""MIT's library on krb5.conf and local names: one JSON request per line in, one JSON answer per line out.

{"files": [TEXT, ...], "ask": [[SECTION, ..., TAG], ...]} -> {"values": [[TEXT, ...], ...]} or {"error": CODE}: what the
profile library finds in these files, in the order of KRB5_CONFIG.
{"conf": TEXT, "clients": [TEXT, ...]} -> {"names": [TEXT or null, ...]}: what krb5_aname_to_localname makes of each
client, null if nothing.

The first argument is a directory for the files.
"""

import ctypes
import json
import os
import sys

KRB5 = ctypes.CDLL("libkrb5.so.3")
LONGEST = 4096


class Config:
    """Files of a request, by their paths."""

    def __init__(self, texts):
        self.paths = []
        for number, text in enumerate(texts):
            path = os.path.join(sys.argv[1], f"{number}.conf")
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            self.paths.append(path)


def values(profile, names):
    array = (ctypes.c_char_p * (len(names) + 1))(*[name.encode() for name in names], None)
    found = ctypes.POINTER(ctypes.c_char_p)()
    if KRB5.profile_get_values(profile, array, ctypes.byref(found)):
        return []
    result = []
    while found[len(result)]:
        result.append(found[len(result)].decode())
    KRB5.profile_free_list(found)
    return result


def read(request):
    profile = ctypes.c_void_p()
    paths = ":".join(Config(request["files"]).paths).encode()
    code = KRB5.profile_init_path(paths, ctypes.byref(profile))
    if code:
        return {"error": code}
    answer = {"values": [values(profile, names) for names in request["ask"]]}
    KRB5.profile_release(profile)
    return answer


def local_name(context, client):
    principal = ctypes.c_void_p()
    if KRB5.krb5_parse_name(context, client.encode(), ctypes.byref(principal)):
        return None
    buffer = ctypes.create_string_buffer(LONGEST)
    code = KRB5.krb5_aname_to_localname(context, principal, LONGEST, buffer)
    KRB5.krb5_free_principal(context, principal)
    return None if code else buffer.value.decode(errors="replace")


def map_names(request):
    os.environ["KRB5_CONFIG"] = Config([request["conf"]]).paths[0]
    context = ctypes.c_void_p()
    code = KRB5.krb5_init_context(ctypes.byref(context))
    if code:
        return {"error": code}
    answer = {"names": [local_name(context, client) for client in request["clients"]]}
    KRB5.krb5_free_context(context)
    return answer


def main():
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(read(request) if "files" in request else map_names(request)), flush=True)


if __name__ == "__main__":
    main()
