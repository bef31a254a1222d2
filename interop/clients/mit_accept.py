#!/usr/bin/python3
"""MIT's acceptor as the second opinion: one JSON request per line in, one JSON verdict per line out.

Request: {"keytab": PATH, "tokens": [BASE64, ...], "channel_binding_data": HEX or null}. The tokens go in order to one
context. Verdict: {"verdict": "accepted|continue|rejected", "client", "service", "flags", "reply", "error"}; keys that are
unknown are null. Run with KRB5RCACHENAME=none: unless replays are the question: MIT's cache is a file for all.
"""

import base64
import json
import sys

import gssapi
import gssapi.raw

FLAG = gssapi.RequirementFlag
# python3-gssapi keeps back an error that comes with a token until the next step; here it is said at once.
gssapi.SecurityContext.__DEFER_STEP_ERRORS__ = False
FLAGS = {
    "deleg": FLAG.delegate_to_peer,
    "mutual": FLAG.mutual_authentication,
    "replay": FLAG.replay_detection,
    "sequence": FLAG.out_of_sequence_detection,
    "conf": FLAG.confidentiality,
    "integ": FLAG.integrity,
    "dce": FLAG.dce_style,
}
# Without this list MIT has no credential for tokens under Microsoft's misspelt OID, though its mechanism takes them.
MECHANISMS = [
    gssapi.OID.from_int_seq(oid) for oid in ("1.2.840.113554.1.2.2", "1.2.840.48018.1.2.2", "1.3.6.1.5.5.2")
]
CREDENTIALS = {}


def credentials(keytab):
    if keytab not in CREDENTIALS:
        store = {"keytab": "FILE:" + keytab}
        CREDENTIALS[keytab] = gssapi.Credentials(usage="accept", store=store, mechs=MECHANISMS)
    return CREDENTIALS[keytab]


def context_for(request):
    data = request.get("channel_binding_data")
    bindings = None if data is None else gssapi.raw.ChannelBindings(application_data=bytes.fromhex(data))
    return gssapi.SecurityContext(
        creds=credentials(request["keytab"]), usage="accept", channel_bindings=bindings
    )


def text(token):
    return None if token is None else base64.b64encode(token).decode()


def accept(request):
    verdict = {"verdict": "continue", "client": None, "service": None, "flags": None, "reply": None, "error": None}
    try:
        context = context_for(request)
        for token in request["tokens"]:
            verdict["reply"] = text(context.step(base64.b64decode(token)))
        if context.complete:
            flags = context.actual_flags
            verdict["verdict"] = "accepted"
            verdict["client"] = str(context.initiator_name)
            verdict["service"] = str(context.target_name)
            verdict["flags"] = [name for name, flag in FLAGS.items() if flags & flag]
    except gssapi.exceptions.GSSError as refused:
        verdict["verdict"] = "rejected"
        verdict["reply"] = text(getattr(refused, "token", None))
        verdict["error"] = {"message": str(refused), "major": refused.maj_code, "minor": refused.min_code}
    return verdict


def main():
    for line in sys.stdin:
        print(json.dumps(accept(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
