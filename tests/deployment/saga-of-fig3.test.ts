import { itResumesAfterEveryLogWrite, itUnwindsFromEveryStep } from '@trencadis/saga/testing';
import { afterAll, describe } from 'vitest';
import { deployOf } from './plan-key-server.ts';
import { sagaOf } from './saga-worlds.ts';
import { keyServerDocument } from './simulated-platform.ts';

const { graph, makeWorld, dispose } = await sagaOf(deployOf(keyServerDocument));
afterAll(dispose);

describe('the plan of Fig. 3', () => {
  itUnwindsFromEveryStep(graph, makeWorld);
  itResumesAfterEveryLogWrite(graph, makeWorld);
});
