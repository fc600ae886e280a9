/** Where acts are noted (platform/accounts keeps them). */
export interface AuditSink {
  write(entry: AuditedAct): Promise<void>;
}

export interface AuditedAct {
  readonly actor: string;
  readonly act: string;
  /** Whose the subject is: they may read it. */
  readonly owner: string;
  readonly subject: { readonly kind: string; readonly id: string };
  /** Plain JSON, without secrets. */
  readonly detail: Readonly<Record<string, unknown>>;
}
