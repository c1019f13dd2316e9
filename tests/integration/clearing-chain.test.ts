/** The chain of a terminal's journal at the clearing house: gaps, forks, epochs, entries nobody can read (protocol §5). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeJournalEntry, journalHash } from '../../shared/protocol/journal-entry.ts';
import { random, startTestClearing, type TestClearing, written } from '../support/clearing.ts';
import { TestCustomer, type TestPurse } from '../support/clearing-customer.ts';
import { outcomesText, TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let till: TestTill;
let purse: TestPurse;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
});
afterAll(async () => {
  await clearing.stop();
  await database.drop();
});
beforeEach(async () => {
  till = await TestTill.enrol(clearing);
  purse = await (await TestCustomer.register(clearing)).purse();
});

describe('a chain', () => {
  it('malformed entries among good ones → rejected each, the rest settled', async () => {
    till.append(new Uint8Array());
    till.append(random(300));
    till.sale(purse, purse.quick(1), 100n);
    till.write('sale', ['nonsense']);
    till.append(
      encodeJournalEntry({
        epoch: 1,
        seq: 99,
        previousHash: till.previousHash(),
        kind: 'sale',
        atMs: 0,
        actor: '',
        body: null,
      }),
    );
    till.append(
      encodeJournalEntry({
        epoch: 1,
        seq: 6,
        previousHash: random(32),
        kind: 'sale',
        atMs: 0,
        actor: '',
        body: null,
      }),
    );
    till.sale(purse, purse.quick(2), 100n);
    expect(outcomesText(await till.send())).toBe(
      '1:rejected/malformed 2:rejected/malformed 3:settled 4:rejected/malformed 5:rejected/malformed 6:rejected/malformed 7:settled',
    );
    expect((await till.send()).ack?.seq).toBe(7);
  });

  it('a batch that begins later than what is held ends → journal-gap with the seq to send', async () => {
    for (const counter of [1, 2, 3]) till.sale(purse, purse.quick(counter), 100n);
    const before = await written(clearing);
    expect(await till.send(2)).toMatchObject({
      status: 409,
      code: 'journal-gap',
      detail: { expectedSeq: 1 },
    });
    await till.send(1, 1);
    expect(await till.send(3)).toMatchObject({
      status: 409,
      code: 'journal-gap',
      detail: { expectedSeq: 2 },
    });
    expect(await written(clearing)).not.toBe(before);
    expect(outcomesText(await till.send())).toBe('1:settled 2:settled 3:settled');
  });

  it('another history behind or beside what is held → journal-forked, nothing written', async () => {
    till.sale(purse, purse.quick(1), 100n);
    till.sale(purse, purse.quick(2), 100n);
    await till.send();
    const before = await written(clearing);
    till.entries.pop();
    till.sale(purse, purse.quick(3), 100n);
    expect(await till.send()).toMatchObject({ status: 409, code: 'journal-forked', detail: { lastSeq: 1 } });
    till.sale(purse, purse.quick(4), 100n);
    expect(await till.send(3)).toMatchObject({ status: 409, code: 'journal-forked' });
    expect(await written(clearing)).toBe(before);
  });

  it('a new epoch that names a held entry → settled; one that names nothing we hold → journal-forked', async () => {
    till.sale(purse, purse.quick(1), 100n);
    await till.send();
    const held = till.previousHash();
    const opened = (previousHash: Uint8Array) =>
      encodeJournalEntry({
        epoch: 2,
        seq: 1,
        previousHash,
        kind: 'epoch-opened',
        atMs: 0,
        actor: '',
        body: held,
      });
    till.epoch = 2;
    till.entries.splice(0, till.entries.length, opened(random(32)));
    expect(await till.send()).toMatchObject({ status: 409, code: 'journal-forked' });
    till.entries.splice(0, till.entries.length, opened(held));
    till.sale(purse, purse.quick(2), 100n);
    const answer = await till.send();
    expect(outcomesText(answer)).toBe('2:settled');
    expect(answer.ack).toMatchObject({ epoch: 2, seq: 2 });
    expect((await till.outcomes()).ack).toMatchObject({
      epoch: 2,
      seq: 2,
      headHash: journalHash(till.entries[1] ?? held),
    });
  });

  it('a head of another key, terminal or hash → refused, nothing written', async () => {
    till.sale(purse, purse.quick(1), 100n);
    const stranger = await TestTill.enrol(clearing);
    stranger.entries.push(...till.entries);
    const before = await written(clearing);
    const forged = stranger.batch();
    expect(await till.post(forged)).toMatchObject({ status: 400, code: 'forged' });
    expect(await till.post(random(100))).toMatchObject({ status: 400, code: 'malformed' });
    expect(await till.post(new Uint8Array())).toMatchObject({ status: 400, code: 'malformed' });
    expect(await written(clearing)).toBe(before);
  });

  it('nothing sent yet → outcomes with an empty head', async () => {
    const answer = await till.outcomes();
    expect(answer.ack).toMatchObject({ epoch: 1, seq: 0, headHash: new Uint8Array(32), outcomes: [] });
  });
});
