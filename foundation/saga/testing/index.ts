export {
  type SagaWorld,
  type MakeWorld,
  itResumesAfterEveryLogWrite,
  itUnwindsFromEveryStep,
} from './generated-tests.ts';
