"""Fills the cloud: `identity` makes accounts and the catalog, `content` what the tests find there. Usage: seed.py PART ADDRESS"""
import json
import sys
import urllib.request

part, address = sys.argv[1:]


def call(method, url, body=None, token=None, raw=None):
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


keystone = "http://127.0.0.1:5000/v3"
default = {"id": "default"}
user = {"name": "admin", "domain": default, "password": "admin"}
scope = {"project": {"name": "admin", "domain": default}}
identity = {"methods": ["password"], "password": {"user": user}}
_, headers = call("POST", f"{keystone}/auth/tokens", {"auth": {"identity": identity, "scope": scope}})
token = headers["X-Subject-Token"]


def post(at, kind, **fields):
    return call("POST", at, {kind: fields}, token)[0][kind]


def make_identity():
    roles = {role["name"]: role["id"] for role in call("GET", f"{keystone}/roles", None, token)[0]["roles"]}
    projects = {
        name: post(f"{keystone}/projects", "project", name=name, domain_id="default")["id"]
        for name in ("service", "trencadis", "cramped")
    }
    users = [(name, "service", "service", "admin") for name in ("glance", "placement", "nova", "neutron", "cinder")]
    users += [("deployer", "deployer", "trencadis", "member"), ("watcher", "watcher", "trencadis", "reader")]
    users += [("cramped", "cramped", "cramped", "member")]
    for name, password, project, role in users:
        made = post(f"{keystone}/users", "user", name=name, password=password, domain_id="default")["id"]
        call("PUT", f"{keystone}/projects/{projects[project]}/users/{made}/roles/{roles[role]}", None, token)
    services = [("glance", "image", ":9292"), ("placement", "placement", ":8778"), ("nova", "compute", ":8774/v2.1")]
    services += [("neutron", "network", ":9696"), ("cinderv3", "volumev3", ":8776/v3/$(project_id)s")]
    for name, kind, path in services:
        service = post(f"{keystone}/services", "service", name=name, type=kind)["id"]
        for interface in ("public", "internal", "admin"):
            url = f"http://{address}{path}"
            post(f"{keystone}/endpoints", "endpoint", service_id=service, interface=interface, url=url, region_id="RegionOne")


def make_content():
    compute = "http://127.0.0.1:8774/v2.1"
    sizes = [("t.tiny", 1, 256), ("t.small", 2, 384), ("t.medium", 2, 1024), ("t.large", 4, 2048), ("t.huge", 8, 262144)]
    for name, vcpus, ram in sizes:
        post(f"{compute}/flavors", "flavor", name=name, vcpus=vcpus, ram=ram, disk=1)
    post(f"{compute}/flavors", "flavor", name="t.diskless", vcpus=1, ram=256, disk=0)
    glance = "http://127.0.0.1:9292/v2/images"
    image = {"name": "debian-12", "disk_format": "raw", "container_format": "bare", "visibility": "public", "min_ram": 128}
    image |= {"os_distro": "debian", "os_version": "12", "architecture": "x86_64", "min_disk": 1}
    made = call("POST", glance, image, token)[0]["id"]
    call("PUT", f"{glance}/{made}/file", None, token, raw=b"no system is on this disk")
    network = "http://127.0.0.1:9696/v2.0"
    flat = {"provider:network_type": "flat", "provider:physical_network": "physnet1", "router:external": True}
    outside = post(f"{network}/networks", "network", name="outside", **flat)["id"]
    post(f"{network}/subnets", "subnet", network_id=outside, ip_version=4, cidr="203.0.113.0/24", enable_dhcp=False)
    campus = post(f"{network}/networks", "network", name="campus", shared=True)["id"]
    post(f"{network}/subnets", "subnet", network_id=campus, ip_version=4, cidr="192.168.77.0/24")


{"identity": make_identity, "content": make_content}[part]()
