"""The request as a command for a shell: what the wizard would send, sent by curl, and signed when it runs."""

from __future__ import annotations

import shlex

from ncloud_integration.cloudinsight.gateway import INTEGRATION_PATH, Gateway
from ncloud_integration.integration import body
from ncloud_integration.integration.model import Integration

BODY_END = "END_OF_BODY"
"""What ends the body in the command. No line of a body is that: they begin with a brace or a space."""

_SIGNER = r"""
import base64, hashlib, hmac, os, re, sys, time
def key(name):
    value = os.environ.get(name, "").strip()
    if not re.fullmatch("[!-~]+", value):
        sys.exit(name + " is not set to a key: nothing was sent.")
    return value
def option(name, value):
    escapes = {"\\": "\\\\", "\"": "\\\"", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return name + " = \"" + "".join(escapes.get(each, each) for each in value) + "\"\n"
base_url, path, site = sys.argv[1:]
access_key, secret_key = key("NCLOUD_ACCESS_KEY"), key("NCLOUD_SECRET_KEY")
timestamp = str(int(time.time() * 1000))
message = "POST " + path + "\n" + timestamp + "\n" + access_key
digest = hmac.new(secret_key.encode(), message.encode(), hashlib.sha256).digest()
headers = {
    "content-type": "application/json",
    "accept": "application/json",
    "x-ncp-dmn_cd": site,
    "x-ncp-apigw-timestamp": timestamp,
    "x-ncp-iam-access-key": access_key,
    "x-ncp-apigw-signature-v2": base64.b64encode(digest).decode(),
}
body = sys.stdin.buffer.read().decode()[:-1]
options = [option("header", name + ": " + value) for name, value in headers.items()]
options += [option("data-raw", body), option("url", base_url + path)]
sys.stdout.buffer.write("".join(options).encode())
"""
"""Writes what curl is to do, the URL last: half of it goes nowhere. It stands in single quotes and so has none."""

_COMMAND = r"""#!/bin/sh
# Creates an integration in NAVER Cloud Insight ({site} site): one POST to {host}.
# Each run creates one more, also where there is one of that name already. It is sent once and never repeated: where no
# id comes back, look in the console before you run this again.
# Needs curl 7.76 and python3, and NCLOUD_ACCESS_KEY and NCLOUD_SECRET_KEY in the environment. Keys, signature and body
# reach curl through a pipe and are in no argument list. A redirect is an error and is not followed.
python3 -I -c '{signer}' {base_url} {path} {domain_code} <<'{end}' |
{body}
{end}
curl --disable --silent --show-error --fail-with-body --location --max-redirs 0 --max-time {seconds:g} \
    --proto '={scheme}'{proxy} --write-out '\n' --config -
"""


def write(gateway: Gateway, integration: Integration) -> str:
    r"""Return the shell command that creates *integration* at *gateway*, for any POSIX shell.

    Run, it writes the API's answer to standard output and ends with 0, or says on standard error why not and ends with
    something else. It holds what *integration* holds, secrets too, and never a key.
    """
    return _COMMAND.format(
        site=gateway.site.name,
        host=gateway.host,
        signer=_SIGNER,
        base_url=shlex.quote(gateway.base_url),
        path=f"{INTEGRATION_PATH}/create",
        domain_code=gateway.site.domain_code,
        end=BODY_END,
        body=body.write(integration).decode(),
        seconds=gateway.timeout,
        scheme=gateway.base_url.partition(":")[0],
        proxy=" --noproxy '*'" if gateway.is_local else "",
    )
