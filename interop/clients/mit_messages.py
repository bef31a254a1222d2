#!/usr/bin/python3
"""MIT's acceptor after the context is there: one JSON request per line in, one JSON answer per line out.

{"keytab": PATH, "token": BASE64} begins; {"unwrap": BASE64}, {"verify": BASE64, "message": BASE64},
{"wrap": BASE64, "seal": BOOL} and {"mic": BASE64} go on. The answer has "octets" (BASE64) or "error".
"""

import base64
import json
import sys

import gssapi

gssapi.SecurityContext.__DEFER_STEP_ERRORS__ = False
CONTEXT = None


def octets(request, name):
    return base64.b64decode(request[name])


def answer(request):
    global CONTEXT
    if "token" in request:
        store = {"keytab": "FILE:" + request["keytab"]}
        credentials = gssapi.Credentials(usage="accept", store=store)
        CONTEXT = gssapi.SecurityContext(creds=credentials, usage="accept")
        return CONTEXT.step(octets(request, "token")) or b""
    if "unwrap" in request:
        return CONTEXT.unwrap(octets(request, "unwrap")).message
    if "verify" in request:
        CONTEXT.verify_signature(octets(request, "message"), octets(request, "verify"))
        return b""
    if "wrap" in request:
        return CONTEXT.wrap(octets(request, "wrap"), request["seal"]).message
    return CONTEXT.get_signature(octets(request, "mic"))


for line in sys.stdin:
    try:
        said = {"octets": base64.b64encode(answer(json.loads(line))).decode()}
    except gssapi.exceptions.GSSError as error:
        said = {"error": str(error)}
    print(json.dumps(said), flush=True)
