/** `npm test` itself: what it counts must be what happened, with real runners on planted tests. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PROJECT, run } from '../../scripts/tool.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function npmTest(
  stage: string,
  files: Record<string, string>,
): Promise<{ code: number; lines: string[] }> {
  const root = mkdtempSync(join(tmpdir(), 'planted tests '));
  folders.push(root);
  symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'), 'junction');
  for (const [path, code] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), code);
  }
  // This test's own runner must not speak to the one inside.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  const script = join(PROJECT, 'scripts', 'test.ts');
  const { code, output } = await run([process.execPath, script, '--only', stage, '--root', root], { env });
  return { code, lines: output.trimEnd().split('\n') };
}

const VITEST = "import { expect, it } from 'vitest';\n";
const PASSING = `${VITEST}it('holds → ok', () => expect(1).toBe(1));`;
const FAILING = `${VITEST}it('planted → wrong', () => expect('planted').toBe('found'));`;

describe('npm test', () => {
  it('all hold, one skipped → counted, exit 0', async () => {
    const skipped = `${VITEST}it.skipIf(true)('needs a thing → skipped', () => expect(1).toBe(2));`;
    const { code, lines } = await npmTest('vitest', { 'a.test.ts': PASSING, 'b.test.ts': skipped });
    expect(lines.at(-1)).toBe('1 passed, 0 failed, 1 skipped');
    expect(code).toBe(0);
  });

  it('planted failure → named with its message, exit 1', async () => {
    const { code, lines } = await npmTest('vitest', { 'a.test.ts': PASSING, 'b.test.ts': FAILING });
    expect(lines.at(-1)).toBe('1 passed, 1 failed, 0 skipped');
    expect(lines.join('\n')).toMatch(
      /FAILED b\.test\.ts > planted → wrong\n.*expected 'planted' to be 'found'/,
    );
    expect(code).toBe(1);
  });

  it('file that cannot be loaded → one failure, exit 1', async () => {
    const { code, lines } = await npmTest('vitest', {
      'a.test.ts': PASSING,
      'b.test.ts': "import './gone.ts';",
    });
    expect(lines.at(-1)).toBe('1 passed, 1 failed, 0 skipped');
    expect(code).toBe(1);
  });

  it('error outside of every test → one failure, exit 1', async () => {
    const late = `${VITEST}it('holds → ok', () => void Promise.reject(new Error('unheard')));`;
    const { code, lines } = await npmTest('vitest', { 'a.test.ts': late });
    expect(lines.at(-1)).toBe('1 passed, 1 failed, 0 skipped');
    expect(code).toBe(1);
  });

  it('runner that dies → one failure, exit 1', async () => {
    const { code, lines } = await npmTest('vitest', { 'vitest.config.ts': 'process.exit(3);' });
    expect(lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
    expect(code).toBe(1);
  });
});
