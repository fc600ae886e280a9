import type { CloudTable } from '@trencadis/im-api';

/** Which of our VM managers a line of IM's `Authorization` header leads to, by IM's name of its type. */
export const imClouds: CloudTable = {
  Dummy: ({ values: { host, token, password } }) =>
    host === undefined
      ? undefined
      : { product: 'simulated', endpoint: host, credentials: { token: token ?? password ?? '' } },
};
