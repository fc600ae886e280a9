/**
 * Matching images (paper 4.1) from the index in memory, best ten of each question; questions as deployments ask them,
 * one in ten of which no image meets, each asked for the second time. Ratios are to the goals of CAT-15 (above 1:
 * better), of plain matching to the index at 10,000 images.
 */
import { CatalogIndex, type ImageRequirements, matchImages } from '@trencadis/image-catalog';
import { syntheticCatalog, syntheticQuestions } from '@trencadis/image-catalog/testing';
import { showFigure } from './report/show-figure.ts';

const goals = [
  { images: 10_000, p50Ms: 1, p99Ms: 10 },
  { images: 100_000, p50Ms: 10, p99Ms: undefined },
] as const;
const questions = syntheticQuestions(500);

function durationsMs(work: (question: ImageRequirements) => void): readonly number[] {
  const durations = questions.map((question) => {
    const before = performance.now();
    work(question);
    return performance.now() - before;
  });
  return durations.toSorted((a, b) => a - b);
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}

function show(label: string, ms: number, goalMs: number): void {
  showFigure({ label, value: ms.toFixed(2), ratio: goalMs / ms });
}

for (const { images, p50Ms, p99Ms } of goals) {
  const vmis = syntheticCatalog(images);
  const index = new CatalogIndex();
  for (const vmi of vmis) {
    const always = { search: 'all', isDefault: true, channels: [], otherChannels: [] } as const;
    index.put(vmi.id, JSON.stringify([{ vmi, ...always }]));
  }
  const match = (question: ImageRequirements) => index.match(question, { limit: 10 });
  durationsMs(match);
  const durations = durationsMs(match);
  const p50 = percentile(durations, 0.5);
  show(`ms for a match among ${images} images, p50`, p50, p50Ms);
  if (p99Ms === undefined) continue;
  show(`ms for a match among ${images} images, p99`, percentile(durations, 0.99), p99Ms);
  const [question] = questions;
  if (question === undefined) throw new Error('the benchmark asks nothing');
  const before = performance.now();
  matchImages(question, vmis);
  showFigure({
    label: `ms without the index, ${images} images`,
    value: (performance.now() - before).toFixed(0),
    ratio: p50 / (performance.now() - before),
  });
}
