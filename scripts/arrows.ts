/**
 * Keeps the few arrows between the parts: who may import whom (docs/architecture.md). Reads every import,
 * type-only ones too, with the parser that Vite brings, because the known checkers cannot read TypeScript
 * beside version 7 of it. It must never let a file pass that it could not parse.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import { importsOf, SOURCE } from './imports.ts';

const FOLDERS = [
  'shared',
  'ui',
  'electron',
  'renderer',
  'clearing',
  'wallet',
  'tests',
  'scripts',
  'bench',
  'examples',
];

/**
 * A rule forbids imports from files that match `from` to targets that match `to`. A target is a path in
 * the project, `npm:NAME` or `node:NAME`. `$1` in `unlessTo` stands for the first group of `from`.
 */
type Rule = {
  readonly name: string;
  readonly why: string;
  readonly from: RegExp;
  readonly unlessFrom?: RegExp;
  readonly to: RegExp;
  readonly unlessTo?: string;
};

const PROGRAMS = 'electron|renderer|clearing|wallet';
/** Rooms of the engine: each answers its calls alone over journal, views and db. */
const ROOMS = 'payments|people|shifts|catalogue|safe-keeping|after-the-sale';

export const RULES: readonly Rule[] = [
  {
    name: 'shared-imports-nobody',
    why: 'shared/ runs in every program, so it may know none of them and no platform',
    from: /^shared\//,
    unlessFrom: /-node\.ts$/,
    to: /./,
    unlessTo: '^(shared/|npm:(cborg|tweetnacl|@noble/hashes|zod)$)',
  },
  {
    name: 'node-back-ends-know-crypto-only',
    why: 'a file named -node fits a port of shared/ to node:crypto and does nothing else',
    from: /^shared\/.*-node\.ts$/,
    to: /./,
    unlessTo: '^(shared/|node:crypto$)',
  },
  {
    name: 'node-back-ends-at-the-edge',
    why: 'what runs in a browser too may not lead to Node',
    from: /^(shared|ui|renderer|wallet)\//,
    to: /^shared\/.*-node\.ts$/,
  },
  {
    name: 'programs-apart',
    why: 'programs speak over the contracts in shared/, never by import',
    from: new RegExp(`^(${PROGRAMS})/`),
    to: new RegExp(`^(${PROGRAMS})/`),
    unlessTo: '^$1/',
  },
  {
    name: 'ui-imports-shared-only',
    why: 'ui/ serves two programs, so it may depend on none',
    from: /^ui\//,
    to: /^[a-z]+\//,
    unlessTo: '^(ui|shared)/',
  },
  {
    name: 'ui-for-screens-only',
    why: 'React parts have no place in a server or an engine',
    from: /^(electron|clearing)\//,
    to: /^ui\//,
  },
  {
    name: 'product-without-tools',
    why: 'tests/, scripts/ and bench/ are not shipped',
    from: new RegExp(`^(${PROGRAMS}|ui)/`),
    unlessFrom: /\.config\.ts$/,
    to: /^(tests|scripts|bench)\//,
  },
  {
    name: 'sqlite-in-engine-db-only',
    why: 'one adapter knows SQLite; the simulation puts another in its place',
    from: new RegExp(`^(${PROGRAMS}|ui)/`),
    unlessFrom: /^electron\/engine\/db\//,
    to: /^(npm:better-sqlite3|node:sqlite)$/,
  },
  {
    name: 'sql-in-clearing-db-only',
    why: 'one adapter knows PostgreSQL',
    from: new RegExp(`^(${PROGRAMS}|ui)/`),
    unlessFrom: /^clearing\/(db|migrations)\//,
    to: /^npm:(pg|kysely|pg-[a-z-]+)$/,
  },
  {
    name: 'client-runs-anywhere',
    why: 'app developers take clearing/client with shared/ and nothing else of us',
    from: /^clearing\/client\//,
    to: /./,
    unlessTo: '^(clearing/client/|shared/(?!.*-node\\.ts$))',
  },
  {
    name: 'examples-as-outsiders',
    why: 'an example shows what an app developer can do, who has the client and shared/ and nothing else of us',
    from: /^examples\//,
    to: /./,
    unlessTo: '^(examples/|clearing/client/|shared/(?!.*-node\\.ts$))',
  },
  {
    name: 'nobody-needs-examples',
    why: 'an example may be thrown away',
    from: new RegExp(`^(${PROGRAMS}|shared|ui|scripts|bench)/`),
    to: /^examples\//,
  },
  {
    name: 'rooms-apart',
    why: 'a room that calls another hides a transaction inside a transaction; orders and tenders compose',
    from: new RegExp(`^electron/engine/(${ROOMS})/`),
    to: new RegExp(`^electron/engine/(${ROOMS}|orders|tenders|training)/`),
    unlessTo: '^electron/engine/$1/',
  },
  {
    name: 'engine-without-electron',
    why: 'the engine runs on plain Node too: tests, simulation, headless terminal',
    from: /^electron\/engine\//,
    to: /^(npm:electron(-.*)?|electron\/(?!engine\/).*)$/,
  },
  {
    name: 'electron-in-its-shell-only',
    why: 'only main and preload run where Electron is',
    from: new RegExp(`^(${PROGRAMS}|ui)/`),
    unlessFrom: /^electron\/(main\/|preload)/,
    to: /^npm:electron$/,
  },
  {
    name: 'screens-without-node',
    why: 'a browser has no Node',
    from: /^(renderer|wallet|ui)\//,
    unlessFrom: /\.config\.ts$/,
    to: /^node:/,
  },
];

