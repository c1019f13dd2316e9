/** `npm run check`: format, lint, types, import arrows, unused code, lockfile. */
import { parseArgs } from 'node:util';
import { runChecks } from './checks.ts';

const USAGE = `npm run check -- [--json] [--help]

Reads the source without running it: format, lint, types, import arrows, unused
files, exports and packages, and whether the lockfile is whole. To mend format
and some lint: npx biome check --write

  --json   print one JSON object as the last line:
           {ok, checks: [{name, ok, ms}]}

Ends with 0 when every check held, else with 1.
`;

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) {
  process.stdout.write(USAGE);
} else {
  const results = await runChecks(({ name, ok, ms, said }) => {
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${(ms / 1000).toFixed(1)} s`);
    if (!ok) console.log(said.replace(/^/gm, '       '));
  });
  const ok = results.every((result) => result.ok);
  if (values.json) {
    const checks = results.map(({ name, ok, ms }) => ({ name, ok, ms }));
    console.log(JSON.stringify({ ok, checks }));
  }
  process.exitCode = ok ? 0 : 1;
}
