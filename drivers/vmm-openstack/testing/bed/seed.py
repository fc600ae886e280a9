"""Fills the cloud: `identity` makes accounts and the catalog, `content` what the tests find there. Usage: seed.py PART ADDRESS"""
import sys

from administrator import call, keystone, make_endpoints, post

part, address = sys.argv[1:]


def make_identity():
    roles = {role["name"]: role["id"] for role in call("GET", f"{keystone}/roles")["roles"]}
    projects = {
        name: post(f"{keystone}/projects", "project", name=name, domain_id="default")["id"]
        for name in ("service", "trencadis", "cramped")
    }
    users = [(name, "service", "service", "admin") for name in ("glance", "placement", "nova", "neutron", "cinder")]
    users += [("deployer", "deployer", "trencadis", "member"), ("watcher", "watcher", "trencadis", "reader")]
    users += [("cramped", "cramped", "cramped", "member")]
    for name, password, project, role in users:
        made = post(f"{keystone}/users", "user", name=name, password=password, domain_id="default")["id"]
        call("PUT", f"{keystone}/projects/{projects[project]}/users/{made}/roles/{roles[role]}")
    services = [("glance", "image", ":9292"), ("placement", "placement", ":8778"), ("nova", "compute", ":8774/v2.1")]
    services += [("neutron", "network", ":9696"), ("cinderv3", "volumev3", ":8776/v3/$(project_id)s")]
    for name, kind, path in services:
        service = post(f"{keystone}/services", "service", name=name, type=kind)["id"]
        make_endpoints(service, f"http://{address}{path}")


def make_content():
    compute = "http://127.0.0.1:8774/v2.1"
    sizes = [("t.tiny", 1, 256), ("t.small", 2, 384), ("t.medium", 2, 1024), ("t.large", 4, 2048), ("t.huge", 8, 262144)]
    for name, vcpus, ram in sizes:
        post(f"{compute}/flavors", "flavor", name=name, vcpus=vcpus, ram=ram, disk=1)
    post(f"{compute}/flavors", "flavor", name="t.diskless", vcpus=1, ram=256, disk=0)
    glance = "http://127.0.0.1:9292/v2/images"
    image = {"name": "debian-12", "disk_format": "raw", "container_format": "bare", "visibility": "public", "min_ram": 128}
    image |= {"os_distro": "debian", "os_version": "12", "architecture": "x86_64", "min_disk": 1}
    made = call("POST", glance, image)["id"]
    call("PUT", f"{glance}/{made}/file", raw=b"no system is on this disk")
    network = "http://127.0.0.1:9696/v2.0"
    flat = {"provider:network_type": "flat", "provider:physical_network": "physnet1", "router:external": True}
    outside = post(f"{network}/networks", "network", name="outside", **flat)["id"]
    post(f"{network}/subnets", "subnet", network_id=outside, ip_version=4, cidr="203.0.113.0/24", enable_dhcp=False)
    campus = post(f"{network}/networks", "network", name="campus", shared=True)["id"]
    post(f"{network}/subnets", "subnet", network_id=campus, ip_version=4, cidr="192.168.77.0/24")


{"identity": make_identity, "content": make_content}[part]()
