#!/usr/bin/python3
"""The PAC of a token: verified by MIT's acceptor, decoded by Samba's NDR. One base64 token per line in, one JSON out.

usage: pac_of_token.py KEYTAB

{"client", "verified", "types": [ulType, ...], "user", "primary_group", "groups": [SID, ...], "upn", "account",
"delegation": [TARGET, SERVICE, ...]}; `verified` says whether MIT vouches for the service's signature. What is not
there is null; of a ticket without a PAC all is, but the client.
"""

import base64
import json
import sys

import gssapi
import gssapi.raw
from samba.dcerpc import krb5pac
from samba.ndr import ndr_unpack


def accepted(credentials, token):
    context = gssapi.SecurityContext(creds=credentials, usage="accept")
    context.step(token)
    return context.initiator_name


def buffers(pac):
    return {buffer.type: buffer.info for buffer in ndr_unpack(krb5pac.PAC_DATA, pac).buffers}


def logon(info):
    info3 = info.info.info3
    domain = info3.base.domain_sid
    groups = [f"{domain}-{group.rid}" for group in info3.base.groups.rids or []]
    groups += [str(extra.sid) for extra in info3.sids or []]
    local = info.info.resource_groups
    groups += [f"{local.domain_sid}-{group.rid}" for group in local.groups.rids or []]
    return {
        "user": f"{domain}-{info3.base.rid}",
        "primary_group": f"{domain}-{info3.base.primary_gid}",
        "groups": groups,
    }


def decoded(pac):
    found = buffers(pac)
    said = {"types": [buffer.type for buffer in ndr_unpack(krb5pac.PAC_DATA_RAW, pac).buffers]}
    if krb5pac.PAC_TYPE_LOGON_INFO in found:
        said.update(logon(found[krb5pac.PAC_TYPE_LOGON_INFO]))
    if krb5pac.PAC_TYPE_UPN_DNS_INFO in found:
        said["upn"] = found[krb5pac.PAC_TYPE_UPN_DNS_INFO].upn_name
    if krb5pac.PAC_TYPE_LOGON_NAME in found:
        said["account"] = found[krb5pac.PAC_TYPE_LOGON_NAME].account_name
    if krb5pac.PAC_TYPE_CONSTRAINED_DELEGATION in found:
        info = found[krb5pac.PAC_TYPE_CONSTRAINED_DELEGATION].info
        services = [service.string for service in info.transited_services]
        said["delegation"] = [info.proxy_target.string] + services
    return said


def answer(credentials, token):
    name = accepted(credentials, token)
    said = {"client": str(name), "verified": None, "types": None}
    try:
        attribute = gssapi.raw.get_name_attribute(name, b"urn:mspac:")
    except gssapi.exceptions.GSSError:
        return said
    return said | {"verified": attribute.authenticated} | decoded(attribute.values[0])


def main():
    credentials = gssapi.Credentials(usage="accept", store={"keytab": "FILE:" + sys.argv[1]})
    for line in sys.stdin:
        print(json.dumps(answer(credentials, base64.b64decode(line))), flush=True)


if __name__ == "__main__":
    main()
