import type { RootName } from './structures.ts';

/** Of an argument: string, integer, boolean. */
export type ArgumentKind = 's' | 'i' | 'b';

export interface Signature {
  /** After the session, which every method has first. */
  readonly args: readonly ArgumentKind[];
  /** More arguments, which may be left out from the right. */
  readonly optional?: readonly ArgumentKind[];
  /** What it gives: the id of something, or a document with this root. */
  readonly answer: 'id' | RootName;
  /** The version of OpenNebula that brought it in this form; absent: before 4.8. */
  readonly since?: string;
}

/**
 * Every method that the driver calls, as OpenNebula 6.8 has them: names, order and types of arguments are those of its
 * request manager, and of its XML-RPC API reference
 * (https://docs.opennebula.io/6.8/integration_and_development/system_interfaces/api.html). Optional arguments that
 * would only say the default are left out, so that older and newer versions take the call as well.
 */
export const signatures = {
  /** Id, -1 for oneself; whether to decrypt. */
  'one.user.info': { args: ['i'], optional: ['b'], answer: 'USER' },
  /** Id, -1 for one's own; whether to decrypt. */
  'one.group.info': { args: ['i'], optional: ['b'], answer: 'GROUP' },

  /** Template, whether on hold. */
  'one.vm.allocate': { args: ['s', 'b'], answer: 'id' },
  /** Id; whether to decrypt. */
  'one.vm.info': { args: ['i'], optional: ['b'], answer: 'VM' },
  /** Action, id. */
  'one.vm.action': { args: ['s', 'i'], answer: 'id' },
  /** Id, template, 0 to replace or 1 to merge. */
  'one.vm.update': { args: ['i', 's', 'i'], answer: 'id' },
  /** Id, template with one DISK. */
  'one.vm.attach': { args: ['i', 's'], answer: 'id' },
  /** Id, id of the disk. */
  'one.vm.detach': { args: ['i', 'i'], answer: 'id' },
  /** Id, template with CPU, VCPU and MEMORY, whether the host's capacity counts. */
  'one.vm.resize': { args: ['i', 's', 'b'], answer: 'id' },
  /** Id, id of the disk, name of the image, its type or '' for the disk's, id of the snapshot or -1. */
  'one.vm.disksaveas': { args: ['i', 'i', 's', 's', 'i'], answer: 'id', since: '4.14' },
  /** Filter, first id, last id, state. The pool's own text search needs MySQL: it is never used. */
  'one.vmpool.infoextended': { args: ['i', 'i', 'i', 'i'], optional: ['s'], answer: 'VM_POOL', since: '5.8' },

  /** Id, name, whether on hold, more template, whether to make a persistent copy. */
  'one.template.instantiate': { args: ['i', 's', 'b', 's', 'b'], answer: 'id', since: '5.0' },
  /** Id; whether with the images' attributes; whether to decrypt. */
  'one.template.info': { args: ['i'], optional: ['b', 'b'], answer: 'VMTEMPLATE' },
  /** Filter, first id, last id. */
  'one.templatepool.info': { args: ['i', 'i', 'i'], answer: 'VMTEMPLATE_POOL' },

  /** Template, id of the datastore; whether its capacity counts. */
  'one.image.allocate': { args: ['s', 'i'], optional: ['b'], answer: 'id' },
  /** Id; whether to decrypt. */
  'one.image.info': { args: ['i'], optional: ['b'], answer: 'IMAGE' },
  /** Id, template, 0 to replace or 1 to merge. */
  'one.image.update': { args: ['i', 's', 'i'], answer: 'id' },
  /** Id. */
  'one.image.delete': { args: ['i'], answer: 'id' },
  /** Filter, first id, last id. */
  'one.imagepool.info': { args: ['i', 'i', 'i'], answer: 'IMAGE_POOL' },

  /** Template, id of the cluster, -1 for the default one. */
  'one.vn.allocate': { args: ['s', 'i'], answer: 'id' },
  /** Id of the network of which addresses are taken, template. Answers the id of the new one. */
  'one.vn.reserve': { args: ['i', 's'], answer: 'id', since: '4.8' },
  /** Id; whether to decrypt. */
  'one.vn.info': { args: ['i'], optional: ['b'], answer: 'VNET' },
  /** Id, template, 0 to replace or 1 to merge. */
  'one.vn.update': { args: ['i', 's', 'i'], answer: 'id' },
  /** Id. */
  'one.vn.delete': { args: ['i'], answer: 'id' },
  /** Filter, first id, last id. */
  'one.vnpool.info': { args: ['i', 'i', 'i'], answer: 'VNET_POOL' },
  /** Id, name, more template. */
  'one.vntemplate.instantiate': { args: ['i', 's', 's'], answer: 'id', since: '5.8' },
  /** Filter, first id, last id. */
  'one.vntemplatepool.info': { args: ['i', 'i', 'i'], answer: 'VNTEMPLATE_POOL', since: '5.8' },

  /** Template. */
  'one.secgroup.allocate': { args: ['s'], answer: 'id', since: '4.12' },
  /** Id, template, 0 to replace or 1 to merge. */
  'one.secgroup.update': { args: ['i', 's', 'i'], answer: 'id', since: '4.12' },
  /** Id, whether only VMs that are out of date. */
  'one.secgroup.commit': { args: ['i', 'b'], answer: 'id', since: '5.0' },
  /** Id. */
  'one.secgroup.delete': { args: ['i'], answer: 'id', since: '4.12' },
  /** Filter, first id, last id. */
  'one.secgrouppool.info': { args: ['i', 'i', 'i'], answer: 'SECURITY_GROUP_POOL', since: '4.12' },

  'one.datastorepool.info': { args: [], answer: 'DATASTORE_POOL' },
} as const satisfies Record<string, Signature>;

export type Method = keyof typeof signatures;

type ValueOf<Kind extends ArgumentKind> = Kind extends 's' ? string : Kind extends 'i' ? number : boolean;
type ValuesOf<Kinds extends readonly ArgumentKind[]> = {
  readonly [Index in keyof Kinds]: ValueOf<Kinds[Index]>;
};

/** The optional ones are for completeness: the driver gives none. */
export type ArgumentsOf<Name extends Method> = ValuesOf<(typeof signatures)[Name]['args']>;

export type MethodAnswering<Answer extends Signature['answer']> = {
  [Name in Method]: (typeof signatures)[Name]['answer'] extends Answer ? Name : never;
}[Method];

/** What is wrong with a call of this method with these arguments, the session left out; nothing: `undefined`. */
export function signatureProblem(method: string, args: readonly unknown[]): string | undefined {
  if (!Object.hasOwn(signatures, method)) return `there is no method ${method}`;
  const signature: Signature = signatures[method as Method];
  const kinds = [...signature.args, ...(signature.optional ?? [])];
  if (args.length < signature.args.length || args.length > kinds.length) {
    return `${method} takes ${signature.args.length} arguments and was given ${args.length}`;
  }
  const wrong = args.findIndex((arg, index) => !isOfKind(arg, kinds[index]));
  return wrong === -1 ? undefined : `argument ${wrong + 1} of ${method} is not of type ${kinds[wrong]}`;
}

/** Integers have 32 bits. */
function isOfKind(value: unknown, kind: ArgumentKind | undefined): boolean {
  if (kind === 's') return typeof value === 'string';
  if (kind === 'b') return typeof value === 'boolean';
  return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31;
}
