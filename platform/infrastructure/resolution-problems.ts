import type { Diagnostic, Span } from '@trencadis/radl';

/** Why a well-formed document cannot be deployed here and now; codes are stable. */
export const resolutionCodes = {
  noImage: 'RADL401',
  unknownCloud: 'RADL402',
  unknownComponent: 'RADL403',
  missingDatabase: 'RADL404',
  duplicateDatabase: 'RADL405',
  missingParameter: 'RADL406',
  unsupportedRecipe: 'RADL407',
  tooManyClouds: 'RADL408',
  sameName: 'RADL409',
  noCandidate: 'RADL411',
  unusableProxy: 'RADL412',
  noInstanceType: 'RADL413',
  fixedNetwork: 'RADL414',
  nativeEngine: 'RADL415',
  nativeBalancer: 'RADL416',
} as const;

export type ResolutionProblem = keyof typeof resolutionCodes;

export function resolutionError(
  problem: ResolutionProblem,
  span: Span,
  text: { message: string; hint?: string },
): Diagnostic {
  return { code: resolutionCodes[problem], severity: 'error', span, ...text };
}
