/** Issuer keys from their making to their end, at a real terminal: before and after each edge. */
import { expect, it } from 'vitest';
import { keysFromSeeds } from '../../clearing/keys.ts';
import { toHex } from '../../shared/bytes.ts';
import { pictureText } from '../../shared/protocol/picture.ts';
import { random, startTestClearing } from '../support/clearing.ts';
import { TestCustomer, type TestPurse } from '../support/clearing-customer.ts';
import { freshDatabase } from '../support/postgres.ts';
import { SyncedTerminal } from '../support/synced-terminal.ts';

const DAY_MS = 86_400_000;

it('a further key: signs from its first second on and not before; the old one retired: what it signed stays, as of its end', async () => {
  const database = await freshDatabase();
  const clock = { nowMs: Math.floor(Date.now() / 1000) * 1000 };
  const seeds = { root: random(32), issuers: [random(32)], box: random(32) };
  const first = await startTestClearing({ databaseUrl: database.url, keys: keysFromSeeds(seeds), clock });
  const [oldKid = ''] = first.keys.issuers.map(({ kid }) => toHex(kid));
  await first.stop();
  const keys = keysFromSeeds({ ...seeds, issuers: [...seeds.issuers, random(32)] });
  const clearing = await startTestClearing({ databaseUrl: database.url, keys, clock });
  const newKid = keys.issuers.map(({ kid }) => toHex(kid)).find((kid) => kid !== oldKid) ?? '';
  const terminal = await SyncedTerminal.enrol(clearing);
  const pass = (ms: number): void => {
    clock.nowMs += ms;
    terminal.pass(ms);
  };
  const signing = async (): Promise<string | undefined> => {
    const { body } = await clearing.call('trustState', { operator: true });
    return body.issuers.find(({ signsNow }) => signsNow)?.kid;
  };
  const retire = async (kid: string, asOfMs: number) => {
    const path = `/v1/admin/issuers/${kid}/retirement`;
    return await clearing.call('retireIssuer', { body: { asOfMs }, path, operator: true });
  };
  let counter = 0;
  const pay = (purse: TestPurse): Promise<string> => {
    counter += 1;
    const payment = purse.quick(counter);
    return terminal.accept(pictureText({ kind: 'presented', certificate: purse.certificate, payment }));
  };
  const customer = await TestCustomer.register(clearing);
  const kidOf = (purse: TestPurse) => toHex(purse.certificate.kid);
  try {
    // the other does not sign yet: the only one that does cannot be taken away
    expect((await retire(oldKid, clock.nowMs)).status).toBe(400);
    expect((await retire('00000000', clock.nowMs)).status).toBe(404);
    const { body } = await clearing.call('trustState', { operator: true });
    const begins = body.issuers.find(({ kid }) => kid === newKid)?.notBeforeMs ?? 0;
    expect(begins).toBe(clock.nowMs + 7 * DAY_MS);
    expect(body.issuers.every(({ isAtHand }) => isAtHand)).toBe(true);

    // what it asks by itself is answered before the clocks leap
    expect(await terminal.sync()).toBe('online');
    // a terminal that was offline since it learnt of the key
    pass(begins - clock.nowMs - 1000);
    expect(await terminal.sync()).toBe('online');
    expect(await signing()).toBe(oldKid);
    const before = await customer.purse();
    expect(kidOf(before)).toBe(oldKid);
    terminal.isCut = true;
    pass(1000);
    expect(await signing()).toBe(newKid);
    const after = await customer.purse();
    expect(kidOf(after)).toBe(newKid);
    expect(await pay(after)).toBe('approved');
    expect(await pay(before)).toBe('approved');
    terminal.isCut = false;
    expect(await terminal.sync()).toBe('online');

    // retired as of a moment: certificates of that second and before stay good, later ones do not
    pass(60_000);
    expect((await retire(oldKid, clock.nowMs + 1000)).status).toBe(400);
    const done = await retire(oldKid, clock.nowMs);
    expect(done.status).toBe(200);
    expect((await retire(oldKid, clock.nowMs)).body).toEqual(done.body);
    // never later again
    expect((await retire(oldKid, clock.nowMs - 1000)).status).toBe(200);
    expect((await retire(oldKid, clock.nowMs)).status).toBe(400);
    expect(await terminal.sync()).toBe('online');
    expect(await pay(before)).toBe('approved');
    // taken before the purse was made: nothing of it since then is believed
    expect((await retire(oldKid, before.certificate.iatS * 1000)).status).toBe(200);
    expect(await terminal.sync()).toBe('online');
    expect(await pay(before)).toBe('untrusted');
    expect(await pay(after)).toBe('approved');
    expect((await retire(newKid, clock.nowMs)).status).toBe(400);
  } finally {
    terminal.close();
    await clearing.stop();
    await database.drop();
  }
});
