/**
 * Who may do what, over every call of the contract: a golden table (tests/unit/golden/calls-by-role.md). A call
 * that is new, or whose needs changed, shows here as a line that somebody has to look at:
 * `npx vitest run tests/unit/people-roles.test.ts -u`.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { CallShape } from '../../shared/contract/terminal/call.ts';
import { terminalCalls } from '../../shared/contract/terminal.ts';
import { isAtLeast, may, PERMISSIONS, ROLE_RULES, ROLES, type Role } from '../../shared/people/roles.ts';

const CALLS = Object.entries(terminalCalls as Readonly<Record<string, CallShape>>);

/** Whether leave can be handed in with the call. */
function takesLeave({ params }: CallShape): boolean {
  return params instanceof z.ZodMiniObject && Object.hasOwn(params.shape, 'approval');
}

function standing(role: Role, call: CallShape): string {
  if (call.needs === null) return 'anybody';
  if (call.needs === 'person' || may(role, call.needs)) return 'yes';
  return takesLeave(call) ? 'with leave' : 'no';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

describe('7 people: roles', () => {
  it('every call × every role → as the golden table says', async () => {
    const rows = CALLS.map(([name, call]) => [
      `\`${name}\``,
      call.needs ?? 'nobody signed in',
      ...ROLES.map((role) => standing(role, call)),
    ]);
    const text = table(
      ['call', 'needs', ...ROLES],
      rows.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    );
    await expect(`${text}\n`).toMatchFileSnapshot('./golden/calls-by-role.md');
  });

  it('calls that need a permission → every permission they name is one', () => {
    const known = new Set<string | null>([null, 'person', ...PERMISSIONS]);
    for (const [name, { needs }] of CALLS) expect(known.has(needs), name).toBe(true);
  });

  it('docs/people.md → has the roles as the code has them', () => {
    const permissions = PERMISSIONS.map((permission) => [
      `\`${permission}\``,
      ...ROLES.map((role) => (may(role, permission) ? 'yes' : '')),
    ]);
    const limits = [
      ['discount up to', ...ROLES.map((role) => `${ROLE_RULES[role].discountPercent} %`)],
      ['refund up to, of the policy’s limit', ...ROLES.map((role) => `${ROLE_RULES[role].refundPercent} %`)],
    ];
    const document = readFileSync(new URL('../../docs/people.md', import.meta.url), 'utf8');
    expect(document).toContain(table(['', ...ROLES], [...permissions, ...limits]));
  });

  it('who may give a role → whoever may do all of it, as far', () => {
    const given = Object.fromEntries(
      ROLES.map((role) => [role, ROLES.filter((other) => isAtLeast(role, other))]),
    );
    expect(given).toEqual({
      cashier: ['cashier'],
      lead: ['cashier', 'lead'],
      manager: ['cashier', 'lead', 'manager'],
      administrator: ['cashier', 'lead', 'manager', 'administrator', 'auditor'],
      auditor: ['auditor'],
    });
  });
});
