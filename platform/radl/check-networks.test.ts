import { describe, expect, it } from 'vitest';
import { readRadl } from './read.ts';

function problemsOf(text: string, dialect: 'im' | 'trencadis' = 'trencadis') {
  return readRadl(text, { dialect }).diagnostics.map(
    ({ code, severity, message }) => `${code} ${severity} ${message}`,
  );
}

const box = (features: string, name = 'box') =>
  `system ${name} (net_interface.0.connection = 'lan' and ${features})`;

describe('networks', () => {
  it('say that ports of a private one are not opened', () => {
    const text = `network lan (outports = '80')\n${box('cpu.count = 1')}\ndeploy box 1`;
    expect(problemsOf(text)).toEqual([
      'RADL325 warning network lan is private: its outports are not opened, as nothing outside reaches it',
    ]);
    expect(problemsOf(text.replace('outports', "outbound = 'yes' and outports"))).toEqual([]);
  });

  it('have ranges of IPv4 addresses', () => {
    const text = `network lan (cidr = '10.0.0/24')\n${box('cpu.count = 1')}\ndeploy box 1`;
    expect(problemsOf(text)).toEqual(["RADL305 error '10.0.0/24' is no range of IPv4 addresses"]);
    expect(problemsOf(text, 'im')).toEqual(["RADL305 warning '10.0.0/24' is no range of IPv4 addresses"]);
  });
});

describe('addresses', () => {
  const lan = "network lan (cidr = '10.0.1.0/24')\n";
  const ip = (address: string) => `net_interface.0.ip = '${address}'`;

  it('belong to one machine', () => {
    expect(problemsOf(`${lan}${box(ip('10.0.1.7'))}\ndeploy box 1`)).toEqual([]);
    expect(problemsOf(`${lan}${box(ip('10.0.1.7'))}\ndeploy box 2`)).toEqual([
      'RADL326 error 2 machines of system box cannot all have the address 10.0.1.7',
    ]);
    const two = `${lan}${box(ip('10.0.1.7'))}\n${box(ip('10.0.1.7'), 'other')}\ndeploy box 1\ndeploy other 1`;
    expect(problemsOf(two)).toEqual([
      'RADL326 error 10.0.1.7 on network lan is the address of system box already',
    ]);
    expect(problemsOf(two, 'im')[0]).toMatch(/^RADL326 warning/);
  });

  it('are in the range of their network', () => {
    expect(problemsOf(`${lan}${box(ip('10.0.2.7'))}\ndeploy box 1`)).toEqual([
      'RADL326 error 10.0.2.7 is not in 10.0.1.0/24, the range of network lan',
    ]);
    expect(problemsOf(`network lan (cidr = '10.0.*.0/24')\n${box(ip('10.0.2.7'))}\ndeploy box 1`)).toEqual(
      [],
    );
  });
});
