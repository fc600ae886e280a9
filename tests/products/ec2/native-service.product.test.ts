import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { awsOf } from '@trencadis/balancer-elb/testing';
import { type TestEc2, startEc2 } from '@trencadis/vmm-ec2/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Trencadis } from '../../end-to-end/trencadis.ts';

/*
 * A document that leaves its replicas and its balancer to Amazon, by the command line on a platform of its own. moto
 * keeps the number of instances and boots none of them.
 */

function document(image: string, more = '', system = ''): string {
  return `
network outside (outbound = 'yes' and outports = '80/tcp')
system front (
  cpu.count >= 1 and memory.size >= 512m and net_interface.0.connection = 'outside' and
  disk.0.os.name = 'linux' and disk.0.image.url = '${image}' ${system}
)
configure web (
@begin
#cloud-config
runcmd: [systemctl start front]
@end
)
contextualize ( system front configure web with cloud_init )
service web (
  system = 'front' and replicas.min = 2 and replicas.max = 4 and replicas.clouds = 'amazon' and
  balancer.kind = 'native' and balancer.port = 80 and balancer.protocol = 'http' and
  balancer.target_port = 8080 and health.path = '/readyz' and
  scale.engine = 'native' and scale.above = 80 ${more}
)
deploy web
`;
}

interface Status {
  readonly engine: string;
  readonly desired: number;
  readonly inService: number;
  readonly suspended: readonly string[];
  readonly endpoints: readonly string[];
  readonly replicas: readonly { readonly name: string; readonly isProtected: boolean }[];
}

const opened = new AsyncDisposableStack();
let ec2: TestEc2;
let trencadis: Trencadis;

beforeAll(async () => {
  ec2 = await startEc2();
  opened.defer(() => ec2.stop());
  trencadis = opened.use(await Trencadis.create());
  const { endpoint, credentials } = ec2;
  const file = join(trencadis.home, 'clouds.yaml');
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ clouds: { amazon: { product: 'ec2', endpoint, credentials } } }), {
    mode: 0o600,
  });
  await trencadis.run('cloud', 'add', '--file', file);
});
afterAll(() => opened.disposeAsync());

async function write(more?: string, system?: string): Promise<string> {
  const file = join(trencadis.home, 'shop.radl');
  await writeFile(file, document(`aws://eu-west-1/${ec2.image.location}`, more, system));
  return file;
}

const deploy = async (...parts: Parameters<typeof write>) =>
  trencadis.run('deploy', await write(...parts), '--name', 'shop', '--yes');

async function status(): Promise<Status> {
  return JSON.parse(await trencadis.run('service', 'status', 'web', '--json')) as Status;
}

async function atAmazon() {
  const aws = awsOf(ec2);
  const { AutoScalingGroups = [] } = await (await aws.autoScaling()).describeAutoScalingGroups({});
  const { TargetGroups = [] } = await (await aws.elb()).describeTargetGroups({});
  return { groups: AutoScalingGroups, pools: TargetGroups };
}

async function refusal(...args: readonly string[]): Promise<string> {
  const { exitCode, all } = await trencadis.start(...args);
  expect(exitCode).not.toBe(0);
  return all;
}

describe('a service whose replicas and balancer are Amazon’s', { timeout: 120_000 }, () => {
  it('is refused with the key that does not go with it', async () => {
    const file = await write("and hook.launch.command = 'true'");
    expect(await refusal('deploy', file, '--name', 'shop', '--yes')).toContain('hook.launch.command');
    const other = await write("and scale.metric = 'memory'");
    expect(await refusal('deploy', other, '--name', 'shop', '--yes')).toContain('scale.metric');
  });

  it('is deployed as a group behind a balancer, and then there is nothing to do', async () => {
    await deploy();
    const { groups, pools } = await atAmazon();
    expect(groups).toMatchObject([
      { MinSize: 2, MaxSize: 4, DesiredCapacity: 2, TargetGroupARNs: [pools[0]?.TargetGroupArn] },
    ]);
    // The document's 2 s are more often than Amazon checks.
    expect(pools).toMatchObject([
      { TargetType: 'instance', Port: 8080, HealthCheckPath: '/readyz', HealthCheckIntervalSeconds: 5 },
    ]);
    expect(await deploy()).toContain('Nothing to do');
    expect(await trencadis.run('status', 'shop')).toContain('deployed');
  });

  it('is listed and shown as its engine tells it', async () => {
    expect(await trencadis.run('service', 'list')).toContain('shop/web');
    const seen = await status();
    expect(seen).toMatchObject({ engine: 'native', desired: 2, inService: 2, suspended: [] });
    expect(seen.replicas).toHaveLength(2);
    expect(seen.endpoints).toEqual([expect.stringMatching(/^http:\/\/.+:80$/)]);
    expect(await trencadis.run('service', 'status', 'web')).toContain('EC2 Auto Scaling decides');
  });

  it('is scaled, suspended and protected, within its bounds', async () => {
    await trencadis.run('service', 'scale', 'web', '3');
    expect((await status()).replicas).toHaveLength(3);
    expect(await refusal('service', 'scale', 'web', '9')).toContain('4');
    expect(await refusal('service', 'scale', 'web', '--max', '9')).toContain('replicas.max');
    await trencadis.run('service', 'suspend', 'web', 'scale', 'replace');
    expect((await status()).suspended.toSorted()).toEqual(['replace', 'scale']);
    await trencadis.run('service', 'resume', 'web', 'replace');
    expect((await status()).suspended).toEqual(['scale']);
    const [one] = (await status()).replicas;
    await trencadis.run('service', 'protect', 'web', one!.name);
    expect((await status()).replicas.filter(({ isProtected }) => isProtected)).toMatchObject([
      { name: one!.name },
    ]);
    expect(await refusal('service', 'standby', 'web', one!.name)).toContain('standby');
  });

  it('keeps what was scaled when it is changed, and launches otherwise from then on', async () => {
    await deploy('', "and instance_type = 't3.small'");
    expect((await status()).desired).toBe(3);
    // moto does not tell by which version an instance was launched.
    const { LaunchTemplateVersions = [] } = await ec2.ec2.describeLaunchTemplateVersions({
      Versions: ['$Latest'],
    });
    expect(LaunchTemplateVersions).toMatchObject([
      { VersionNumber: 2, LaunchTemplateData: { InstanceType: 't3.small' } },
    ]);
  });

  it('tells what Amazon did', async () => {
    // moto keeps no activities; they are only asked for.
    for (const command of ['explain', 'events'])
      expect((await trencadis.start('service', command, 'web')).exitCode).toBe(0);
  });

  it('leaves nothing at Amazon when it is destroyed', async () => {
    await trencadis.run('destroy', 'shop', '--yes');
    expect(await atAmazon()).toEqual({ groups: [], pools: [] });
    // moto forgets that the interfaces of instances go with them when a group has launched them.
    const left = (await ec2.leftovers()).filter((each) => !each.startsWith('interface:'));
    expect(left).toEqual([]);
    expect(await trencadis.run('service', 'list')).not.toContain('shop/web');
  });
});
