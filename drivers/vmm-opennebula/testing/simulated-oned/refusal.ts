/** The numbers of OpenNebula's failures. */
export const refusalCode = {
  AUTHENTICATION: 0x01_00,
  AUTHORIZATION: 0x02_00,
  NO_EXISTS: 0x04_00,
  ACTION: 0x08_00,
  XML_RPC_API: 0x10_00,
  INTERNAL: 0x20_00,
  ALLOCATE: 0x40_00,
  LOCKED: 0x80_00,
} as const;

export type RefusalKind = keyof typeof refusalCode;

/** What a method answers when it does not do what it is asked. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export function noSuch(what: string, id: number): Refusal {
  return new Refusal('NO_EXISTS', `Error getting ${what} [${id}].`);
}

export function notAllowed(uid: number, operation: string): Refusal {
  return new Refusal('AUTHORIZATION', `User [${uid}] : Not authorized to perform ${operation}.`);
}

export function restricted(uid: number, attribute: string): Refusal {
  return new Refusal(
    'AUTHORIZATION',
    `User [${uid}] : VM Template includes a restricted attribute ${attribute}.`,
  );
}
