/** A shop's own rules at the engine: kept by the journal, only ever stricter, and obeyed by every decision. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallParams } from '../../shared/contract/terminal.ts';
import { enrolledTerminal, PIN, type TestTerminal } from '../support/enrolled-terminal.ts';
import { codeText, EPOCH_S, presentedOf, purseOf, quickFields } from '../support/protocol-fixture.ts';

type Rules = CallParams<'settings.setMerchantPolicy'>['rules'];

const NONE: Rules = {
  clockToleranceS: null,
  quickTtlMaxS: null,
  invoiceTtlS: null,
  trustAge: [],
  actions: [],
  limits: [],
  randomSelection: null,
};

let terminal: TestTerminal;
beforeEach(async () => {
  terminal = await enrolledTerminal();
});
afterEach(() => terminal.close());

async function set(change: Partial<Rules>, till = terminal): Promise<unknown> {
  const result = await till.call('settings.setMerchantPolicy', {
    rules: { ...NONE, ...change },
    approval: null,
  });
  return result.ok ? 'ok' : result.refusal;
}

async function get(till = terminal) {
  const result = await till.call('settings.getMerchantPolicy', {});
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}

let purses = 0;
async function pay(minor: string, till = terminal): Promise<string> {
  const purse = purseOf({ name: `settings purse ${++purses}` });
  const scan = codeText(presentedOf(purse, quickFields({ iatS: EPOCH_S + 3600, capMinor: 10_000n })));
  const answer = await till.call('payments.accept', { amount: { minor, currency: 'EUR' }, scan });
  if (!answer.ok) return answer.refusal.code;
  return answer.value.verdict === 'approved' ? 'approved' : answer.value.refusal.code;
}

const QUICK_20: Rules['limits'] = [{ limit: 'quickPayment', lower: '1000', upper: '2000' }];

describe('1 Decisions: a merchant may only make the policy stricter', () => {
  it('no rules → the clearing house’s policy, told as what may not be gone below', async () => {
    const { rules, signed } = await get();
    expect(rules).toEqual(NONE);
    expect(signed?.limits).toContainEqual({ limit: 'quickPayment', lower: '5000', upper: '10000' });
    expect(await pay('6000')).toBe('approved');
  });

  it('a lower limit → obeyed at once, kept over a restart, rebuilt from the journal', async () => {
    expect(await set({ limits: QUICK_20 })).toBe('ok');
    expect(await pay('2001')).toBe('limit-payment');
    expect(await pay('2000')).toBe('approved');
    terminal = await terminal.reopen();
    await terminal.call('people.signIn', { personId: 'c1', pin: PIN });
    expect((await get()).rules.limits).toEqual(QUICK_20);
    expect(await pay('2001')).toBe('limit-payment');
    const rebuilt = await terminal.engine.rebuildViews(false);
    expect(rebuilt.ok && rebuilt.value.tables.filter(({ differing }) => differing > 0)).toEqual([]);
  });

  it('each rule that is obeyed elsewhere → invoices end sooner, exposure is shown with its limit', async () => {
    await set({ invoiceTtlS: 30, limits: [{ limit: 'exposureAmount', lower: '100', upper: '5000' }] });
    const issued = await terminal.call('invoices.issue', {
      amount: { minor: '500', currency: 'EUR' },
      reference: '',
    });
    expect(issued.ok && issued.value.expiresAtMs).toBe((EPOCH_S + 3600 + 30) * 1000);
    const state = await terminal.call('state.get', {});
    expect(state.ok && state.value.sync.exposure?.limit.minor).toBe('5000');
    expect(await pay('4000')).toBe('approved');
    expect(await pay('1001')).toBe('limit-exposure-amount');
  });

  it('new rules → in place of the old ones; none → the policy again', async () => {
    await set({ limits: QUICK_20 });
    await set({ quickTtlMaxS: 20 });
    expect((await get()).rules.limits).toEqual([]);
    expect(await pay('3000')).toBe('approved');
    await set({});
    expect((await get()).rules).toEqual(NONE);
  });

  it('a rule that would be milder → rule-milder by its name, and nothing changes', async () => {
    const milder: readonly (readonly [string, Partial<Rules>])[] = [
      ['invoiceTtlS', { invoiceTtlS: 301 }],
      ['limits.quickPayment', { limits: [{ limit: 'quickPayment', lower: '0', upper: '10001' }] }],
      [
        'actions.limit-trust-age:above',
        { actions: [{ finding: 'limit-trust-age:above', online: 'approve', offline: 'approve' }] },
      ],
    ];
    await set({ limits: QUICK_20 });
    for (const [rule, change] of milder) {
      expect(await set(change)).toEqual({ code: 'rule-milder', detail: { rule } });
    }
    expect((await get()).rules.limits).toEqual(QUICK_20);
  });

  it.each<[string, unknown]>([
    ['bounds upside down', { limits: [{ limit: 'quickPayment', lower: '2', upper: '1' }] }],
    ['a limit twice', { limits: [...QUICK_20, ...QUICK_20] }],
    ['a limit that is none', { limits: [{ limit: 'cash', lower: '1', upper: '1' }] }],
    [
      'a refusal by lot',
      { actions: [{ finding: 'random-selection', online: 'decline', offline: 'decline' }] },
    ],
    ['an amount that is no number', { limits: [{ limit: 'quickPayment', lower: '1e3', upper: '9e9' }] }],
    [
      'ages that fall',
      {
        trustAge: [
          { fromH: 5, percent: 50 },
          { fromH: 4, percent: 20 },
        ],
      },
    ],
    ['a rule that nobody knows', { cashback: true }],
  ])('%s → bad-request, and nothing changes', async (_what, change) => {
    expect(await set(change as Partial<Rules>)).toMatchObject({ code: 'bad-request' });
    expect((await get()).rules).toEqual(NONE);
  });
});
