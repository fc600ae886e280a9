import type { RadlConfigure, RadlDocument, RadlSystem } from './model.ts';

export interface DeployedSystem {
  readonly system: RadlSystem;
  readonly count: number;
  /** The VM manager asked for. */
  readonly cloudId?: string;
}

export interface AppliedConfigure {
  readonly configure: RadlConfigure;
  /** From 1; a step starts when the one before it is done on all systems. */
  readonly step: number;
  readonly tool?: string;
}

/** What `deploy` asks for: one entry for each system and cloud, counts added up, in the order of the document. */
export function deployedSystems(document: RadlDocument): readonly DeployedSystem[] {
  const systems = new Map(document.systems.map((system) => [system.id, system]));
  const deployed = new Map<string, DeployedSystem>();
  for (const { systemId, count, cloudId } of document.deploys) {
    const system = systems.get(systemId);
    if (system === undefined) continue;
    const key = `${systemId} ${cloudId ?? ''}`;
    const total = (deployed.get(key)?.count ?? 0) + count;
    deployed.set(key, { system, count: total, ...(cloudId === undefined ? {} : { cloudId }) });
  }
  return [...deployed.values()];
}

/**
 * The configures that apply to a system, by step. Without a `contextualize` section it is the configure of the
 * system's name. Of a pair listed twice the later item counts (RADL, section 5).
 */
export function configureOf(document: RadlDocument, systemId: string): readonly AppliedConfigure[] {
  const configures = new Map(document.configures.map((configure) => [configure.id, configure]));
  const { contextualize } = document;
  if (contextualize === undefined) {
    const configure = configures.get(systemId);
    return configure === undefined ? [] : [{ configure, step: 1 }];
  }
  const applied = new Map<string, AppliedConfigure>();
  for (const item of contextualize.items) {
    const configure = configures.get(item.configureId);
    if (item.systemId !== systemId || configure === undefined) continue;
    const tool = item.tool === undefined ? {} : { tool: item.tool };
    applied.set(item.configureId, { configure, step: item.step ?? 1, ...tool });
  }
  return [...applied.values()].toSorted((a, b) => a.step - b.step);
}
