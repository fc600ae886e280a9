import type { BalancerHost } from '@trencadis/availability';
import type { HostView } from './host-view.ts';
import { authorityPath, certificatePath, paths } from './paths.ts';
import { planRuntime } from './plan-runtime.ts';
import { type FrontendRecord, type HostRecord, balancersOf, versionOf, writeRecord } from './record.ts';
import { renderConfig, shapeOf } from './render-config.ts';
import { renderKeepalived } from './render-keepalived.ts';

export interface HostFile {
  readonly path: string;
  readonly content: string;
}

/** What is done about one host, as one: see `host-script.ts`. */
export interface HostPlan {
  readonly files: readonly HostFile[];
  readonly control: 'keep' | 'reload' | 'stop';
  readonly shape: string;
  readonly address: 'keep' | 'on' | 'off';
  /** Names of the files that stay in the certificates' folder. */
  readonly kept: readonly string[];
  readonly commands: readonly string[];
  /** Is tried on the way, and is no reason to do anything. */
  readonly tidying: readonly string[];
  /** Certificates that this host lacks, as `certificates` of the wish holds them not. */
  readonly lacking: readonly string[];
}

export interface Wish {
  readonly record: HostRecord;
  /** Contents of certificate files by path: secrets that no record holds. */
  readonly certificates: ReadonlyMap<string, string>;
  readonly hosts: readonly BalancerHost[];
}

/** The difference between what a host shall have and what it has. Pure. */
export function planHost(wish: Wish, host: BalancerHost, view: HostView): HostPlan {
  const { record } = wish;
  const shape = shapeOf(record);
  const isEmpty = balancersOf(record).length === 0;
  const mustReload = !isEmpty && view.shape !== shape;
  const certificates = planCertificates(wish, view);
  const runtime = mustReload || isEmpty ? { commands: [], tidying: [] } : planRuntime(record, view.servers);
  const keepalived = planKeepalived(wish, host, view);
  return {
    files: isEmpty
      ? []
      : [...certificates.files, ...planFiles(record, view, mustReload), ...keepalived.files],
    control: isEmpty ? 'stop' : mustReload ? 'reload' : 'keep',
    shape,
    address: keepalived.address,
    kept: keptFiles(record),
    commands: [...(mustReload ? [] : certificates.commands), ...runtime.commands],
    tidying: runtime.tidying,
    lacking: certificates.lacking,
  };
}

/** Whether there is anything to be done. */
export function isDone(plan: HostPlan, view: HostView): boolean {
  if (plan.control === 'stop')
    return view.version === '' && view.shape === undefined && plan.address !== 'off';
  return plan.files.length + plan.commands.length === 0 && plan.control === 'keep' && plan.address === 'keep';
}

function planFiles(record: HostRecord, view: HostView, mustReload: boolean): readonly HostFile[] {
  const version = versionOf(record);
  if (view.version === version && view.configVersion === version && !mustReload) return [];
  return [
    { path: paths.config, content: renderConfig(record) },
    ...authorityFiles(record),
    { path: paths.record, content: writeRecord(record) },
  ];
}

function authorityFiles(record: HostRecord): readonly HostFile[] {
  return balancersOf(record).flatMap(({ name, pools }) =>
    pools.flatMap((pool) =>
      pool.authorityPem === undefined
        ? []
        : [{ path: authorityPath(name, pool.name), content: `${pool.authorityPem.trim()}\n` }],
    ),
  );
}

function securedFrontends(
  record: HostRecord,
): readonly { readonly path: string; readonly frontend: FrontendRecord }[] {
  return balancersOf(record).flatMap(({ name, frontends }) =>
    frontends
      .filter(({ certificate }) => certificate !== undefined)
      .map((frontend) => ({ path: certificatePath(name, frontend.name), frontend })),
  );
}

function keptFiles(record: HostRecord): readonly string[] {
  const files = [...authorityFiles(record), ...securedFrontends(record)];
  return files.map(({ path }) => path.slice(paths.certificates.length + 1));
}

/** HAProxy tells which certificates it has: one that it was given at its socket is in the file too. */
function planCertificates(
  { record, certificates }: Wish,
  view: HostView,
): Pick<HostPlan, 'files' | 'commands' | 'lacking'> {
  const others = securedFrontends(record).filter(
    ({ path, frontend }) => view.fingerprints[path] !== frontend.certificate?.fingerprint,
  );
  const known = others.flatMap(({ path }) => {
    const content = certificates.get(path);
    return content === undefined ? [] : [{ path, content }];
  });
  return {
    files: known,
    commands: known.flatMap(({ path, content }) => [
      `set ssl cert ${path} <<\n${content}`,
      `commit ssl cert ${path}`,
    ]),
    lacking: others.map(({ path }) => path).filter((path) => !certificates.has(path)),
  };
}

function planKeepalived(
  { record, hosts }: Wish,
  host: BalancerHost,
  view: HostView,
): Pick<HostPlan, 'files' | 'address'> {
  const content = renderKeepalived(record, hosts, { host, view });
  if (content === undefined) {
    const isOurs = view.keepalived?.startsWith('# trencadis ') === true;
    return { files: [], address: isOurs ? 'off' : 'keep' };
  }
  if (view.keepalived === content.slice(0, content.indexOf('\n'))) return { files: [], address: 'keep' };
  return { files: [{ path: paths.keepalived, content }], address: 'on' };
}
