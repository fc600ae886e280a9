import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../testing/radl-program.ts', import.meta.url));
const sound = '# keep me\nsystem web (cpu.count>=1 and memory.size >= 1G)\ndeploy web 1\n';
const canonical = '# keep me\n\nsystem web (\n  cpu.count >= 1 and\n  memory.size >= 1G\n)\n\ndeploy web 1\n';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trencadis-radl-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function document(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

async function radl(input: string, ...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, 'radl', ...args], {
    reject: false,
    input,
    stripFinalNewline: false,
    timeout: 15_000,
  });
  return { exitCode, stdout, stderr };
}

describe('radl check', () => {
  it('shows problems as a compiler does, of all documents, and fails', async () => {
    const file = await document('wrong.radl', 'system web (cpu.cuont = 1)\ndeploy wbe 1\n');
    const { exitCode, stdout } = await radl(sound, 'check', file, '-');
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`error RADL312: system "wbe" is not declared
 --> ${file}:2:1
  |
2 | deploy wbe 1
  | ^^^^^^^^^^^^
  = hint: write web`);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 documents checked: 1 error, 2 warnings');
  });

  it('is content with a sound document and with a template', async () => {
    const template = "input n (type = 'number')\nsystem web (cpu.count = @input.n@)\ndeploy web 1";
    expect(await radl(sound, 'check', '-')).toMatchObject({
      exitCode: 0,
      stdout: '1 document checked, no problems\n',
    });
    expect(await radl(template, 'check', '-')).toMatchObject({ exitCode: 0 });
    expect(await radl(template, 'check', '-', '--input', 'n=x')).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('RADL336') as unknown,
    });
  });

  it('answers machines in JSON, by the dialect asked for', async () => {
    const { exitCode, stdout } = await radl(
      'system s ()\nservice v ()',
      'check',
      '-',
      '--dialect',
      'im',
      '--json',
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      documents: [{ file: '<stdin>', dialect: 'im', diagnostics: [{ code: 'RADL202' }] }],
      errors: 1,
      warnings: 0,
    });
  });

  it('says which file it cannot read', async () => {
    const { exitCode, stderr } = await radl('', 'check', join(folder, 'absent.radl'));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Cannot read');
  });
});

describe('radl print', () => {
  it('prints the canonical form with the comments at the top', async () => {
    expect(await radl(sound, 'print', '-')).toMatchObject({ exitCode: 0, stdout: canonical });
  });

  it('writes it back, but loses no comment unless told to', async () => {
    const file = await document('written.radl', sound);
    expect(await radl('', 'print', '--write', file)).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await readFile(file, 'utf8')).toBe(canonical);
    const commented = await document('commented.radl', `${sound}# and me\n`);
    const refused = await radl('', 'print', '--write', commented);
    expect(refused).toMatchObject({ exitCode: 5 });
    expect(refused.stderr).toContain('would lose 1 comment');
    expect(await readFile(commented, 'utf8')).toContain('and me');
    expect(await radl('', 'print', '--write', '--drop-comments', commented)).toMatchObject({ exitCode: 0 });
  });

  it('prints nothing of what it cannot read', async () => {
    const { exitCode, stdout, stderr } = await radl('system s (cpu.count =', 'print', '-');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('RADL201');
  });
});

describe('radl convert', () => {
  it('goes to JSON and back', async () => {
    const json = await radl(sound, 'convert', '--to', 'json', '-');
    expect(JSON.parse(json.stdout)).toMatchObject([
      { class: 'system', id: 'web', 'cpu.count_min': 1, 'memory.size_min': 1e9 },
      { class: 'deploy', system: 'web', vm_number: 1 },
    ]);
    const back = await radl(json.stdout, 'convert', '--to', 'radl', '-');
    expect(`# keep me\n\n${back.stdout}`).toBe(canonical);
  });

  it('goes to another dialect, or says what that has no words for', async () => {
    const paper =
      "# dialect: paper\nsystem s (disk.0.application contains (name='ant', version='1'))\ndeploy s 1";
    const im = await radl(paper, 'convert', '--to-dialect', 'im', '-');
    expect(im.stdout).toMatch(/^# dialect: im\n\nsystem s \(\n  disk\.0\.applications contains/);
    const service = "system s ()\nservice v (system = 's')\ndeploy v";
    const refused = await radl(service, 'convert', '--to-dialect', 'im', '-');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('service v');
  });

  it('fills in inputs, and writes beside the file', async () => {
    const file = await document('t.radl', "input n (type = 'number')\nsystem s ()\ndeploy s @input.n@");
    expect(await radl('', 'convert', file, '--to', 'json', '--input', 'n=3', '--write')).toMatchObject({
      exitCode: 0,
    });
    expect(await readFile(join(folder, 't.json'), 'utf8')).toContain('"vm_number": 3');
  });
});
