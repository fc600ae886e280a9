import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type RpcValue, readAnswer, readCall, writeAnswer, writeCall } from './xml-rpc.ts';
import { NotXml } from './xml-tree.ts';

const value = fc.oneof(
  fc.stringMatching(/^[ -~\n\té<>&]*$/).map((text): RpcValue => ({ kind: 'string', value: text })),
  fc.integer().map((number): RpcValue => ({ kind: 'int', value: number })),
  fc.boolean().map((truth): RpcValue => ({ kind: 'boolean', value: truth })),
);

describe('XML-RPC', () => {
  test.prop([fc.array(value)])('reads the calls that it writes', (args) => {
    const call = { method: 'one.vm.info', args };
    expect(readCall(writeCall(call))).toEqual(call);
  });

  test.prop([fc.array(value)])('reads the answers that it writes', (values) => {
    const answer = { kind: 'array', values } as const;
    expect(readAnswer(writeAnswer(answer))).toEqual(answer);
  });

  it('reads an answer as xmlrpc-c writes it', () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>\r\n<methodResponse>\r\n<params>\r\n<param><value><array><data>\r\n
<value><boolean>0</boolean></value>\r\n<value><string>[one.vm.info] Error getting virtual machine [9].</string></value>\r\n
<value><i4>1024</i4></value>\r\n<value><i4>9</i4></value>\r\n<value><i8>-1</i8></value>\r\n</data></array></value></param>\r\n
</params>\r\n</methodResponse>\r\n`;
    expect(readAnswer(text)).toEqual({
      kind: 'array',
      values: [
        { kind: 'boolean', value: false },
        { kind: 'string', value: '[one.vm.info] Error getting virtual machine [9].' },
        { kind: 'int', value: 1024 },
        { kind: 'int', value: 9 },
        { kind: 'int', value: -1 },
      ],
    });
  });

  it('reads faults', () => {
    const fault = { kind: 'fault', code: -506, text: "Method 'one.x' not defined" } as const;
    expect(readAnswer(writeAnswer(fault))).toEqual(fault);
  });

  it.each([
    '<methodResponse/>',
    '<methodCall><methodName>a</methodName></methodCall>',
    '<methodResponse><params><param><value><int>3</int></value></param></params></methodResponse>',
    '<methodResponse><params><param><value><array><data><value><int>x</int></value></data></array></value></param></params></methodResponse>',
    '<methodResponse><params><param><value><array><data><value><nil/></value></data></array></value></param></params></methodResponse>',
    '<html><body>It works!</body></html>',
  ])('takes %j for no answer', (text) => {
    expect(() => readAnswer(text)).toThrow(NotXml);
  });
});
