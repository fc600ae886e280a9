import type { z } from 'zod';
import type { ServiceProblem } from './model.ts';

/** What is wrong with a `service.json`, each with its place: `parameters[2].default`. */
export function problemsOfSchema(error: z.ZodError): readonly ServiceProblem[] {
  return error.issues.map(({ path, message }) => ({ place: placeOf(path), message }));
}

function placeOf(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return ['service.json', steps.join('').replace(/^\./, '')].filter((part) => part !== '').join(': ');
}
