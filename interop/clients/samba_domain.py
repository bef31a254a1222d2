#!/usr/bin/python3
"""Provisions a domain of Samba's AD DC in a directory, on one high port, with its users, groups and services.

usage: samba_domain.py DIRECTORY PORT

The realm is EXAMPLE.TEST. Writes DIRECTORY/smb.conf for `samba`, and a keytab for each account that logs in or
serves. Prints one JSON object: what the directory itself says of each user, to compare a ticket with:
{"domain": SID, "users": {NAME: {"sid", "primary_group", "groups": [SID, ...], "upn"}}}; `groups` is tokenGroups,
nested ones and domain-local ones included.
"""

import json
import logging
import sys

import ldb
import samba.dckeytab  # noqa: F401, gives Net its export_keytab
from samba import dsdb, param
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_unpack
from samba.net import Net
from samba.provision import FILL_FULL, provision
from samba.samdb import SamDB

REALM = "EXAMPLE.TEST"
PASSWORD = "Passw0rd.for.tests"
USERS = ["alice", "bob", "many", "svc-web", "svc-rc4", "svc-front"]
# Of domain, account and group: who is in them, groups too.
GROUPS = {
    "engineers": (dsdb.GTYPE_SECURITY_GLOBAL_GROUP, ["alice"]),
    "staff": (dsdb.GTYPE_SECURITY_GLOBAL_GROUP, ["engineers", "bob"]),
    "everyone-here": (dsdb.GTYPE_SECURITY_UNIVERSAL_GROUP, ["staff"]),
    "may-print": (dsdb.GTYPE_SECURITY_DOMAIN_LOCAL_GROUP, ["everyone-here"]),
}
MANY = 1000
# Account, name of the service, and msDS-SupportedEncryptionTypes: AES, or RC4 alone ([MS-KILE] section 2.2.7).
SERVICES = [
    ("svc-web", "HTTP/web.example.test", 24),
    ("svc-rc4", "HTTP/rc4.example.test", 4),
    ("svc-front", "HTTP/front.example.test", 24),
]


def settings(directory, port):
    """Everything below the directory, nothing but a KDC, on loopback; no fsync for what is soon thrown away."""
    lines = ["[global]"]
    for name, value in {
        "realm": REALM,
        "workgroup": "EXAMPLE",
        "netbios name": "DC",
        "server role": "active directory domain controller",
        "server services": "kdc",
        "krb5 port": port,
        "kpasswd port": "0",
        "interfaces": "127.0.0.1/8",
        "bind interfaces only": "yes",
        "private dir": directory + "/private",
        "state directory": directory + "/state",
        "cache directory": directory + "/cache",
        "lock directory": directory + "/lock",
        "pid directory": directory,
        "ncalrpc dir": directory + "/ncalrpc",
        "binddns dir": directory + "/bind-dns",
        "log file": directory + "/samba.log",
        "ldb:nosync": "true",
    }.items():
        lines.append(" %s = %s" % (name, value))
    for share in ["sysvol", "netlogon"]:
        lines += ["[%s]" % share, " path = %s/%s" % (directory, share)]
    path = directory + "/smb.conf"
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
    lp = param.LoadParm()
    lp.load(path)
    return path, lp


def quiet():
    logger = logging.getLogger("provision")
    logger.setLevel(logging.ERROR)
    return logger


def create(path, lp):
    provision(
        quiet(), system_session(), smbconf=path, samdb_fill=FILL_FULL, realm=REALM, domain="EXAMPLE", hostname="dc",
        hostip="127.0.0.1", adminpass=PASSWORD, dns_backend="NONE", lp=lp, skip_sysvolacl=True, batch_mode=True,
        serverrole="active directory domain controller", dom_for_fun_level=dsdb.DS_DOMAIN_FUNCTION_2008_R2,
    )


def populate(db):
    for user in USERS:
        db.newuser(user, PASSWORD)
    for name, (kind, members) in GROUPS.items():
        db.newgroup(name, grouptype=kind)
        db.add_remove_group_members(name, members)
    many = db.search(db.domain_dn(), expression="(sAMAccountName=many)", attrs=[])[0].dn
    for number in range(MANY):
        name = "group-%04d" % number
        db.add({"dn": "CN=%s,CN=Users,%s" % (name, db.domain_dn()), "objectClass": "group", "sAMAccountName": name,
                "groupType": str(dsdb.GTYPE_SECURITY_GLOBAL_GROUP), "member": str(many)})
    modify(db, "alice", userPrincipalName="alice.a@corp.example.test", displayName="Alice \u00c4rger")


def modify(db, account, **attributes):
    message = ldb.Message(db.search(db.domain_dn(), expression="(sAMAccountName=%s)" % account, attrs=[])[0].dn)
    for name, value in attributes.items():
        name = name.replace("_", "-")
        message[name] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, name)
    db.modify(message)


def serve(db):
    for account, name, enctypes in SERVICES:
        modify(db, account, servicePrincipalName=name, msDS_SupportedEncryptionTypes=str(enctypes))
        # Keys are made of the password for the enctypes that are supported by then.
        db.setpassword("(sAMAccountName=%s)" % account, PASSWORD + account)
    # The front may ask for tickets to the web in the name of whoever came to it, however that was.
    control = dsdb.UF_NORMAL_ACCOUNT | dsdb.UF_TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION
    modify(db, "svc-front", userAccountControl=str(control), msDS_AllowedToDelegateTo="HTTP/web.example.test")


def export(directory, lp):
    net = Net(None, lp)
    for user in USERS:
        net.export_keytab(keytab="%s/%s.keytab" % (directory, user), principal=user)
    # The KDC's own key, with which it signs.
    for name in ["krbtgt/" + REALM] + [name for _, name, _ in SERVICES]:
        net.export_keytab(keytab="%s/%s.keytab" % (directory, name.replace("/", "_")), principal=name)


def sid(octets):
    return str(ndr_unpack(security.dom_sid, octets))


def describe(db):
    users = {}
    for user in USERS:
        found = db.search(db.domain_dn(), expression="(sAMAccountName=%s)" % user,
                          attrs=["objectSid", "primaryGroupID", "userPrincipalName"])[0]
        # tokenGroups is an attribute of one object only.
        groups = db.search(found.dn, scope=ldb.SCOPE_BASE, attrs=["tokenGroups"])[0]["tokenGroups"]
        users[user] = {
            "sid": sid(found["objectSid"][0]),
            "primary_group": "%s-%s" % (db.get_domain_sid(), found["primaryGroupID"][0]),
            "groups": [sid(group) for group in groups],
            "upn": str(found.get("userPrincipalName", "%s@%s" % (user, REALM.lower()))),
        }
    return {"domain": db.get_domain_sid(), "users": users}


def main():
    directory, port = sys.argv[1:3]
    path, lp = settings(directory, port)
    create(path, lp)
    db = SamDB(url=directory + "/private/sam.ldb", session_info=system_session(), lp=lp)
    db.transaction_start()
    populate(db)
    db.transaction_commit()
    serve(db)
    export(directory, lp)
    print(json.dumps(describe(db)))


if __name__ == "__main__":
    main()
