/**
 * Issue "The terminal's engine, complete", point 7: people. Who they are, that nobody rises by themselves, and the PIN with its
 * back-off and lock-out.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../electron/engine/db/open.ts';
import { openStore, type Store } from '../../electron/engine/db/store.ts';
import { adoptPeople } from '../../electron/engine/people/add-person.ts';
import { hashPin } from '../../electron/engine/people/pin.ts';
import { readPersonBody } from '../../shared/protocol/bodies/person.ts';
import { MIGRATIONS, PIN } from '../support/enrolled-terminal.ts';
import { journalOf } from '../support/journal-of.ts';
import {
  add,
  come,
  entries,
  PIN_2,
  refusal,
  restart,
  till,
  tillForEachTest,
  value,
  WRONG_PIN,
} from '../support/people-at-till.ts';

const MINUTE_MS = 60_000;

tillForEachTest();

async function openStoreAndAdopt(folder: string): Promise<Store> {
  const store = await openStore(folder, MIGRATIONS);
  if (!store.ok) throw new Error(store.refusal.code);
  const adopted = adoptPeople(store.value, Date.now());
  if (!adopted.ok) throw new Error(adopted.refusal.code);
  return store.value;
}

describe('7 people: who they are', () => {
  it('added, renamed, another role, off, on, PIN, badge → each an entry with who did it, none with what proves it', async () => {
    const approval = null;
    const personId = await add('Noor', 'cashier');
    await value(till.call('people.rename', { personId, name: 'Noor A.', approval }));
    await value(till.call('people.changeRole', { personId, role: 'lead', approval }));
    await value(till.call('people.setPin', { personId, pin: '615243', approval }));
    const { digits } = await value(till.call('people.issueBadge', { personId, approval }));
    await value(till.call('people.revokeBadge', { personId, approval }));
    await value(till.call('people.unlock', { personId, approval }));
    await value(till.call('people.switchOff', { personId, approval }));
    expect((await value(till.call('people.list', {}))).map(({ name }) => name)).toEqual(['Cashier 1']);
    await value(till.call('people.switchOn', { personId, approval }));
    expect(await value(till.call('people.records', {}))).toContainEqual({
      personId,
      name: 'Noor A.',
      role: 'lead',
      isActive: true,
      hasBadge: false,
      failedTries: 0,
      waitS: 0,
    });

    const changes = entries('person-changed').map((entry) => ({
      actor: entry.actor,
      ...readPersonBody(entry.body),
    }));
    expect(changes[0]).toMatchObject({ personId: 'c1', actor: '', by: null, change: { change: 'added' } });
    expect(changes.slice(1).map(({ change }) => change)).toEqual([
      { change: 'added', name: 'Noor', role: 'cashier' },
      { change: 'renamed', name: 'Noor A.' },
      { change: 'role-changed', role: 'lead' },
      { change: 'pin-set' },
      { change: 'badge-set' },
      { change: 'badge-revoked' },
      { change: 'unlocked' },
      { change: 'switched-off' },
      { change: 'switched-on' },
    ]);
    for (const change of changes.slice(1))
      expect(change).toMatchObject({ personId, actor: 'Cashier 1', by: 'c1', approvedBy: null });

    const file = readFileSync(join(till.folder, 'terminal.db'));
    expect(file.includes(digits)).toBe(false);
    const journal = journalOf(till.folder).map(({ body }) => JSON.stringify(body, (_, one) => String(one)));
    expect(journal.join()).not.toMatch(/argon2/);
  });

  it('a name that somebody has, also in other letters and switched off → user-name-taken', async () => {
    const personId = await add('Noor', 'cashier');
    await value(till.call('people.switchOff', { personId, approval: null }));
    const again = { name: 'ｎOOR', role: 'cashier', pin: PIN_2, approval: null } as const;
    expect(await till.call('people.add', again)).toEqual(refusal('user-name-taken'));
    expect(await till.call('people.rename', { personId: 'c1', name: 'noor', approval: null })).toEqual(
      refusal('user-name-taken'),
    );
  });

  it('renamed while signed in → acts under the new name', async () => {
    await value(till.call('people.rename', { personId: 'c1', name: 'Sam', approval: null }));
    await value(till.call('people.lock', {}));
    expect(entries('signed-out').map(({ actor }) => actor)).toEqual(['Sam']);
  });

  it('a database from before roles → its people are administrators with their PIN, entered once at the next open', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fieldtill-before-roles-'));
    const first = join(folder, 'migrations');
    mkdirSync(first);
    copyFileSync(join(MIGRATIONS, '0010-journal.sql'), join(first, '0010-journal.sql'));
    const before = await openDatabase(folder, first);
    if (!before.ok) throw new Error(before.refusal.code);
    before.value
      .prepare('INSERT INTO cashier (cashier_id, name, pin_hash, failed_tries) VALUES (?, ?, ?, 3)')
      .run('old', 'Old hand', await hashPin(PIN_2));
    before.value.close();

    for (const _open of [1, 2]) (await openStoreAndAdopt(folder)).close();
    const store = await openStoreAndAdopt(folder);
    expect(store.people.list()).toEqual([
      { personId: 'old', name: 'Old hand', role: 'administrator', isActive: true, hasBadge: false },
    ]);
    expect(store.people.secretOf('old')?.failedTries).toBe(3);
    store.close();
    expect(journalOf(folder).map(({ body }) => readPersonBody(body))).toEqual([
      {
        personId: 'old',
        change: { change: 'added', name: 'Old hand', role: 'administrator' },
        by: null,
        approvedBy: null,
      },
    ]);
    rmSync(folder, { recursive: true });
  });
});

describe('7 people: nobody rises by themselves', () => {
  it('a manager gives a role above their own, acts on somebody above, or makes an auditor → not-allowed', async () => {
    const manager = await add('Mo', 'manager');
    const cashier = await add('Noor', 'cashier');
    await value(come(manager));
    const approval = null;
    for (const role of ['administrator', 'auditor'] as const) {
      expect(await till.call('people.add', { name: 'X', role, pin: PIN_2, approval })).toEqual(
        refusal('not-allowed'),
      );
      expect(await till.call('people.changeRole', { personId: cashier, role, approval })).toEqual(
        refusal('not-allowed'),
      );
    }
    const c1 = { personId: 'c1', approval };
    expect(await till.call('people.setPin', { ...c1, pin: PIN_2 })).toEqual(refusal('not-allowed'));
    expect(await till.call('people.issueBadge', c1)).toEqual(refusal('not-allowed'));
    expect(await till.call('people.unlock', c1)).toEqual(refusal('not-allowed'));
    expect(await till.call('people.switchOff', c1)).toEqual(refusal('not-allowed'));
    expect(await till.call('people.changeRole', { personId: cashier, role: 'manager', approval })).toEqual({
      ok: true,
      value: {},
    });
  });

  it('one’s own role, own switch-off → not-allowed, also by a colleague’s leave', async () => {
    const other = await add('Sam', 'administrator');
    const demote = { personId: 'c1', role: 'cashier', approval: null } as const;
    expect(await till.call('people.changeRole', demote)).toEqual(refusal('not-allowed'));
    expect(await till.call('people.switchOff', { personId: 'c1', approval: null })).toEqual(
      refusal('not-allowed'),
    );
    const proof = { by: 'pin', personId: other, pin: PIN_2 } as const;
    const { approval } = await value(till.call('approvals.give', { permission: 'manage-people', proof }));
    expect(await till.call('people.changeRole', { ...demote, personId: other, approval })).toEqual(
      refusal('not-allowed'),
    );
  });

  it('one’s own PIN or own wait without the old PIN → not-allowed; with a colleague’s leave → done', async () => {
    const own = { personId: 'c1', approval: null };
    expect(await till.call('people.setPin', { ...own, pin: PIN_2 })).toEqual(refusal('not-allowed'));
    expect(await till.call('people.unlock', own)).toEqual(refusal('not-allowed'));
    const proof = { by: 'pin', personId: await add('Sam', 'administrator'), pin: PIN_2 } as const;
    const { approval } = await value(till.call('approvals.give', { permission: 'manage-people', proof }));
    expect(await till.call('people.setPin', { ...own, pin: PIN_2, approval })).toEqual({
      ok: true,
      value: {},
    });
    expect(await come('c1', PIN_2)).toMatchObject({ ok: true });
  });

  it('the only administrator → last-administrator; one of two → goes', async () => {
    expect(await till.call('people.switchOff', { personId: 'c1', approval: null })).toEqual(
      refusal('last-administrator'),
    );
    const demote = { personId: 'c1', role: 'manager', approval: null } as const;
    expect(await till.call('people.changeRole', demote)).toEqual(refusal('last-administrator'));
    const other = await add('Sam', 'administrator');
    await value(come(other));
    expect(await till.call('people.switchOff', { personId: 'c1', approval: null })).toEqual({
      ok: true,
      value: {},
    });
    expect(await come('c1')).toEqual(refusal('not-found'));
  });
});

describe('7 people: PIN', () => {
  it.each(['1234', '8765', '7890', '0000', '99999999', '1212', '123123', '2580', '1122'])(
    '%s for somebody new, for another, for oneself → weak-pin',
    async (pin) => {
      const approval = null;
      const weak = refusal('weak-pin');
      expect(await till.call('people.add', { name: 'Noor', role: 'cashier', pin, approval })).toEqual(weak);
      const noor = await add('Noor', 'cashier');
      expect(await till.call('people.setPin', { personId: noor, pin, approval })).toEqual(weak);
      expect(await till.call('people.changePin', { pin: PIN, newPin: pin })).toEqual(weak);
    },
  );

  it.each(['123', '123456789', '12a4', ''])('%j → bad-request', async (pin) => {
    expect(await till.call('people.signIn', { personId: 'c1', pin })).toMatchObject({
      refusal: { code: 'bad-request' },
    });
  });

  it('one’s own PIN: with a wrong old one → wrong-pin; with the right one → the new one holds', async () => {
    const noor = await add('Noor', 'cashier');
    await value(come(noor));
    expect(await till.call('people.changePin', { pin: WRONG_PIN, newPin: '615243' })).toEqual(
      refusal('wrong-pin', { triesLeft: 4 }),
    );
    await value(till.call('people.changePin', { pin: PIN_2, newPin: '615243' }));
    expect(await come(noor, PIN_2)).toMatchObject(refusal('wrong-pin'));
    expect(await come(noor, '615243')).toMatchObject({ ok: true });
  });

  async function lockOut(personId: string): Promise<void> {
    for (const triesLeft of [4, 3, 2, 1])
      expect(await come(personId, WRONG_PIN)).toEqual(refusal('wrong-pin', { triesLeft }));
    expect(await come(personId, WRONG_PIN)).toEqual(refusal('locked-out', { waitS: 30 }));
  }

  it('five wrong → locked-out, also for the right one; each further wrong one doubles the wait', async () => {
    await lockOut('c1');
    expect(await come('c1')).toEqual(refusal('locked-out', { waitS: 30 }));
    till.clock.monotonicMs += 29_001;
    expect(await come('c1')).toEqual(refusal('locked-out', { waitS: 1 }));
    till.clock.monotonicMs += 999;
    expect(await come('c1', WRONG_PIN)).toEqual(refusal('locked-out', { waitS: 60 }));
    till.clock.monotonicMs += MINUTE_MS;
    expect(await come('c1')).toMatchObject({ ok: true });
    expect(await come('c1', WRONG_PIN)).toEqual(refusal('wrong-pin', { triesLeft: 4 }));
    const refused = entries('sign-in-refused').map(({ body, actor }) => [actor, body]);
    expect(refused).toEqual([1, 2, 3, 4, 5, 6, 1].map((tries) => ['Cashier 1', tries]));
  });

  it('the wall clock moved forward or back while locked out → still locked-out', async () => {
    await lockOut('c1');
    for (const ms of [365 * 86_400_000, -700 * 86_400_000]) {
      till.clock.nowMs += ms;
      expect(await come('c1')).toEqual(refusal('locked-out', { waitS: 30 }));
    }
  });

  it('a restart while locked out, with the clock moved forward → the wait begins anew', async () => {
    await lockOut('c1');
    till.clock.monotonicMs += 29_000;
    till.clock.nowMs += 365 * 86_400_000;
    await restart();
    till.clock.monotonicMs += 10_000;
    expect(await come('c1')).toEqual(refusal('locked-out', { waitS: 20 }));
    till.clock.monotonicMs += 20_000;
    expect(await come('c1')).toMatchObject({ ok: true });
  });

  it('many tries at once → no more of them looked at than one after the other', async () => {
    const answers = await Promise.all(Array.from({ length: 9 }, () => come('c1', WRONG_PIN)));
    const codes = answers.map((answer) => (answer.ok ? 'ok' : answer.refusal.code));
    expect(codes.filter((code) => code === 'wrong-pin')).toHaveLength(4);
    expect(entries('sign-in-refused')).toHaveLength(5);
  });

  it('a manager unlocks → may try at once', async () => {
    const noor = await add('Noor', 'cashier');
    await lockOut(noor);
    expect(await value(till.call('people.records', {}))).toContainEqual(
      expect.objectContaining({ personId: noor, failedTries: 5, waitS: 30 }),
    );
    await value(till.call('people.unlock', { personId: noor, approval: null }));
    expect(await come(noor)).toMatchObject({ ok: true });
  });
});
