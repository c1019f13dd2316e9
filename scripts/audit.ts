/**
 * `npm run audit`: derives every balance, chain, posting, statement, settlement and rate of a clearing house's
 * database again from its raw entries, and prints one verdict. It only reads.
 */
import * as crypto from 'node:crypto';
import { parseArgs } from 'node:util';
import { audit } from '../clearing/audit/audit.ts';
import { openDatabase } from '../clearing/db/database.ts';
import { readHouse, readIssuers } from '../clearing/db/trust.ts';
import { issuerKeyIdFrom } from '../shared/ids.ts';
import { nodeBackEnd } from '../shared/protocol/ed25519-node.ts';

const USAGE = `npm run audit -- [--database URL] [--json] [--help]

Reads a clearing house's database and derives everything again from its raw
entries: each balance, each terminal's chain, each outcome's posting, each
statement's root and signature, each settlement, each rate.

  --database URL  postgres://…; without it, DATABASE_URL of the environment
  --json          print one JSON object: {ok, checks: [{name, faults}]}

Exit status 0 when everything agrees, 1 when something does not or the database
cannot be read, 2 when the command is wrong.
`;

const SHOWN = 20;

const { values } = parseArgs({
  options: { database: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});

async function run(url: string): Promise<boolean> {
  const database = openDatabase({ url, maxConnections: 2, onIdleError: () => undefined });
  try {
    const house = await readHouse(database);
    if (house === undefined) {
      process.stderr.write('This database belongs to no clearing house.\n');
      return false;
    }
    const issuers = (await readIssuers(database)).map((row) => ({ ...row, kid: issuerKeyIdFrom(row.kid) }));
    const report = await audit(database, { issuers, world: house.world, backEnd: nodeBackEnd(crypto) });
    if (values.json) {
      process.stdout.write(`${JSON.stringify(report)}\n`);
      return report.ok;
    }
    for (const { name, faults } of report.checks) {
      console.log(`${name.padEnd(12)} ${faults.length === 0 ? 'agree' : `${faults.length} faults`}`);
      for (const fault of faults.slice(0, SHOWN)) console.log(`  ${fault}`);
    }
    console.log(report.ok ? 'Everything agrees.' : 'Something does not agree.');
    return report.ok;
  } finally {
    await database.destroy();
  }
}

const url = values.database ?? process.env.DATABASE_URL;
if (values.help) process.stdout.write(USAGE);
else if (url === undefined) {
  process.stderr.write('Say which database: --database, or DATABASE_URL.\n');
  process.exitCode = 2;
} else {
  try {
    process.exitCode = (await run(url)) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`The database cannot be read: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
