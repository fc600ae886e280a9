import { childOf, childrenOf } from './xml-read.ts';
import { NotXml, type XmlElement, escapeXml, parseXml } from './xml-tree.ts';

/** The types of XML-RPC (http://xmlrpc.com/spec.md) that OpenNebula uses; `i8` only for the index of its log. */
export type RpcValue =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean };

export interface RpcCall {
  readonly method: string;
  readonly args: readonly RpcValue[];
}

/** What `one.*` answers: an array, or what the XML-RPC server says that knows no such method or arguments. */
export type RpcAnswer =
  | { readonly kind: 'array'; readonly values: readonly RpcValue[] }
  | { readonly kind: 'fault'; readonly code: number; readonly text: string };

const prolog = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function writeCall({ method, args }: RpcCall): string {
  const params = args.map((arg) => `<param>${writeValue(arg)}</param>`).join('');
  return `${prolog}<methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>`;
}

export function writeAnswer(answer: RpcAnswer): string {
  if (answer.kind === 'array') {
    const data = answer.values.map(writeValue).join('');
    const array = `<value><array><data>${data}</data></array></value>`;
    return `${prolog}<methodResponse><params><param>${array}</param></params></methodResponse>`;
  }
  const code = writeValue({ kind: 'int', value: answer.code });
  const text = writeValue({ kind: 'string', value: answer.text });
  const members = `<member><name>faultCode</name>${code}</member><member><name>faultString</name>${text}</member>`;
  return `${prolog}<methodResponse><fault><value><struct>${members}</struct></value></fault></methodResponse>`;
}

function writeValue(value: RpcValue): string {
  const text = value.kind === 'boolean' ? String(Number(value.value)) : escapeXml(String(value.value));
  return `<value><${value.kind}>${text}</${value.kind}></value>`;
}

/** Throws NotXml for what is no call. */
export function readCall(source: string): RpcCall {
  const root = parseXml(source);
  const method = childOf(root, 'methodName')?.text.trim();
  if (root.name !== 'methodCall' || method === undefined) throw new NotXml('it is no methodCall');
  const params = childrenOf(childOf(root, 'params'), 'param');
  return { method, args: params.map((param) => readValue(childOf(param, 'value'))) };
}

/** Throws NotXml for what is no answer. */
export function readAnswer(source: string): RpcAnswer {
  const root = parseXml(source);
  if (root.name !== 'methodResponse') throw new NotXml('it is no methodResponse');
  const fault = childOf(root, 'fault');
  if (fault !== undefined) return readFault(fault);
  const value = childOf(childOf(childOf(root, 'params'), 'param'), 'value');
  const data = childOf(childOf(value, 'array'), 'data');
  if (data === undefined) throw new NotXml('it is no array, as every answer of OpenNebula is');
  return { kind: 'array', values: childrenOf(data, 'value').map(readValue) };
}

function readFault(fault: XmlElement): RpcAnswer {
  const members = childrenOf(childOf(childOf(fault, 'value'), 'struct'), 'member');
  const member = (name: string) => {
    const found = members.find((each) => childOf(each, 'name')?.text.trim() === name);
    return found === undefined ? undefined : readValue(childOf(found, 'value')).value;
  };
  return { kind: 'fault', code: Number(member('faultCode')), text: String(member('faultString')) };
}

const whole = /^[+-]?\d{1,19}$/;

function readValue(value: XmlElement | undefined): RpcValue {
  if (value === undefined) throw new NotXml('a value is missing');
  const [typed] = value.children;
  if (typed === undefined) return { kind: 'string', value: value.text };
  const read = Object.hasOwn(readers, typed.name) ? readers[typed.name] : undefined;
  if (read === undefined) throw new NotXml(`a value of type ${typed.name} is not used by OpenNebula`);
  return read(typed.text);
}

function readInteger(text: string): RpcValue {
  if (!whole.test(text.trim())) throw new NotXml('an integer is none');
  return { kind: 'int', value: Number(text) };
}

function readBoolean(text: string): RpcValue {
  if (!/^[01]$/.test(text.trim())) throw new NotXml('a boolean is none');
  return { kind: 'boolean', value: text.trim() === '1' };
}

const readers: Readonly<Record<string, (text: string) => RpcValue>> = {
  string: (text) => ({ kind: 'string', value: text }),
  int: readInteger,
  i4: readInteger,
  i8: readInteger,
  'ex.i8': readInteger,
  boolean: readBoolean,
};