export type Violation = {
  readonly rule: string;
  readonly from: string;
  readonly line: number;
  readonly to: string;
  readonly why: string;
};

type Arrow = { readonly from: string; readonly line: number; readonly to: string };

/**
 * Checks all sources below `root`.
 *
 * @returns every forbidden import, every circle of imports, and every file that could not be parsed
 */
export function findViolations(root: string): Violation[] {
  const found: Violation[] = [];
  const arrows: Arrow[] = [];
  for (const file of FOLDERS.flatMap((folder) => sourcesBelow(root, folder))) {
    const read = importsOf(file, readFileSync(join(root, file), 'utf8'));
    if (read.broken !== null) {
      found.push({
        rule: 'parses',
        from: file,
        line: 0,
        to: read.broken,
        why: 'unread imports are unchecked',
      });
    }
    for (const { specifier, line } of read.imports) {
      arrows.push({ from: file, line, to: targetOf(root, file, specifier) });
    }
  }
  for (const arrow of arrows) {
    for (const rule of RULES)
      if (breaks(rule, arrow)) found.push({ rule: rule.name, ...arrow, why: rule.why });
  }
  return [...found, ...findCircles(arrows)];
}

function breaks(rule: Rule, arrow: Arrow): boolean {
  const from = rule.from.exec(arrow.from);
  if (!from || rule.unlessFrom?.test(arrow.from) || !rule.to.test(arrow.to)) return false;
  return !(rule.unlessTo && new RegExp(rule.unlessTo.replace('$1', from[1] ?? '')).test(arrow.to));
}

function sourcesBelow(root: string, folder: string): string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path).flatMap((name) => {
    if (name === 'node_modules' || name === 'out' || name === 'dist') return [];
    const below = posix.join(folder, name);
    if (statSync(join(root, below)).isDirectory()) return sourcesBelow(root, below);
    return SOURCE.test(name) ? [below] : [];
  });
}

/** Where an import leads: a path in the project, `npm:NAME` or `node:NAME`. */
function targetOf(root: string, file: string, specifier: string): string {
  const bare = specifier.replace(/\?.*$/, '');
  if (bare.startsWith('.')) {
    const path = posix.join(posix.dirname(file), bare);
    return existsSync(join(root, path)) ? path : `${path} (missing)`;
  }
  if (bare.startsWith('node:')) return bare;
  if (builtinModules.includes(bare)) return `node:${bare}`;
  return `npm:${bare.split('/', bare.startsWith('@') ? 2 : 1).join('/')}`;
}

/** Depth first; each circle is reported once, at the import that closes it. */
function findCircles(arrows: readonly Arrow[]): Violation[] {
  const byFile = Map.groupBy(arrows, (arrow) => arrow.from);
  const done = new Set<string>();
  const path: string[] = [];
  const found: Violation[] = [];
  const visit = (file: string): void => {
    path.push(file);
    for (const arrow of byFile.get(file) ?? []) {
      const at = path.indexOf(arrow.to);
      if (at >= 0) {
        const circle = [...path.slice(at), arrow.to].join(' → ');
        found.push({ rule: 'no-circles', ...arrow, why: circle });
      } else if (!done.has(arrow.to)) visit(arrow.to);
    }
    path.pop();
    done.add(file);
  };
  for (const file of byFile.keys()) if (!done.has(file)) visit(file);
  return found;
}
