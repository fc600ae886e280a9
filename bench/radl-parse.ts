/**
 * Reading RADL, as CPU time: a document of 2 kB once warm, and one of 10,000 systems; parsing and checking apart,
 * then both as `readRadl` does them. Prints each figure with its ratio to the baseline; below 1 is slower than when
 * the baseline was taken.
 */
import { checkRadl, hasErrors, parseRadl, readRadl } from '@trencadis/radl';
import { showFigure } from './report/show-figure.ts';

/** CPU ms, taken on two shared cores of a cloud machine with Node 24.21. */
const baseline = {
  small: { parse: 0.085, check: 0.04, both: 0.14 },
  large: { parse: 360, check: 95, both: 465 },
};

const dialect = 'trencadis';

function system(id: string): string {
  return `system ${id} (
  cpu.arch = 'x86_64' and cpu.count >= 1 and memory.size >= 1024m and net_interfaces.count = 1 and
  net_interface.0.connection = 'private' and disk.0.os.name = 'linux' and
  disk.0.os.flavour = 'Scientific Linux' and disk.0.os.version = '5.7' and
  disk.0.applications contains (name = 'PostgreSQL' and version >= '8.4.9')
)
deploy ${id} 1
`;
}

function documentOf(systems: number): string {
  const ids = Array.from({ length: systems }, (_, index) => `system_${index}`);
  return `network private ()\n${ids.map(system).join('')}`;
}

type Work = 'parse' | 'check' | 'both';

/** Each kind of work on one document; a wrong document would be a wrong figure. */
function worksOn(text: string): Readonly<Record<Work, () => void>> {
  const { document, diagnostics } = readRadl(text, { dialect });
  if (hasErrors(diagnostics) || document.systems.length === 0)
    throw new Error('the benchmark reads a wrong document');
  return {
    parse: () => parseRadl(text, { dialect }),
    check: () => checkRadl(document, { dialect }),
    both: () => readRadl(text, { dialect }),
  };
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system: inKernel } = process.cpuUsage(before);
  return (user + inKernel) / 1000;
}

/** The median of five measures of `rounds` rounds. */
function medianMs(work: () => void, rounds: number): number {
  const measures = [0, 1, 2, 3, 4].map(
    () =>
      cpuMs(() => {
        for (let round = 0; round < rounds; round++) work();
      }) / rounds,
  );
  return measures.toSorted((a, b) => a - b)[2] ?? Number.NaN;
}

function show(size: keyof typeof baseline, text: string, rounds: number): void {
  const works = worksOn(text);
  for (const work of ['parse', 'check', 'both'] as const) {
    const ms = medianMs(works[work], rounds);
    const label = `CPU ms to ${work === 'both' ? 'parse and check' : work} ${(text.length / 1000).toFixed(1)} kB`;
    showFigure({ label, value: ms.toFixed(rounds > 1 ? 3 : 0), ratio: baseline[size][work] / ms });
  }
}

const small = documentOf(5);
for (let round = 0; round < 2000; round++) readRadl(small, { dialect });
show('small', small, 1000);
show('large', documentOf(10_000), 1);
