import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterRadl } from './testing/documents.ts';
import { ImClient, installImClient } from './testing/im-client.ts';
import { type ImPlatform, startImPlatform } from './testing/im-platform.ts';

let platform: ImPlatform;
let client: ImClient;
beforeAll(async () => {
  await installImClient();
  platform = await startImPlatform();
  client = await ImClient.of(platform.url);
});
afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await platform[Symbol.asyncDispose]();
});

async function run(program: string): Promise<unknown> {
  const answer = await client.python(program);
  expect(answer).toMatchObject({ exitCode: 0 });
  return JSON.parse(answer.output);
}

const connect = `
import json, sys
from imclient import IMClient
url, auth = sys.argv[1], IMClient.read_auth_data(sys.argv[2])
im = IMClient.init_client(url, auth)
def ok(answer):
    assert answer[0], answer
    return answer[1]
`;

describe('the client library of IM', () => {
  it('leads a life of an infrastructure', async () => {
    const radl = JSON.stringify(clusterRadl(2, 'memory'));
    const found = await run(`${connect}
radl = ${radl}
estimate = ok(im.create(radl, dry_run=True))
inf = ok(im.create(radl, "radl", False))
first = ok(im.get_infra_property(inf, "state"))
added = ok(im.addresource(inf, "network private\\nsystem worker\\ndeploy worker 1", context=False))
ok(im.removeresource(inf, [1, added[0]], context=False))
infos = list(ok(im.getinfo(inf)))
prop = ok(im.getvminfo(inf, 2, "disk.1.mount_path"))
ok(im.stop_vm(inf, 2)); ok(im.start_vm(inf, 2)); ok(im.reboot_vm(inf, 2))
ok(im.reconfigure(inf, "", "radl", [0]))
quotas = ok(im.get_cloud_quotas("memory"))
images = ok(im.get_cloud_images("memory"))
listed = inf in ok(im.list_infras())
ok(im.destroy(inf, asyncr=False))
gone = im.get_infra_property(inf, "state")
print(json.dumps({"estimate": estimate, "vms": len(first["vm_states"]), "added": added, "left": [i[0] for i in infos],
  "prop": prop, "quotas": list(quotas), "images": len(images) > 0, "listed": listed, "gone": gone[0]}))
`);
    expect(found).toMatchObject({
      estimate: { memory: { compute: [{ cpuCores: 1, publicIP: 1 }, {}, {}] } },
      vms: 3,
      added: ['3'],
      left: ['0', '2'],
      prop: '/data',
      quotas: expect.arrayContaining(['cores', 'ram', 'instances']),
      images: true,
      listed: true,
      gone: false,
    });
    expect(platform.site.vms.size).toBe(0);
  });
});

/** How CLUES and EC3 call IM: plain requests, RADL read with IM's own parser. */
const raw = `
import json, sys, requests
from radl import radl_parse, radl_json
from imclient import IMClient
url = sys.argv[1]
auth = "\\\\n".join(line.strip() for line in open(sys.argv[2]))
def call(method, path, accept="application/json", **more):
    headers = dict({"Authorization": auth, "Accept": accept}, **more.pop("headers", {}))
    answer = requests.request(method, url + path, headers=headers, timeout=30, **more)
    assert answer.status_code == 200, (method, path, answer.status_code, answer.text)
    return answer
`;

describe('raw calls', () => {
  it('of EC3: creates, waits, reads contextualization and the front’s address, key and state', async () => {
    const found = await run(`${raw}
import time
radl = ${JSON.stringify(clusterRadl(0, 'memory'))}
answer = call("POST", "/infrastructures", headers={"Content-Type": "text/plain"}, data=radl)
inf = answer.headers["InfID"]
assert answer.json()["uri"].endswith(inf)
for _ in range(100):
    state = call("GET", "/infrastructures/%s/state" % inf).json()["state"]["state"]
    if state not in ("pending", "running"): break
    time.sleep(0.1)
message = call("GET", "/infrastructures/%s/contmsg" % inf).json()["contmsg"]
vm = radl_parse.parse_radl(call("GET", "/infrastructures/%s/vms/0" % inf, accept="text/plain").text)
system = vm.systems[0]
stored = radl_parse.parse_radl(call("GET", "/infrastructures/%s/radl" % inf).json()["radl"])
stored.check()
print(json.dumps({"state": state, "message": message, "ip": vm.getPublicIP(), "key": system.getValue("disk.0.os.credentials.private_key"),
  "vmState": system.getValue("state"), "name": stored.description.getValue("name"), "memory": system.getValue("memory.size"), "inf": inf}))
`);
    expect(found).toMatchObject({
      state: 'configured',
      message: expect.stringContaining('VM 0:'),
      ip: expect.stringMatching(/^[\d.]+$/),
      key: expect.stringMatching(
        /^-----BEGIN [A-Z ]*PRIVATE KEY-----\n[\s\S]+-----END [A-Z ]*PRIVATE KEY-----\n?$/,
      ),
      vmState: 'configured',
      name: 'My cluster',
    });
  });

  it('of CLUES: adds nodes, finds them by their names and states in JSON, and removes them', async () => {
    const found = await run(`${raw}
inf = call("GET", "/infrastructures").json()["uri-list"][0]["uri"].split("/")[-1]
stored = radl_parse.parse_radl(call("GET", "/infrastructures/%s/radl" % inf, accept="text/*").text)
node = radl_parse.parse_radl("network private\\nsystem worker\\ndeploy worker 2")
uris = call("POST", "/infrastructures/%s" % inf, data=str(node)).json()["uri-list"]
ids = [each["uri"].split("/")[-1] for each in uris]
nodes = {}
for each in call("GET", "/infrastructures/%s" % inf).json()["uri-list"]:
    answer = requests.get(each["uri"], headers={"Authorization": auth, "Accept": "application/json"}, timeout=30).json()
    system = [part for part in answer["radl"] if part["class"] == "system"][0]
    radl_json.parse_radl(answer["radl"])
    nodes[system["net_interface.0.dns_name"]] = system["state"]
call("DELETE", "/infrastructures/%s/vms/%s" % (inf, ",".join(ids)))
left = call("GET", "/infrastructures/%s" % inf, accept="text/uri-list").text.split("\\n")
print(json.dumps({"nodes": sorted(nodes), "states": sorted(set(nodes.values())), "left": len(left)}))
`);
    expect(found).toMatchObject({ nodes: ['front', 'worker-0', 'worker-1'], left: 1 });
  });
});
