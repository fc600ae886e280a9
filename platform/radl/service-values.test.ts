import { describe, expect, it } from 'vitest';
import {
  isScheduleText,
  parseDatapoints,
  parsePercent,
  parseRateLimit,
  parseStepAdjustment,
} from './service-values.ts';

describe('notations of a service', () => {
  it.each([
    ['4/15', { amount: 4, unit: 'replicas', seconds: 15 }],
    ['100%/60', { amount: 100, unit: 'percent', seconds: 60 }],
    ['4/0', undefined],
    ['4', undefined],
    ['-1/5', undefined],
  ])('rate limit %s', (text, read) => {
    expect(parseRateLimit(text)).toEqual(read);
  });

  it.each([
    ['0:20=1', { from: 0, to: 20, amount: 1 }],
    ['20:=3', { from: 20, amount: 3 }],
    [':-10=-2', { to: -10, amount: -2 }],
    ['20:0=1', undefined],
    ['20=1', undefined],
  ])('step %s', (text, read) => {
    expect(parseStepAdjustment(text)).toEqual(read);
  });

  it.each([
    ['3/5', { count: 3, of: 5 }],
    ['5/3', undefined],
    ['0/3', undefined],
  ])('datapoints %s', (text, read) => {
    expect(parseDatapoints(text)).toEqual(read);
  });

  it.each([
    ['10', 10],
    ['12.5%', 12.5],
    ['0', undefined],
    ['101', undefined],
  ])('percentage %s', (text, read) => {
    expect(parsePercent(text)).toBe(read);
  });

  it.each([
    ['0 8 * * 1-5', true],
    ['*/5 * * * *', true],
    ['2030-01-31T08:00:00Z', true],
    ['2030-01-31', false],
    ['every day', false],
  ])('schedule %s', (text, isOne) => {
    expect(isScheduleText(text)).toBe(isOne);
  });
});
