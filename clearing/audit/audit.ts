/**
 * The auditor: derives everything again from raw entries (balances, chains, postings, statements, settlements, rates)
 * and says what does not agree. It trusts the issuer keys that it is given and nothing else, and changes nothing.
 */
import { hash } from 'node:crypto';
import { equalBytes, toHex } from '../../shared/bytes.ts';
import { terminalIdFrom } from '../../shared/ids.ts';
import type { Ed25519BackEnd } from '../../shared/protocol/ed25519.ts';
import { openExchangeRate } from '../../shared/protocol/exchange-rate.ts';
import { decodeJournalEntry } from '../../shared/protocol/journal-entry.ts';
import { inTreeOrder, makeStatement, openStatement } from '../../shared/protocol/statement.ts';
import type { TrustBundle } from '../../shared/protocol/trust-bundle.ts';
import type { World } from '../../shared/protocol/world.ts';
import * as raw from '../db/audit.ts';
import type { Database, Tx } from '../db/database.ts';
import { readEntriesAfter } from '../db/journal.ts';
import { readLeaves, statementsAfter } from '../db/statements.ts';
import { settlementFaults } from './audit-settlements.ts';

export interface AuditTrust {
  readonly issuers: TrustBundle['issuers'];
  readonly world: World;
  readonly backEnd: Ed25519BackEnd;
}

export interface AuditReport {
  readonly ok: boolean;
  readonly checks: readonly { readonly name: string; readonly faults: readonly string[] }[];
}

const PAGE = 2000;

async function chainFaults(tx: Tx): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { terminalId, epoch, head } of await raw.readChains(tx)) {
    const chain = `terminal ${toHex(terminalId)} epoch ${epoch}`;
    let last: { seq: number; hash: Uint8Array } | null = null;
    for (;;) {
      const after: number = last?.seq ?? 0;
      const page = await readEntriesAfter(tx, terminalId, epoch, after, PAGE);
      for (const { seq, entry, hash: noted } of page) {
        const expected: number = (last?.seq ?? 0) + 1;
        if (seq !== expected) faults.push(`${chain}: entry ${expected} is missing`);
        const digest = hash('sha256', entry, 'buffer');
        if (!equalBytes(digest, noted)) faults.push(`${chain}: entry ${seq} is not what its hash says`);
        const read = decodeJournalEntry(entry);
        // an entry that means nothing is held as it came; its successor still names its hash
        const joins = last === null || !read.ok || equalBytes(read.value.previousHash, last.hash);
        if (!joins) faults.push(`${chain}: entry ${seq} does not follow the one before`);
        last = { seq, hash: digest };
      }
      if (page.length < PAGE) break;
    }
    const isHead =
      last !== null && head !== null && head.seq === last.seq && equalBytes(head.hash, last.hash);
    if (!isHead) faults.push(`${chain}: the head is not its last entry`);
  }
  return faults;
}

async function statementFaults(tx: Tx, trust: AuditTrust): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const terminalId of await raw.terminalsWithStatements(tx)) {
    let [number, taken, group] = [0, 0, 0];
    const settled = new Map<number, number>();
    for (;;) {
      const page = await statementsAfter(tx, terminalId, number, PAGE);
      for (const row of page) {
        const name = `statement ${row.number} of terminal ${toHex(terminalId)}`;
        const fault = (what: string) => faults.push(`${name}: ${what}`);
        if (row.number !== number + 1) fault('one before it is missing');
        number = row.number;
        // statements of several epochs of one settlement share their outcomes' numbers
        if (row.fromNumber !== group && row.fromNumber !== taken + 1)
          fault('outcomes are left out or taken twice');
        group = row.fromNumber;
        taken = row.toNumber;
        const outcomes = await readLeaves(tx, terminalId, row.fromNumber, row.toNumber);
        const leaves = inTreeOrder(outcomes.filter(({ epoch }) => epoch === row.epoch));
        const firstSeq = leaves[0]?.seq ?? 0;
        const place = {
          terminalId: terminalIdFrom(terminalId),
          epoch: row.epoch,
          fromSeq: Math.min((settled.get(row.epoch) ?? 0) + 1, firstSeq),
          toSeq: leaves.at(-1)?.seq ?? 0,
        };
        settled.set(row.epoch, Math.max(settled.get(row.epoch) ?? 0, place.toSeq));
        const opened = openStatement(row.bytes, trust, trust.world, trust.backEnd);
        if (!opened.ok) fault(opened.refusal.code);
        else if (!isSame(opened.value, makeStatement(place, leaves)))
          fault('it is not what the outcomes say');
        else if (!equalBytes(row.root, opened.value.root)) fault('its root is not the signed one');
      }
      if (page.length < PAGE) break;
    }
  }
  return faults;
}

/** As text: bytes and bigints by their value. */
function isSame(a: object, b: object): boolean {
  const text = (value: object) =>
    JSON.stringify(value, (_key, item: unknown) =>
      item instanceof Uint8Array ? toHex(item) : typeof item === 'bigint' ? item.toString() : item,
    );
  return (
    text(Object.fromEntries(Object.entries(a).sort())) === text(Object.fromEntries(Object.entries(b).sort()))
  );
}

async function rateFaults(tx: Tx, { issuers, world, backEnd }: AuditTrust): Promise<readonly string[]> {
  return (await raw.readRates(tx)).flatMap(({ rateId, text, bytes }) => {
    const opened = openExchangeRate(bytes, { issuers }, world, backEnd);
    if (!opened.ok) return [`rate ${toHex(rateId)}: ${opened.refusal.code}`];
    const { from, to, mantissa, scale, validFromS, validUntilS } = opened.value;
    const isSigned = [from, to, mantissa, scale, validFromS, validUntilS].join('/') === text;
    return isSigned ? [] : [`rate ${toHex(rateId)}: it is not the signed one`];
  });
}

export async function audit(db: Database, trust: AuditTrust): Promise<AuditReport> {
  return await raw.readAtOneMoment(db, async (tx) => {
    const checks = [
      { name: 'balances', faults: await raw.ledgerFaults(tx) },
      { name: 'chains', faults: await chainFaults(tx) },
      { name: 'outcomes', faults: await raw.outcomeFaults(tx) },
      { name: 'statements', faults: await statementFaults(tx, trust) },
      { name: 'settlements', faults: await settlementFaults(tx) },
      { name: 'rates', faults: await rateFaults(tx, trust) },
    ];
    return { ok: checks.every(({ faults }) => faults.length === 0), checks };
  });
}
