import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { loadBalancerName, targetGroupName, targetGroupPrefix } from './aws-names.ts';

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
const amazons = /^(?!internal-)(?!.*--)[a-z0-9][a-z0-9-]{0,30}[a-z0-9]$/;

test.prop([label, label])('makes names that Amazon takes, and finds them again', (balancer, pool) => {
  expect(loadBalancerName(balancer)).toMatch(amazons);
  const name = targetGroupName(balancer, pool, 'HTTP');
  expect(name).toMatch(amazons);
  expect(name.startsWith(targetGroupPrefix(balancer))).toBe(true);
  expect(targetGroupName(balancer, pool, 'HTTPS')).not.toBe(name);
});

test.prop([label, label])('gives different balancers different names', (one, other) => {
  fc.pre(one !== other);
  expect(loadBalancerName(one)).not.toBe(loadBalancerName(other));
  expect(targetGroupPrefix(one)).not.toBe(targetGroupPrefix(other));
});
