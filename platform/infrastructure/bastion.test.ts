import { sha256OfJson } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { planDeploy } from './plan.ts';
import { nothingObserved } from './testing/arbitrary-infrastructure.ts';
import { desiredOf, problemsOf } from './testing/resolve-attempt.ts';

const keys = "proxy_key = 'PRIVATE\nKEY' and proxy_host_key = ['ssh-ed25519 AAAA', 'ssh-rsa BBBB']";

function documentWith(features: string): string {
  return `
network inside (${features})
network other ()
system s (disk.0.os.name = 'linux' and net_interface.0.connection = 'other' and net_interface.1.connection = 'inside')
deploy s 1
`;
}

describe('proxy_host of a network', () => {
  it('is named in the steps that go through it, without its key', () => {
    const desired = desiredOf({ radl: documentWith(`proxy_host = 'ana@gate.example' and ${keys}`) });
    const steps = planDeploy(desired, nothingObserved, { hash: sha256OfJson });
    expect(steps.find(({ kind }) => kind === 'await-shell@1')?.args).toMatchObject({ bastion: 'inside' });
    expect(JSON.stringify(steps)).not.toContain('PRIVATE');
  });

  it.each([
    ['without a user', `proxy_host = 'gate.example' and ${keys}`, /'gate.example' is not USER@HOST/],
    [
      'with a password',
      `proxy_host = 'ana:secret@gate.example' and ${keys}`,
      /'ana:...@gate.example' is not/,
    ],
    ['without a key', "proxy_host = 'ana@gate' and proxy_host_key = 'ssh-ed25519 A'", /no proxy_key/],
    ['that nobody could know', "proxy_host = 'ana@gate' and proxy_key = 'K'", /no proxy_host_key/],
  ])('is refused while planning %s', (_, features, message) => {
    expect(problemsOf({ radl: documentWith(features) })).toMatchObject([
      { code: 'RADL412', message: expect.stringMatching(message) as string },
    ]);
  });
});
