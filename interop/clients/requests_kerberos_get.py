#!/usr/bin/python3
"""GET a URL with requests-kerberos, mutual authentication required: prints the status and the body.

The URL has an address; the second argument is the host name of the service. A reply whose AP-REP does not verify raises.
"""

import sys

import requests
import requests_kerberos


def main():
    url, host = sys.argv[1:3]
    auth = requests_kerberos.HTTPKerberosAuth(
        mutual_authentication=requests_kerberos.REQUIRED, hostname_override=host
    )
    answer = requests.get(url, auth=auth, timeout=10)
    print(answer.status_code)
    print(answer.text)


if __name__ == "__main__":
    main()
