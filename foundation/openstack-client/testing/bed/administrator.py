"""How a bed's seed.py asks OpenStack's services: as the cloud's administrator."""
import json
import sys
import urllib.request

keystone = "http://127.0.0.1:5000/v3"
token = None


def call(method, url, body=None, raw=None):
    """The answer's JSON, if it has any; a refusal ends the process."""
    return ask(method, url, body, raw)[0]


def ask(method, url, body=None, raw=None):
    data = raw if raw is not None else None if body is None else json.dumps(body).encode()
    kind = "application/octet-stream" if raw is not None else "application/json"
    headers = {"Content-Type": kind, **({"X-Auth-Token": token} if token else {})}
    request = urllib.request.Request(url, method=method, data=data, headers=headers)
    try:
        answer = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {url}: {error.code} {error.read()[:500]!r}")
    text = answer.read()
    return (json.loads(text) if text else None), answer.headers


def post(url, kind, /, **fields):
    """What has been made."""
    return call("POST", url, {kind: fields})[kind]


def make_endpoints(service, url):
    """In the catalog, under each interface."""
    for interface in ("public", "internal", "admin"):
        fields = {"service_id": service, "interface": interface, "url": url, "region_id": "RegionOne"}
        post(f"{keystone}/endpoints", "endpoint", **fields)


default = {"id": "default"}
user = {"name": "admin", "domain": default, "password": "admin"}
scope = {"project": {"name": "admin", "domain": default}}
identity = {"methods": ["password"], "password": {"user": user}}
token = ask("POST", f"{keystone}/auth/tokens", {"auth": {"identity": identity, "scope": scope}})[1]["X-Subject-Token"]
