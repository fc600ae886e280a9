import type { ImageFinder } from '@trencadis/image-catalog';
import type { InfrastructureService, StatusCache, StepWorld } from '@trencadis/infrastructure';
import type { Log } from '@trencadis/log';
import type { SagaRunner } from '@trencadis/saga';
import type { AuthenticationParts } from './authenticate.ts';
import type { CloudParts } from './clouds.ts';

/** What IM's API stands on: the same parts as the platform's own. */
export interface ImApiParts extends AuthenticationParts, CloudParts {
  readonly service: InfrastructureService;
  readonly sagas: Pick<SagaRunner<StepWorld>, 'status' | 'events' | 'follow' | 'wait'>;
  readonly statuses: StatusCache;
  readonly images: ImageFinder;
  readonly log: Log;
  /** Of the platform. */
  readonly version: string;
  /** How long a change waits for the one before it; default two minutes. */
  readonly queueMs?: number;
}
