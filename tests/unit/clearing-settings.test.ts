/** Settings of the clearing house: every fault at once, and the files that list them kept to what is read. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { environment, readSettings, SECRETS } from '../../clearing/config.ts';

const textOf = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), 'utf8');

/** Names in an example file with their values; whether the line is commented out. */
function exampleLines(): { name: string; value: string; isCommented: boolean }[] {
  return [...textOf('.env.example').matchAll(/^(# )?([A-Z][A-Z_]+)=(.*)$/gm)].map((match) => ({
    isCommented: match[1] !== undefined,
    name: match[2] ?? '',
    value: match[3] ?? '',
  }));
}

describe('faults', () => {
  it('a file that cannot be read, a setting missing, one wrong and one given twice → all named at once', () => {
    const refused = () =>
      readSettings({
        DATABASE_URL_FILE: '/none/of/this/name',
        OPERATOR_TOKEN: 'given-twice-and-long-enough-to-be-good',
        OPERATOR_TOKEN_FILE: '/none/either',
        PORT: 'x',
        WORLD: 'real',
      });
    const lines = (() => {
      try {
        refused();
        return [];
      } catch (error) {
        return error instanceof Error ? error.message.split('\n') : [];
      }
    })();
    expect(lines).toEqual([
      'DATABASE_URL_FILE names a file that cannot be read',
      'OPERATOR_TOKEN and OPERATOR_TOKEN_FILE are both set',
      'PORT: a whole number',
      'KEYS_FOLDER is not set',
      expect.stringMatching(/^WORLD: /),
    ]);
    expect(lines.join()).not.toContain('given-twice');
  });
});

describe('.env.example', () => {
  it('names each setting once, and nothing that is none', () => {
    const names = exampleLines().map(({ name }) => name);
    expect([...names].sort()).toEqual(Object.keys(environment.shape).sort());
  });

  it('its active lines are all that must be set; its commented ones say the default', () => {
    const active = exampleLines().filter(({ isCommented }) => !isCommented);
    const settings = Object.fromEntries(active.map(({ name, value }) => [name, value]));
    expect(() => readSettings(settings)).not.toThrow();
    for (const { name } of active)
      expect(() => readSettings({ ...settings, [name]: undefined })).toThrow(`${name} is not set`);
    const defaults: Record<string, unknown> = environment.parse(settings);
    for (const { name, value, isCommented } of exampleLines())
      if (isCommented) expect(`${name}=${String(defaults[name] ?? '')}`).toBe(`${name}=${value}`);
  });
});

describe('compose.yaml and Dockerfile', () => {
  it('set only what is a setting, or the file of a secret', () => {
    const known = new Set<string>([
      ...Object.keys(environment.shape),
      ...SECRETS.map((name) => `${name}_FILE`),
    ]);
    const [, clearing = ''] = textOf('compose.yaml').split('\n  clearing:');
    const block = /\n {4}environment:\n((?: {6}.*\n)+)/.exec(clearing)?.[1] ?? '';
    const composed = [...block.matchAll(/^ {6}([A-Z_]+):/gm)].map((match) => match[1] ?? '');
    expect(composed.length).toBeGreaterThan(3);
    const imaged = [...textOf('Dockerfile').matchAll(/^ENV NODE_ENV=production (.*)$/gm)].flatMap((match) =>
      (match[1] ?? '').split(' ').map((pair) => pair.split('=')[0] ?? ''),
    );
    expect(imaged.length).toBeGreaterThan(2);
    for (const name of [...composed, ...imaged]) expect(known).toContain(name);
  });

  it('neither process is root, writes its root or may gain rights; what is copied is there', () => {
    const compose = textOf('compose.yaml');
    for (const line of ['read_only: true', 'cap_drop: [ALL]', 'security_opt: [no-new-privileges:true]'])
      expect(compose.split(line)).toHaveLength(3);
    expect(compose).toMatch(/image: postgres:18\n/);
    expect(compose.match(/healthcheck:/g)).toHaveLength(2);
    expect(textOf('Dockerfile')).toMatch(/\nUSER node\n/);
    for (const name of ['clearing/server.ts', 'wallet/vite.config.ts', 'package-lock.json', '.npmrc'])
      expect(existsSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)))).toBe(true);
  });
});
