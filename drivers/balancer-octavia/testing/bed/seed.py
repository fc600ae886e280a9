"""Makes Octavia and Barbican known to Keystone, once: accounts, roles, the catalog's entries. Usage: seed.py ADDRESS"""
import sys

from administrator import call, keystone, make_endpoints, post

address = sys.argv[1]


def one(kind, plural, name, **fields):
    """Its id, made where there is none of that name."""
    found = call("GET", f"{keystone}/{plural}?name={name}")[plural]
    return (found[0] if found else post(f"{keystone}/{plural}", kind, name=name, **fields))["id"]


def grant(name, project, role):
    project = one("project", "projects", project)
    call("PUT", f"{keystone}/projects/{project}/users/{name}/roles/{role}")


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
    for endpoint in call("GET", f"{keystone}/endpoints?service_id={service}")["endpoints"]:
        call("DELETE", f"{keystone}/endpoints/{endpoint['id']}")
    make_endpoints(service, f"http://{address}:{port}")
