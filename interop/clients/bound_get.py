#!/usr/bin/python3
"""GET over TLS with a login by MIT's GSS-API that is bound to the certificate of this very connection (RFC 5929).

Arguments: port, host of the service, file of the certificate to trust, and what to say of the channel: `end-point` (what is
seen), `other` (another certificate's), or `none`. Prints the status and the body, or fails if the reply does not verify.
"""

import base64
import hashlib
import http.client
import ssl
import sys

import gssapi
import gssapi.raw


def bindings(connection, kind):
    if kind == "none":
        return None
    certificate = connection.sock.getpeercert(binary_form=True) if kind == "end-point" else b"other"
    # The certificate that is used here is signed with SHA-256.
    data = b"tls-server-end-point:" + hashlib.sha256(certificate).digest()
    return gssapi.raw.ChannelBindings(application_data=data)


def main():
    port, host, trusted, kind = sys.argv[1:5]
    trust = ssl.create_default_context(cafile=trusted)
    connection = http.client.HTTPSConnection("127.0.0.1", int(port), timeout=10, context=trust)
    connection.connect()
    name = gssapi.Name(f"HTTP@{host}", gssapi.NameType.hostbased_service)
    context = gssapi.SecurityContext(
        name=name,
        usage="initiate",
        mech=gssapi.OID.from_int_seq("1.3.6.1.5.5.2"),
        flags=gssapi.RequirementFlag.mutual_authentication,
        channel_bindings=bindings(connection, kind),
    )
    token = base64.b64encode(context.step()).decode()
    connection.request("GET", "/", headers={"Authorization": f"Negotiate {token}"})
    answer = connection.getresponse()
    if answer.status == 200:
        context.step(base64.b64decode(answer.headers["WWW-Authenticate"].split()[1]))
        assert context.complete
    print(answer.status)
    print(answer.read().decode())


if __name__ == "__main__":
    main()
