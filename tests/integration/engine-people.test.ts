/**
 * Issue "The terminal's engine, complete", point 7: people. Roles and what they may, PIN with back-off and
 * lock-out, badge, fast switch, leave on the spot, and a journal that knows who did it and who approved.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../electron/engine/db/open.ts';
import { openStore, type Store } from '../../electron/engine/db/store.ts';
import { adoptPeople } from '../../electron/engine/people/add-person.ts';
import { hashPin } from '../../electron/engine/people/pin.ts';
import type { CallShape } from '../../shared/contract/terminal/call.ts';
import { type TerminalCall, terminalCalls } from '../../shared/contract/terminal.ts';
import { may, type Permission, ROLES, type Role } from '../../shared/people/roles.ts';
import { readApprovalBody } from '../../shared/protocol/bodies/approval.ts';
import { readPersonBody } from '../../shared/protocol/bodies/person.ts';
import { readSettingBody } from '../../shared/protocol/bodies/setting.ts';
import type { JournalKind } from '../../shared/protocol/journal-entry.ts';
import { enrolledTerminal, MIGRATIONS, PIN, type TestTerminal } from '../support/enrolled-terminal.ts';
import { journalOf } from '../support/journal-of.ts';
import { codeText, presentedOf, purseOf, quickFields } from '../support/protocol-fixture.ts';
import { sampleOf } from '../support/sample-params.ts';

const MINUTE_MS = 60_000;
/** The pin of everybody whom a test adds. */
const PIN_2 = '840271';
const WRONG = '902716';

let till: TestTerminal;
beforeEach(async () => {
  till = await enrolledTerminal();
});
afterEach(() => till.close());

async function value<T>(
  answer: Promise<{ ok: true; value: T } | { ok: false; refusal: { code: string } }>,
): Promise<T> {
  const result = await answer;
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}

async function add(name: string, role: Role): Promise<string> {
  return (await value(till.call('people.add', { name, role, pin: PIN_2, approval: null }))).personId;
}

function come(personId: string, pin = personId === 'c1' ? PIN : PIN_2) {
  return till.call('people.switch', { proof: { by: 'pin', personId, pin } });
}

/** Entries of one kind, after the engine has gone. */
function entries(kind: JournalKind) {
  till.engine.close();
  return journalOf(till.folder).filter((entry) => entry.kind === kind);
}

