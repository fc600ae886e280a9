import type { InfrastructureId } from '@trencadis/ids';

/** Who calls the platform, as proven by a token or a password. */
export interface Caller {
  /** The name under which things belong to them. */
  readonly owner: string;
  readonly groups: readonly string[];
  readonly isAdmin: boolean;
  /** It is the replicas of that service, which may report and nothing else. */
  readonly reportsFor?: { readonly infrastructureId: InfrastructureId; readonly serviceId: string };
}

/** A user of the platform. */
export interface Account {
  /** A DNS label that begins with a letter; never changes. */
  readonly name: string;
  readonly groups: readonly string[];
  readonly isAdmin: boolean;
  readonly quota?: Quota;
  readonly createdAt: Date;
  /** Since then neither the password nor a token opens anything. */
  readonly disabledAt?: Date;
}

/** What an account may use at most, over all its infrastructures; without a key there is no bound. */
export interface Quota {
  readonly vms?: number;
  readonly cpuCount?: number;
  readonly memoryMiB?: number;
}

/** A token that stands for an account, without its text: that is shown once and not kept. */
export interface AccessToken {
  readonly id: string;
  readonly account: string;
  /** What it is for, in the words of who asked for it. */
  readonly name: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** To the minute. */
  readonly lastUsedAt?: Date;
}

/** A fresh token with the only copy of its text. */
export interface IssuedToken extends AccessToken {
  readonly text: string;
}

/** Owner of what the holder of the platform's own token makes. */
export const operatorName = 'operator';

/** Names that mean something else: the operator, and the owner of what is the platform's. */
export const reservedNames: readonly string[] = [operatorName, 'platform'];

export function callerOf({ name, groups, isAdmin }: Account): Caller {
  return { owner: name, groups, isAdmin };
}
