"""Makes Octavia and Barbican known to Keystone, once: accounts, roles, the catalog's entries. Usage: seed.py ADDRESS"""
import json
import sys
import urllib.request

address = sys.argv[1]
keystone = "http://127.0.0.1:5000/v3"
default = {"id": "default"}


def call(method, path, body=None, token=None):
    headers = {"Content-Type": "application/json", **({"X-Auth-Token": token} if token else {})}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{keystone}{path}", method=method, data=data, headers=headers)
    try:
        answer = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {path}: {error.code} {error.read()[:500]!r}")
    text = answer.read()
    return (json.loads(text) if text else None), answer.headers


user = {"name": "admin", "domain": default, "password": "admin"}
scope = {"project": {"name": "admin", "domain": default}}
identity = {"methods": ["password"], "password": {"user": user}}
_, headers = call("POST", "/auth/tokens", {"auth": {"identity": identity, "scope": scope}})
token = headers["X-Subject-Token"]


def one(kind, plural, name, **fields):
    """Its id, made where there is none of that name."""
    found = call("GET", f"/{plural}?name={name}", None, token)[0][plural]
    return found[0]["id"] if found else call("POST", f"/{plural}", {kind: {"name": name, **fields}}, token)[0][kind]["id"]


def grant(name, project, role):
    call("PUT", f"/projects/{one('project', 'projects', project)}/users/{name}/roles/{role}", None, token)


for name in ("octavia", "barbican"):
    made = one("user", "users", name, password="service", domain_id="default")
    grant(made, "service", one("role", "roles", "admin"))
member, creator = one("role", "roles", "load-balancer_member"), one("role", "roles", "creator")
for name, project in (("deployer", "trencadis"), ("cramped", "cramped")):
    account = one("user", "users", name)
    grant(account, project, member)
    grant(account, project, creator)
for name, kind, port in (("octavia", "load-balancer", 9876), ("barbican", "key-manager", 9311)):
    service = one("service", "services", name, type=kind)
    for endpoint in call("GET", f"/endpoints?service_id={service}", None, token)[0]["endpoints"]:
        call("DELETE", f"/endpoints/{endpoint['id']}", None, token)
    for interface in ("public", "internal", "admin"):
        fields = {"service_id": service, "interface": interface, "url": f"http://{address}:{port}", "region_id": "RegionOne"}
        call("POST", "/endpoints", {"endpoint": fields}, token)
