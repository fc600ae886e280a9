/**
 * Reading RADL (parse and check): documents of 2 kB a second, warm, and CPU time for a document of 10,000 systems.
 * Prints each figure with its ratio to the baseline; below 1 is slower than when the baseline was taken.
 */
import { hasErrors, readRadl } from '@trencadis/radl';
import { showFigure } from './report/show-figure.ts';

/** Taken on two shared cores of a cloud machine with Node 24.21. */
const baseline = { documentsPerSecond: 9000, cpuMsOf10kSystems: 520 };

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

function read(text: string): void {
  const { document, diagnostics } = readRadl(text, { dialect: 'trencadis' });
  if (hasErrors(diagnostics) || document.systems.length === 0)
    throw new Error('the benchmark reads a wrong document');
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system: inKernel } = process.cpuUsage(before);
  return (user + inKernel) / 1000;
}

const small = documentOf(5);
for (let round = 0; round < 2000; round++) read(small);
const rounds = 5000;
const smallMs = cpuMs(() => {
  for (let round = 0; round < rounds; round++) read(small);
});
const documentsPerSecond = (rounds / smallMs) * 1000;

const large = documentOf(10_000);
const largeMs = [0, 1, 2].map(() => cpuMs(() => read(large))).toSorted((a, b) => a - b)[1] ?? Number.NaN;

showFigure({
  label: `documents a CPU second, ${small.length} bytes each`,
  value: documentsPerSecond.toFixed(0),
  ratio: documentsPerSecond / baseline.documentsPerSecond,
});
showFigure({
  label: 'CPU ms for 10,000 systems',
  value: largeMs.toFixed(0),
  ratio: baseline.cpuMsOf10kSystems / largeMs,
});
