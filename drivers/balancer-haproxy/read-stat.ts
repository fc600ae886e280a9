/** One server of `show stat`, HAProxy's management guide, 9.1. */
export interface ServerRow {
  readonly backend: string;
  readonly server: string;
  /** `UP`, `UP 1/2`, `DOWN`, `DOWN 1/2`, `MAINT`, `DRAIN`, `NOLB`, `no check`. */
  readonly status: string;
  readonly weight: number;
  /** As `ADDRESS:PORT`. */
  readonly endpoint: string;
  readonly sessions: number;
  readonly requests: number;
  readonly errors: number;
  /** Mean of the last 1024 requests, ms. */
  readonly latencyMs: number;
  /** `Layer7 wrong status, 503`; empty as long as nothing was looked at. */
  readonly check: string;
}

/** The servers in what the socket says; other lines are passed over. */
export function readServerRows(text: string): readonly ServerRow[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith('# pxname,'));
  if (start < 0) return [];
  const names = lines[start]?.slice(2).split(',') ?? [];
  const rows: ServerRow[] = [];
  for (const line of lines.slice(start + 1)) {
    if (!line.includes(',')) break;
    const fields = splitFields(line);
    rows.push(toRow(Object.fromEntries(names.map((name, index) => [name, fields[index] ?? '']))));
  }
  return rows;
}

/** Texts with commas stand in quotes. */
function splitFields(line: string): readonly string[] {
  return [...line.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  );
}

function toRow(field: Readonly<Record<string, string>>): ServerRow {
  const { pxname = '', svname = '', status = '', addr = '' } = field;
  return {
    backend: pxname,
    server: svname,
    status,
    endpoint: addr,
    weight: numberOf(field['uweight'] ?? field['weight']),
    sessions: numberOf(field['scur']),
    requests: numberOf(field['stot']),
    errors: numberOf(field['econ']) + numberOf(field['eresp']) + numberOf(field['hrsp_5xx']),
    latencyMs: numberOf(field['ttime']),
    check: checkText(field),
  };
}

function checkText(field: Readonly<Record<string, string>>): string {
  const { check_status: status = '', check_code: code, check_desc: description, last_chk: last } = field;
  if (status === '' || status.endsWith('INI')) return '';
  const more = status.replace(/^\* /, '').startsWith('L7') ? [code, last] : [last];
  return [description, ...more].filter((text) => text !== undefined && text !== '').join(', ');
}

function numberOf(text: string | undefined): number {
  const value = Number(text);
  return Number.isFinite(value) ? value : 0;
}
