import { expect, it } from 'vitest';
import { parseRoutes } from './host-routes.ts';
import { rangeOf } from './ranges.ts';

it('reads the kernel’s table of routes', () => {
  const text = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
*\t0000CA0A\t00000000\t0200\t0\t0\t0\t0000FEFF\t0\t0\t0
`;
  expect(parseRoutes(text)).toEqual([
    { device: 'eth0', destination: rangeOf('0.0.0.0/0') },
    { device: 'eth0', destination: rangeOf('192.0.2.0/24') },
    { device: '*', destination: rangeOf('10.202.0.0/15') },
  ]);
  expect(parseRoutes('Iface\n')).toEqual([]);
});
