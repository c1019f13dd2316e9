/**
 * Issue "The terminal's engine, complete", point 7: people. Badges, and changing over at the till.
 */
import { describe, expect, it } from 'vitest';
import { readSettingBody } from '../../shared/protocol/bodies/setting.ts';
import { enrolledTerminal, PIN } from '../support/enrolled-terminal.ts';
import { journalOf } from '../support/journal-of.ts';
import {
  add,
  come,
  entries,
  refusal,
  restart,
  till,
  tillForEachTest,
  value,
  WRONG_PIN,
} from '../support/people-at-till.ts';
import { codeText, presentedOf, purseOf, quickFields } from '../support/protocol-fixture.ts';

tillForEachTest();

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
    await restart();
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
    expect(await scan(digits, WRONG_PIN)).toEqual(refusal('wrong-pin', { triesLeft: 4 }));
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
    expect(await come(noor, WRONG_PIN)).toMatchObject(refusal('wrong-pin'));
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
