/**
 * Issue "The terminal's engine, complete", point 7: people. Leave on the spot, every call in every role, and a journal that
 * knows who did each sensitive act and who approved it.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallShape } from '../../shared/contract/terminal/call.ts';
import { type TerminalCall, terminalCalls } from '../../shared/contract/terminal.ts';
import { may, type Permission, ROLES } from '../../shared/people/roles.ts';
import { readApprovalBody } from '../../shared/protocol/bodies/approval.ts';
import { readPersonBody } from '../../shared/protocol/bodies/person.ts';
import { PIN } from '../support/enrolled-terminal.ts';
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
import { sampleOf } from '../support/sample-params.ts';

const MINUTE_MS = 60_000;

tillForEachTest();

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
    await restart();
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
      expect(await give('refund', mo, WRONG_PIN)).toEqual(refusal('wrong-pin', { triesLeft }));
    expect(await give('refund', mo, WRONG_PIN)).toEqual(refusal('locked-out', { waitS: 30 }));
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
  /** Tried where what they act on is: an open order, a payment, an import, rules of the shop, a clock gone wrong, something unsent, a receipt. */
  const elsewhere: readonly TerminalCall[] = [
    'orders.overridePrice',
    'refunds.make',
    'refunds.void',
    'catalogue.finishImport',
    'settings.setMerchantPolicy',
    'clock.confirm',
    'exports.unsent',
    'payments.import',
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
