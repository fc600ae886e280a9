import { type PlatformError, isPlatformError } from '@trencadis/errors';
import type { RightCheck } from '@trencadis/vmm';
import { diskDatastore } from './datastores.ts';
import { notFound } from './errors.ts';
import { named, usableVnets } from './make-network.ts';
import { ownImages } from './one-image.ts';
import { type Site, everybodys, noLimit, own } from './site.ts';
import { templateText } from './template-text.ts';
import { ownVmElements } from './vm-pool.ts';
import { childrenOf, idOf } from './xml-read.ts';

interface Probe {
  readonly right: string;
  readonly remedy: string;
  /** Harmless. Refused for want of a right: `forbidden`, or `not-found` for what is not shown. */
  readonly ask: (signal: AbortSignal) => Promise<unknown>;
}

/** Each right that the driver needs, tested by calls that change nothing. */
export async function checkRights(site: Site, signal: AbortSignal): Promise<readonly RightCheck[]> {
  const checks: RightCheck[] = [];
  for (const probe of [...seeing(site), ...making(site), ...usingNetworks(site)]) {
    checks.push(await check(probe, signal));
  }
  return checks;
}

async function check({ right, remedy, ask }: Probe, signal: AbortSignal): Promise<RightCheck> {
  try {
    await ask(signal);
    return { right, holds: true, because: '' };
  } catch (error) {
    if (!isPlatformError(error, 'forbidden') && !isPlatformError(error, 'not-found')) throw error;
    return { right, holds: false, because: `${error.message} ${remedy}` };
  }
}

function seeing(site: Site): readonly Probe[] {
  const { oned } = site;
  const remedy = 'Without it nothing can be found again.';
  return [
    { right: 'know oneself', remedy, ask: (signal) => oned.document('one.user.info', [-1], signal) },
    {
      right: 'know the quotas of its group',
      remedy,
      ask: (signal) => oned.document('one.group.info', [-1], signal),
    },
    { right: 'list virtual machines', remedy, ask: (signal) => ownVmElements(site, signal) },
    { right: 'list images', remedy, ask: (signal) => ownImages(site, signal) },
    { right: 'list virtual networks', remedy, ask: (signal) => usableVnets(site, signal) },
    {
      right: 'list security groups',
      remedy,
      ask: (signal) => oned.document('one.secgrouppool.info', [own, noLimit, noLimit], signal),
    },
    {
      right: 'use an image datastore',
      remedy: 'Give USE of a datastore of type IMAGE (oneacl, or a VDC).',
      ask: (signal) => diskDatastore(site, signal),
    },
  ];
}

/**
 * OpenNebula asks for the right to create before it looks at what is to be created. So something that cannot be, for it
 * lacks what everything needs, tells whether the right is there.
 */
function making(site: Site): readonly Probe[] {
  const { oned } = site;
  const grant = (what: string) =>
    `Let the user or its group create ${what}: oneacl create '@GROUP ${what}/* CREATE'.`;
  return [
    {
      right: 'create virtual machines',
      remedy: grant('VM'),
      // Without MEMORY there is no VM.
      ask: (signal) => refusedOtherwise(oned.id('one.vm.allocate', [templateText({ CPU: 1 }), true], signal)),
    },
    {
      right: 'create images',
      remedy: grant('IMAGE'),
      ask: async (signal) => {
        const { id } = await diskDatastore(site, signal);
        // Without NAME there is no image.
        const template = templateText({ TYPE: 'DATABLOCK', SIZE: 1 });
        await refusedOtherwise(oned.id('one.image.allocate', [template, id], signal));
      },
    },
    {
      right: 'create security groups',
      remedy: grant('SECGROUP'),
      // Without NAME there is no security group.
      ask: (signal) =>
        refusedOtherwise(oned.id('one.secgroup.allocate', [templateText({ DESCRIPTION: 'none' })], signal)),
    },
  ];
}

function usingNetworks(site: Site): readonly Probe[] {
  const { oned, account } = site;
  const { publicNetwork, networkTemplate } = account;
  const fromNothing: Probe = {
    right: 'create virtual networks',
    remedy:
      'Let it create NET and administer its cluster, or give publicNetwork and networkTemplate in the credentials.',
    // Without NAME and VN_MAD there is no network.
    ask: (signal) =>
      refusedOtherwise(
        oned.id('one.vn.allocate', [templateText({ DESCRIPTION: 'none' }), account.cluster ?? -1], signal),
      ),
  };
  const ofTemplate: Probe = {
    right: 'use the template of networks',
    remedy: 'Give USE of it.',
    ask: async (signal) => {
      const pool = await oned.document('one.vntemplatepool.info', [everybodys, noLimit, noLimit], signal);
      const found = named(childrenOf(pool, 'VNTEMPLATE'), networkTemplate ?? '');
      if (found === undefined) throw notFound('network template', String(networkTemplate));
    },
  };
  const reserving: Probe = {
    right: 'use the public network',
    remedy: 'Give USE of it, so that addresses can be reserved.',
    ask: async (signal) => {
      const found = named(await usableVnets(site, signal), publicNetwork ?? '');
      if (found === undefined) throw notFound('network', String(publicNetwork));
      await oned.document('one.vn.info', [idOf(found)], signal);
    },
  };
  return [
    networkTemplate === undefined ? fromNothing : ofTemplate,
    ...(publicNetwork === undefined ? [] : [reserving]),
  ];
}

/**
 * Any refusal but one for want of a right is what was expected. OpenNebula's number does not tell them apart: quotas, and
 * what they miss in a template, have the same.
 */
async function refusedOtherwise(work: Promise<number>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isPlatformError(error) || saysNothingOfRights(error)) throw error;
    if (error.code === 'forbidden' && /not authorized/i.test(String(error.details['text']))) throw error;
  }
}

function saysNothingOfRights({ code }: PlatformError): boolean {
  return code === 'unauthenticated' || code === 'unavailable' || code === 'unsupported';
}
