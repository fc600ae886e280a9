import { expect, it } from 'vitest';
import { ReconciledService, repairedDocument } from './reconciled-service.ts';

const document = repairedDocument.replace(
  "outbound = 'yes'",
  "outbound = 'yes' and outports = '8443,8080-80'",
);
const lookMs = 12_000;

it('ports that somebody closed are drift, and are opened again', async () => {
  await using reconciled = await ReconciledService.start();
  const plan = await reconciled.deploy(document);
  const { platform, service } = reconciled.simulated;
  const name = [...platform.site.networks.keys()].find((each) => each.endsWith('public'));
  const place = platform.site.networks.get(name!)!;
  const asked = place.network.openPorts;
  expect(asked).toHaveLength(2);
  place.network = { ...place.network, openPorts: asked!.slice(1) };
  const infrastructure = await service.get(plan.infrastructureId);
  const report = await service.drift(infrastructure, AbortSignal.timeout(20_000));
  expect(report.drift).toMatchObject([
    {
      kind: 'network-ports',
      subject: name,
      expected: 'ports 8080 to 80/tcp, 8443/tcp',
      observed: 'ports 8080 to 80/tcp',
      isRepaired: true,
    },
  ]);
  const [repair] = await reconciled.lookAfter(lookMs, plan);
  expect(repair?.steps.map(({ kind }) => kind)).toEqual(['update-network@1']);
  expect(place.network.openPorts).toEqual(asked);
  expect((await reconciled.simulated.statusOf(plan)).phase).toBe('deployed');
});
