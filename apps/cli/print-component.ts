import type { ComponentClient, ComponentView } from '@trencadis/component-repository/client';

/** One line each, in columns. */
export function formatComponents(components: readonly ComponentView[]): string {
  const rows = components.map(({ fileName, version, type, sizeBytes, digest, description }) => [
    fileName,
    version,
    type,
    `${sizeBytes} bytes`,
    `sha256 ${digest.slice(0, 12)}`,
    description,
  ]);
  const widths = rows.reduce<readonly number[]>(
    (widest, row) => row.map((cell, column) => Math.max(cell.length, widest[column] ?? 0)),
    [],
  );
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

type Shown = Awaited<ReturnType<ComponentClient['showComponent']>>;

/** All that is known of one. */
export function formatComponent({ component, needs, problem }: Shown): string {
  const { fileName, version, type, description, digest, sizeBytes, licence, dependencies = [] } = component;
  const { signature, manifest } = component;
  const lines: readonly (readonly [string, string])[] = [
    ['type', type],
    ['description', description || '-'],
    ['sha256', digest],
    ['size', `${sizeBytes} bytes`],
    ['licence', licence ?? 'not said'],
    ['signature', signature === undefined ? 'none' : `key ${signature.keyId}: ${signature.trustedComment}`],
    ['needs', dependencies.map((each) => `${each.fileName} ${each.range}`).join(', ') || 'nothing'],
    [
      'would take',
      problem ?? (needs.map((each) => `${each.fileName} ${each.version}`).join(', ') || 'nothing'),
    ],
    ...(manifest === undefined
      ? []
      : ([['service', `${manifest.protocol} on port ${manifest.port}`]] as const)),
  ];
  return `${fileName} ${version}\n${lines.map(([label, text]) => `  ${label.padEnd(12)}${text}\n`).join('')}`;
}
