#!/usr/bin/python3
"""A GSS-API initiator (MIT krb5 through python3-gssapi).

Without --finish: prints one initial token per line, in base64.
With --finish: prints {"token": BASE64}, then reads one reply (base64, or an empty line for none) per line from
standard input and prints {"complete": BOOL, "flags": [...], "token": BASE64 or null} until the context is
complete, or {"error": TEXT} if the reply is refused.
"""

import argparse
import base64
import json
import sys

import gssapi
import gssapi.raw

KRB5 = gssapi.OID.from_int_seq("1.2.840.113554.1.2.2")
SPNEGO = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")
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


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("service", help="HTTP/host, in the realm that krb5.conf maps the host to")
    parser.add_argument("--mech", choices=["krb5", "spnego"], default="krb5")
    parser.add_argument("--mutual", action="store_true")
    parser.add_argument("--delegate", action="store_true")
    parser.add_argument("--dce", action="store_true", help="DCE style: a bare AP-REQ and a third leg")
    parser.add_argument("--bindings", metavar="HEX", help="application data of the channel bindings")
    parser.add_argument("--count", type=int, default=1, help="so many tokens, each of its own context")
    parser.add_argument("--finish", action="store_true")
    return parser.parse_args()


def begin(args):
    flags = FLAG.replay_detection | FLAG.integrity | FLAG.confidentiality | FLAG.out_of_sequence_detection
    if args.mutual:
        flags |= FLAG.mutual_authentication
    if args.delegate:
        flags |= FLAG.delegate_to_peer
    if args.dce:
        flags |= FLAG.dce_style | FLAG.mutual_authentication
    bindings = None
    if args.bindings is not None:
        bindings = gssapi.raw.ChannelBindings(application_data=bytes.fromhex(args.bindings))
    return gssapi.SecurityContext(
        name=gssapi.Name(args.service, gssapi.NameType.kerberos_principal),
        mech=KRB5 if args.mech == "krb5" else SPNEGO,
        flags=flags,
        channel_bindings=bindings,
        usage="initiate",
    )


def text(token):
    return None if token is None else base64.b64encode(token).decode()


def say(answer):
    print(json.dumps(answer), flush=True)


def finish(context):
    for line in sys.stdin:
        reply = base64.b64decode(line)
        try:
            # No reply and nothing left to say: an initiator that wants none is already complete.
            token = None if not reply and context.complete else context.step(reply or None)
        except gssapi.exceptions.GSSError as refused:
            say({"error": str(refused), "major": refused.maj_code, "minor": refused.min_code})
            return 1
        done = context.complete
        actual = context.actual_flags if done else 0
        say({"complete": done, "token": text(token), "flags": [n for n, f in FLAGS.items() if actual & f]})
        if done:
            return 0
    return 1


def main():
    args = options()
    for _ in range(args.count):
        context = begin(args)
        token = context.step()
        if args.finish:
            say({"token": text(token)})
            return finish(context)
        print(text(token), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
