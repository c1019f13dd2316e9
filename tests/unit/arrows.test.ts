/** The arrow check must see a planted violation of each of its rules, in every form an import can take. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findViolations, RULES } from '../../scripts/arrows.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function rulesBroken(files: Record<string, string>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'arrows-'));
  folders.push(root);
  for (const [path, code] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), code);
  }
  return findViolations(root).map((violation) => violation.rule);
}

/** For each rule: a file that breaks it and, of the same kind, one that may. */
const PLANTED: Record<string, { wrong: Record<string, string>; right: Record<string, string> }> = {
  'shared-imports-nobody': {
    wrong: { 'shared/a.ts': "import { readFileSync } from 'fs';" },
    right: {
      'shared/a.ts': "import { sha256 } from '@noble/hashes/sha2.js'; import { b } from './b.ts';",
      'shared/b.ts': '',
    },
  },
  'node-back-ends-know-crypto-only': {
    wrong: { 'shared/sign-node.ts': "import 'node:fs';" },
    right: { 'shared/sign-node.ts': "import type { sign } from 'node:crypto';" },
  },
  'node-back-ends-at-the-edge': {
    wrong: { 'shared/a.ts': "import './sign-node.ts';", 'shared/sign-node.ts': '' },
    right: { 'clearing/a.ts': "import '../shared/sign-node.ts';", 'shared/sign-node.ts': '' },
  },
  'programs-apart': {
    wrong: { 'wallet/a.tsx': "import type { B } from '../clearing/b.ts';", 'clearing/b.ts': '' },
    right: { 'wallet/a.tsx': "import type { B } from './b.ts';", 'wallet/b.ts': '' },
  },
  'ui-imports-shared-only': {
    wrong: { 'ui/a.tsx': "import '../renderer/b.ts';", 'renderer/b.ts': '' },
    right: {
      'ui/a.tsx': "import '../shared/b.ts'; import { Button } from '@mantine/core';",
      'shared/b.ts': '',
    },
  },
  'ui-for-screens-only': {
    wrong: { 'clearing/a.ts': "import '../ui/b.ts';", 'ui/b.ts': '' },
    right: { 'renderer/a.ts': "import '../ui/b.ts';", 'ui/b.ts': '' },
  },
  'product-without-tools': {
    wrong: { 'electron/main/a.ts': "import '../../scripts/b.ts';", 'scripts/b.ts': '' },
    right: { 'tests/a.ts': "import '../scripts/b.ts';", 'scripts/b.ts': '' },
  },
  'sqlite-in-engine-db-only': {
    wrong: { 'electron/engine/journal.ts': "import Database from 'better-sqlite3';" },
    right: {
      'electron/engine/db/open.ts': "import Database from 'better-sqlite3';",
      'tests/a.ts': "import 'better-sqlite3';",
    },
  },
  'sql-in-clearing-db-only': {
    wrong: { 'clearing/routes/a.ts': "import type { Kysely } from 'kysely';" },
    right: {
      'clearing/db/open.ts': "import pg from 'pg';",
      'clearing/migrations/0010-accounts.ts': "import 'kysely';",
    },
  },
  'client-runs-anywhere': {
    wrong: { 'clearing/client/a.ts': "import '../db/b.ts';", 'clearing/db/b.ts': '' },
    right: { 'clearing/client/a.ts': "import '../../shared/b.ts';", 'shared/b.ts': '' },
  },
  'examples-as-outsiders': {
    wrong: { 'examples/shop/a.ts': "import '../../clearing/db/b.ts';", 'clearing/db/b.ts': '' },
    right: {
      'examples/shop/a.ts': "import '../../clearing/client/b.ts'; import '../../shared/c.ts';",
      'clearing/client/b.ts': '',
      'shared/c.ts': '',
    },
  },
  'nobody-needs-examples': {
    wrong: { 'wallet/a.ts': "import '../examples/shop/b.ts';", 'examples/shop/b.ts': '' },
    right: { 'tests/a.ts': "import '../examples/shop/b.ts';", 'examples/shop/b.ts': '' },
  },
  'rooms-apart': {
    wrong: {
      'electron/engine/shifts/a.ts': "import '../payments/b.ts';",
      'electron/engine/payments/b.ts': '',
    },
    right: {
      'electron/engine/shifts/a.ts': "import '../db/b.ts';",
      'electron/engine/db/b.ts': '',
      'electron/engine/tenders/c.ts': "import '../payments/d.ts';",
      'electron/engine/payments/d.ts': '',
    },
  },
  'engine-without-electron': {
    wrong: { 'electron/engine/a.ts': "import '../main/b.ts';", 'electron/main/b.ts': '' },
    right: { 'electron/engine/a.ts': "import './db/b.ts';", 'electron/engine/db/b.ts': '' },
  },
  'electron-in-its-shell-only': {
    wrong: { 'renderer/a.ts': "import { ipcRenderer } from 'electron';" },
    right: {
      'electron/main/a.ts': "import { app } from 'electron';",
      'electron/preload.ts': "import 'electron';",
    },
  },
  'screens-without-node': {
    wrong: { 'wallet/a.ts': "import 'node:crypto';" },
    right: { 'wallet/vite.config.ts': "import 'node:path';" },
  },
};

describe('arrows', () => {
  it('every rule → has its planted violation', () => {
    expect(Object.keys(PLANTED).sort()).toEqual(RULES.map((rule) => rule.name).sort());
  });

  for (const [rule, { wrong, right }] of Object.entries(PLANTED)) {
    it(`violation planted → ${rule}`, () => expect(rulesBroken(wrong)).toContain(rule));
    it(`its allowed neighbour → passes ${rule}`, () => expect(rulesBroken(right)).toEqual([]));
  }

  for (const [form, code] of Object.entries({
    'import type': "import type { B } from '../clearing/b.ts';",
    'export from': "export { b } from '../clearing/b.ts';",
    'export all': "export * from '../clearing/b.ts';",
    'import()': "const b = await import('../clearing/b.ts');",
    'type import': "type B = import('../clearing/b.ts').B;",
    'nested in TSX': "export const f = () => <p>{import('../clearing/b.ts')}</p>;",
    require: "const b = require('../clearing/b.ts');",
    'new URL': "new Worker(new URL('../clearing/b.ts', import.meta.url));",
  })) {
    it(`written as ${form} → programs-apart`, () => {
      expect(rulesBroken({ 'renderer/a.tsx': code, 'clearing/b.ts': '' })).toEqual(['programs-apart']);
    });
  }

  it('circle of three files → no-circles, once', () => {
    const files = {
      'shared/a.ts': "import './b.ts';",
      'shared/b.ts': "import './c.ts';",
      'shared/c.ts': "import type { A } from './a.ts';",
    };
    expect(rulesBroken(files)).toEqual(['no-circles']);
  });

  it('file that cannot be parsed → parses', () => {
    expect(rulesBroken({ 'shared/a.ts': 'import { from;' })).toEqual(['parses']);
  });
});