const refusal = (code: string, detail?: Record<string, unknown>) =>
  detail === undefined ? { ok: false, refusal: { code } } : { ok: false, refusal: { code, detail } };

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
    expect(await till.call('people.changePin', { pin: WRONG, newPin: '615243' })).toEqual(
      refusal('wrong-pin', { triesLeft: 4 }),
    );
    await value(till.call('people.changePin', { pin: PIN_2, newPin: '615243' }));
    expect(await come(noor, PIN_2)).toMatchObject(refusal('wrong-pin'));
    expect(await come(noor, '615243')).toMatchObject({ ok: true });
  });

  async function lockOut(personId: string): Promise<void> {
    for (const triesLeft of [4, 3, 2, 1])
      expect(await come(personId, WRONG)).toEqual(refusal('wrong-pin', { triesLeft }));
    expect(await come(personId, WRONG)).toEqual(refusal('locked-out', { waitS: 30 }));
  }

  it('five wrong → locked-out, also for the right one; each further wrong one doubles the wait', async () => {
    await lockOut('c1');
    expect(await come('c1')).toEqual(refusal('locked-out', { waitS: 30 }));
    till.clock.monotonicMs += 29_001;
    expect(await come('c1')).toEqual(refusal('locked-out', { waitS: 1 }));
    till.clock.monotonicMs += 999;
    expect(await come('c1', WRONG)).toEqual(refusal('locked-out', { waitS: 60 }));
    till.clock.monotonicMs += MINUTE_MS;
    expect(await come('c1')).toMatchObject({ ok: true });
    expect(await come('c1', WRONG)).toEqual(refusal('wrong-pin', { triesLeft: 4 }));
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
    till = await till.reopen();
    till.clock.monotonicMs += 10_000;
    expect(await come('c1')).toEqual(refusal('locked-out', { waitS: 20 }));
    till.clock.monotonicMs += 20_000;
    expect(await come('c1')).toMatchObject({ ok: true });
  });

  it('many tries at once → no more of them looked at than one after the other', async () => {
    const answers = await Promise.all(Array.from({ length: 9 }, () => come('c1', WRONG)));
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

describe('7 people: badge', () => {
  async function badgeOf(personId: string): Promise<string> {
    return (await value(till.call('people.issueBadge', { personId, approval: null }))).digits;
  }
  const scan = (badge: string, pin: string | null = null) =>
    till.call('people.switch', { proof: { by: 'badge', badge, pin } });

  it('printed digits → a scanner’s text that signs in, also after a restart', async () => {
    const noor = await add('Noor', 'cashier');
    const digits = await badgeOf(noor);
    expect(digits).toMatch(/^[0-9]{40,60}$/);
    expect(await scan(`${digits}\n`)).toEqual({
      ok: true,
      value: { personId: noor, name: 'Noor', role: 'cashier' },
    });
    till = await till.reopen();
    expect(await scan(digits)).toMatchObject({ ok: true });
  });

  it('revoked, replaced, or of somebody switched off → wrong-badge at once; a revoked one is noted', async () => {
    const noor = await add('Noor', 'cashier');
    const first = await badgeOf(noor);
    const second = await badgeOf(noor);
    expect(await scan(first)).toEqual(refusal('wrong-badge'));
    await value(till.call('people.revokeBadge', { personId: noor, approval: null }));
    expect(await scan(second)).toEqual(refusal('wrong-badge'));
    const third = await badgeOf(noor);
    await value(till.call('people.switchOff', { personId: noor, approval: null }));
    expect(await scan(third)).toEqual(refusal('wrong-badge'));
    expect(entries('sign-in-refused').map(({ actor, body }) => [actor, body])).toEqual([
      ['Noor', 0],
      ['Noor', 0],
    ]);
  });

  it('a badge of another terminal → wrong-badge; a misread one → unreadable', async () => {
    const other = await enrolledTerminal();
    const foreign = await other.call('people.issueBadge', { personId: 'c1', approval: null });
    other.close();
    expect(await scan(foreign.ok ? foreign.value.digits : '')).toEqual(refusal('wrong-badge'));
    const own = await badgeOf('c1');
    expect(await scan(own.slice(0, -3) + String(9 - Number(own.at(-3))) + own.slice(-2))).toEqual(
      refusal('unreadable'),
    );
  });

  it('the shop wants the PIN as well → pin-needed, wrong-pin, and both together', async () => {
    const digits = await badgeOf('c1');
    await value(till.call('settings.change', { name: 'badge-needs-pin', isOn: true, approval: null }));
    expect(await scan(digits)).toEqual(refusal('pin-needed'));
    expect(await scan(digits, WRONG)).toEqual(refusal('wrong-pin', { triesLeft: 4 }));
    expect(await scan(digits, PIN)).toMatchObject({ ok: true });
    expect(await value(till.call('settings.list', {}))).toContainEqual({
      name: 'badge-needs-pin',
      isOn: true,
    });
    const changes = entries('setting-changed').map(({ actor, body }) => [actor, readSettingBody(body)]);
    expect(changes).toEqual([['Cashier 1', { name: 'badge-needs-pin', isOn: true, approvedBy: null }]]);
  });

  it('a badge is no payment, and a payment is no badge', async () => {
    const digits = await badgeOf('c1');
    const amount = { minor: '100', currency: 'EUR' };
    expect(await till.call('payments.accept', { amount, scan: digits })).toMatchObject({
      ok: true,
      value: { verdict: 'declined', refusal: { code: 'malformed' } },
    });
    expect(await scan(codeText(presentedOf(purseOf(), quickFields())))).toEqual(refusal('wrong-badge'));
  });
});

describe('7 people: coming and going', () => {
  it('switched in one call → the journal says who left and who came; a wrong PIN changes nobody', async () => {
    const noor = await add('Noor', 'cashier');
    expect(await come(noor, WRONG)).toMatchObject(refusal('wrong-pin'));
    expect((await value(till.call('state.get', {}))).cashier).toMatchObject({ personId: 'c1' });
    await value(come(noor));
    expect((await value(till.call('state.get', {}))).cashier).toMatchObject({ personId: noor });
    await value(till.call('people.lock', {}));
    expect((await value(till.call('state.get', {}))).phase).toBe('signed-out');
    expect(await till.call('people.lock', {})).toEqual(refusal('not-signed-in'));
    till.engine.close();
    const moves = journalOf(till.folder)
      .filter(({ kind }) => kind === 'signed-in' || kind === 'signed-out')
      .map(({ kind, actor, body }) => [kind, actor, body]);
    expect(moves).toEqual([
      ['signed-in', 'Cashier 1', 'c1'],
      ['signed-out', 'Cashier 1', 'c1'],
      ['signed-in', 'Noor', noor],
      ['signed-out', 'Noor', noor],
    ]);
  });
});

describe('7 people: leave on the spot', () => {
  let noor: string;
  let mo: string;
  beforeEach(async () => {
    noor = await add('Noor', 'cashier');
    mo = await add('Mo', 'manager');
    await value(come(noor));
  });
  const give = (permission: 'manage-people' | 'change-settings' | 'refund', personId = mo, pin = PIN_2) =>
    till.call('approvals.give', { permission, proof: { by: 'pin', personId, pin } });
  const unlock = (approval: string | null) => till.call('people.unlock', { personId: noor, approval });
  const needed = refusal('approval-needed', { permission: 'manage-people' });

  it('asked without leave → approval-needed; with leave → done once, with who and who approved', async () => {
    expect(await unlock(null)).toEqual(needed);
    const given = await value(give('manage-people'));
    expect(given).toEqual({
      approval: expect.stringMatching(/^[0-9a-f]{32}$/),
      approver: { personId: mo, name: 'Mo', role: 'manager' },
      validS: 60,
    });
    expect(await unlock(given.approval)).toEqual({ ok: true, value: {} });
    expect(await unlock(given.approval)).toEqual(needed);
    till.engine.close();
    const journal = journalOf(till.folder);
    expect(
      journal
        .filter(({ kind }) => kind === 'approval-given')
        .map(({ actor, body }) => [actor, readApprovalBody(body)]),
    ).toEqual([['Mo', { permission: 'manage-people', approver: mo, forPerson: noor }]]);
    const last = journal.at(-1);
    expect(last?.actor).toBe('Noor');
    expect(readPersonBody(last?.body ?? null)).toMatchObject({
      personId: noor,
      change: { change: 'unlocked' },
      by: noor,
      approvedBy: mo,
    });
  });

  it('a minute later, for another permission, invented, or after a restart → approval-needed', async () => {
    const late = await value(give('manage-people'));
    till.clock.monotonicMs += MINUTE_MS;
    till.clock.nowMs -= MINUTE_MS;
    expect(await unlock(late.approval)).toEqual(needed);
    expect(await unlock((await value(give('refund'))).approval)).toEqual(needed);
    expect(await unlock('0'.repeat(32))).toEqual(needed);
    const { approval } = await value(give('manage-people'));
    till = await till.reopen();
    await value(come(noor));
    expect(await unlock(approval)).toEqual(needed);
  });

  it('given for one who has left since, or by one who was switched off since → approval-needed', async () => {
    const first = await value(give('manage-people'));
    const kim = await value(come('c1')).then(() => add('Kim', 'cashier'));
    await value(come(kim));
    expect(await unlock(first.approval)).toEqual(needed);
    const second = await value(give('manage-people'));
    const byAdministrator = await value(give('manage-people', 'c1', PIN));
    await value(till.call('people.switchOff', { personId: mo, approval: byAdministrator.approval }));
    expect(await unlock(second.approval)).toEqual(needed);
  });

  it('by somebody who may not either → not-allowed; wrong PINs → tries of the approver', async () => {
    expect(await give('change-settings')).toEqual(refusal('not-allowed'));
    for (const triesLeft of [4, 3, 2, 1])
      expect(await give('refund', mo, WRONG)).toEqual(refusal('wrong-pin', { triesLeft }));
    expect(await give('refund', mo, WRONG)).toEqual(refusal('locked-out', { waitS: 30 }));
    expect(await give('refund')).toMatchObject(refusal('locked-out'));
    expect(await come(mo)).toMatchObject(refusal('locked-out'));
    expect(entries('approval-given')).toEqual([]);
  });

  it('by badge → given', async () => {
    await value(come('c1'));
    const { digits } = await value(till.call('people.issueBadge', { personId: mo, approval: null }));
    await value(come(noor));
    const proof = { by: 'badge', badge: digits, pin: null } as const;
    const { approval } = await value(till.call('approvals.give', { permission: 'manage-people', proof }));
    expect(await unlock(approval)).toEqual({ ok: true, value: {} });
  });

  it('an administrator’s leave for what a manager may not → counts as theirs, to make a manager an administrator', async () => {
    await value(come(mo));
    const raise = { personId: noor, role: 'administrator' } as const;
    expect(await till.call('people.changeRole', { ...raise, approval: null })).toEqual(
      refusal('not-allowed'),
    );
    const { approval } = await value(give('manage-people', 'c1', PIN));
    expect(await till.call('people.changeRole', { ...raise, approval })).toEqual({ ok: true, value: {} });
  });
});

describe('7 people: every call of the contract', () => {
  const calls = Object.entries(terminalCalls as Readonly<Record<string, CallShape>>);
  const guarded = calls.filter(([, { needs }]) => needs !== null);

  it('nobody signed in → not-signed-in', async () => {
    await value(till.call('people.lock', {}));
    for (const [name, { params }] of guarded)
      expect(await till.engine.call(name, sampleOf(params)), name).toEqual(refusal('not-signed-in'));
  });

  it.each(ROLES)(
    'a %s asks for what the role may not → approval-needed, and nothing is written',
    async (role) => {
      const personId = await add('Noor', role);
      await value(come(personId));
      for (const [name, { needs, params }] of guarded) {
        if (needs === null || needs === 'person' || may(role, needs)) continue;
        const answer = await till.engine.call(name, sampleOf(params));
        expect(answer, name).toEqual(refusal('approval-needed', { permission: needs }));
      }
      till.engine.close();
      expect(journalOf(till.folder).at(-1)).toMatchObject({ kind: 'signed-in', actor: 'Noor' });
    },
  );
});

describe('7 people: each sensitive act', () => {
  const tidy = { taxRateId: 'low', name: '7 %', basisPoints: 700 } as const;
  const item = {
    itemId: 'i1',
    name: 'Bread',
    categoryId: null,
    price: { minor: '240', currency: 'EUR' },
    taxRateId: 'low',
    isTaxIncluded: true,
    barcodes: [],
    isFavourite: false,
  } as const;
  /** In this order; `WHO` is a colleague whom it is about. */
  const acts: readonly (readonly [TerminalCall, Readonly<Record<string, unknown>>])[] = [
    ['people.add', { name: 'Kim', role: 'cashier', pin: PIN_2 }],
    ['people.rename', { personId: 'WHO', name: 'Sam S.' }],
    ['people.changeRole', { personId: 'WHO', role: 'lead' }],
    ['people.setPin', { personId: 'WHO', pin: '615243' }],
    ['people.issueBadge', { personId: 'WHO' }],
    ['people.revokeBadge', { personId: 'WHO' }],
    ['people.unlock', { personId: 'WHO' }],
    ['people.switchOff', { personId: 'WHO' }],
    ['people.switchOn', { personId: 'WHO' }],
    ['settings.change', { name: 'badge-needs-pin', isOn: true }],
    ['catalogue.putTaxRate', tidy],
    ['catalogue.putCategory', { categoryId: null, name: 'Bakery' }],
    ['catalogue.putInStoreCode', { prefix: '21', holds: 'price' }],
    ['catalogue.putItem', { item }],
    ['catalogue.removeItem', { itemId: 'i1' }],
    ['shifts.moveCash', { direction: 'in', amount: { minor: '500', currency: 'EUR' }, reason: 'change' }],
    ['shifts.openDrawer', { reason: 'jammed' }],
    ['backups.make', {}],
    ['backups.setSecondCopy', { path: null }],
  ];
  /** Tried where what they act on is: an open order, a payment, an import, rules of the shop, a clock gone wrong. */
  const elsewhere: readonly TerminalCall[] = [
    'orders.overridePrice',
    'refunds.make',
    'refunds.void',
    'catalogue.finishImport',
    'settings.setMerchantPolicy',
    'clock.confirm',
  ];

  it('every call that a cashier needs leave for → is tried here, or where it belongs', () => {
    const lent = Object.entries(terminalCalls as Readonly<Record<string, CallShape>>).filter(
      ([, { needs, params }]) =>
        needs !== null &&
        needs !== 'person' &&
        !may('cashier', needs) &&
        Object.hasOwn(sampleOf(params) as object, 'approval'),
    );
    expect(lent.map(([name]) => name).toSorted()).toEqual(
      [...acts.map(([name]) => name), ...elsewhere].toSorted(),
    );
  });

  it('done by a cashier with an administrator’s leave → an entry with both', async () => {
    const who = await add('Sam', 'cashier');
    const noor = await add('Noor', 'cashier');
    await value(come(noor));
    const float = { total: { minor: '10000', currency: 'EUR' }, pieces: null };
    await value(till.call('shifts.open', { float, approval: null }));
    for (const [name, params] of acts) {
      const permission = terminalCalls[name].needs as Permission;
      const proof = { by: 'pin', personId: 'c1', pin: PIN } as const;
      const { approval } = await value(till.call('approvals.give', { permission, proof }));
      const about = 'personId' in params ? { ...params, personId: who } : params;
      expect(await till.engine.call(name, { ...about, approval }), name).toMatchObject({ ok: true });
    }
    till.engine.close();
    const journal = journalOf(till.folder);
    const leaves = journal.flatMap(({ kind }, at) => (kind === 'approval-given' ? [at] : []));
    expect(leaves).toHaveLength(acts.length);
    for (const [i, at] of leaves.entries()) {
      const act = journal[at + 1];
      const name = acts[i]?.[0];
      expect(act?.actor, name).toBe('Noor');
      expect(
        JSON.stringify(act?.body, (_, one) => (typeof one === 'bigint' ? Number(one) : one)),
        name,
      ).toContain('"c1"');
    }
  });
});
