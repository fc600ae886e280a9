import { describe, expect, it } from 'vitest';
import { judgeResult } from './judge-result.ts';

const done = {
  exitCode: 0,
  status: 'status: done\ndetail:\nDataSourceNoCloud\n',
  result: { v1: { datasource: 'DataSourceNoCloud [seed=/var/lib/cloud/seed]', errors: [] } },
  details: { v1: { 'modules-final': { errors: [], finished: 1 } } },
  output: 'Cloud-init finished\n',
};

describe('judgeResult', () => {
  it('finds nothing where cloud-init is done', () => {
    expect(judgeResult('vm-1', done)).toBeUndefined();
  });

  it('names modules and messages once, with the end of the output', () => {
    const error = `('scripts-user', RuntimeError('Runparts: 1 failures (runcmd) in 1 attempted commands'))`;
    const failed = {
      exitCode: 1,
      status: 'status: error\n',
      result: { v1: { errors: [error] } },
      details: { v1: { 'modules-final': { errors: [error] }, stage: null } },
      output: 'sh: 3: no-such-program: not found\n',
    };
    expect(judgeResult('vm-1', failed)).toBe(
      'module scripts-user failed: Runparts: 1 failures (runcmd) in 1 attempted commands. Its output ends: sh: 3: no-such-program: not found',
    );
  });

  it('takes done with errors for a failure', () => {
    const warnings = ['Failed to install packages: [none]'];
    const details = { v1: { 'modules-final': { errors: [], recoverable_errors: { WARNING: warnings } } } };
    expect(judgeResult('vm-1', { ...done, exitCode: 2, details })).toContain(warnings[0]);
  });

  it('does not take what never ran for done', () => {
    expect(judgeResult('vm-1', { ...done, status: 'status: disabled\n' })).toMatch(/switched off/);
    const result = { v1: { datasource: 'DataSourceNone', errors: [] } };
    expect(judgeResult('vm-1', { ...done, result })).toMatch(/found no user data/);
  });

  it('says how it ended where it says nothing more', () => {
    const silent = { exitCode: 1, status: '', result: null, details: null, output: '' };
    expect(judgeResult('vm-1', silent)).toBe("it ended with 'exit code 1'.");
  });
});
