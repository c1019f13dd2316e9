/** The child of crash-at-each-write.ts: acts out one scenario on a folder, and says at once what was done. */
import { writeSync } from 'node:fs';
import type { CrashScenario } from './scenario.ts';

const [name = '', folder = ''] = process.argv.slice(2);
const { scenario } = (await import(`./${name}.ts`)) as { scenario: CrashScenario };
await scenario.act(folder, (what) => writeSync(1, `${what}\n`));
process.exit(0);
