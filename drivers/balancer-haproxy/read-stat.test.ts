import { expect, it } from 'vitest';
import { readServerRows } from './read-stat.ts';

const names =
  '# pxname,svname,scur,stot,econ,eresp,status,weight,check_status,check_code,last_chk,hrsp_5xx,ttime,check_desc,addr,uweight,-,';

function rowsOf(...lines: readonly string[]) {
  return readServerRows(
    `Name: HAProxy\nUptime_sec: 3\n\n${[names, ...lines].join('\n')}\n\nFilename: x, y\n`,
  );
}

it('reads what servers are like by the names of the columns', () => {
  expect(rowsOf('p.web,one,2,17,1,2,UP,50,L7OK,200,,3,41,Layer7 check passed,10.0.0.1:80,100,-,')).toEqual([
    {
      backend: 'p.web',
      server: 'one',
      status: 'UP',
      weight: 100,
      endpoint: '10.0.0.1:80',
      sessions: 2,
      requests: 17,
      errors: 6,
      latencyMs: 41,
      check: 'Layer7 check passed, 200',
    },
  ]);
});

it.each([
  ['L7STS,503,,0,0,Layer7 wrong status', 'Layer7 wrong status, 503'],
  [
    'L4CON,,Connection refused,0,0,Layer4 connection problem',
    'Layer4 connection problem, Connection refused',
  ],
  ['* L4TOUT,,,0,0,Layer4 timeout', 'Layer4 timeout'],
  ['L7RSP,,"a, ""b""",0,0,Layer7 invalid response', 'Layer7 invalid response, a, "b"'],
  ['INI,,,0,0,Initializing', ''],
  [',,,0,0,', ''],
])('says why a server is down: %s', (fields, check) => {
  expect(rowsOf(`p.web,one,0,0,0,0,DOWN,100,${fields},10.0.0.1:80,100,-,`)[0]?.check).toBe(check);
});

it('finds nothing where HAProxy does not answer', () => {
  expect(readServerRows('')).toEqual([]);
  expect(rowsOf()).toEqual([]);
});
