import { styleText } from 'node:util';
import type { PlanView } from '@trencadis/infrastructure/client';

type Step = PlanView['steps'][number];

const signs: readonly (readonly [prefix: string, sign: string, colour: 'green' | 'red' | 'yellow'])[] = [
  ['create-', '+', 'green'],
  ['delete-', '-', 'red'],
  ['forget-', '-', 'red'],
];

/** The plan for a person: which image each system got and why, then the steps, `+` makes, `-` removes, `~` changes. */
export function printPlan(plan: PlanView): string {
  if (plan.steps.length === 0) return 'Nothing to do: everything is as the document says.\n';
  const images = plan.images.map(
    ({ systemId, vmiName, verdicts }) =>
      `  ${systemId} boots "${vmiName}"\n${verdicts.map(({ holds, because }) => `    ${holds ? '✓' : '·'} ${because}\n`).join('')}`,
  );
  const title = `Plan ${plan.id} (${plan.kind}, ${plan.steps.length} steps)`;
  const chosen = images.length > 0 ? `\nImages chosen:\n${images.join('')}` : '';
  return `${styleText('bold', title)}\n${chosen}\nSteps:\n${plan.steps.map(printStep).join('')}`;
}

function printStep({ kind, title }: Step): string {
  const [, sign, colour] = signs.find(([prefix]) => kind.startsWith(prefix)) ?? ['', '~', 'yellow'];
  return `  ${styleText(colour, sign)} ${title}\n`;
}
