/**
 * Who may do what at a till (docs/people.md). A role is a set of permissions and two limits; who lacks a
 * permission may have the act approved on the spot by somebody who has it. Pure: the engine asks here, the
 * window asks here what to show, and neither may have a rule of its own.
 */

export const PERMISSIONS = [
  /** Take payments, build orders, park and recall them, show invoices. */
  'sell',
  /** Up to the role's own percent. */
  'discount',
  'override-price',
  'void',
  /** Up to the role's own share of the policy's limit. */
  'refund',
  'reprint',
  'see-history',
  'open-drawer',
  'move-cash',
  /** Open a shift, count, close it. */
  'run-shift',
  /** X reports, Z reports of the past. */
  'see-reports',
  'change-catalogue',
  'manage-people',
  'change-settings',
  'export',
  'backup',
  /** Sign out, close the day or uninstall while something is unsent. */
  'leave-unsent',
  'train',
  'reconcile',
  /** Verify the journal, rebuild the views, read every entry. */
  'audit',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** For ever: positions are in journals. */
export const ROLES = ['cashier', 'lead', 'manager', 'administrator', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

export interface RoleRules {
  readonly permissions: readonly Permission[];
  /** The largest discount of a line or an order, in percent of its price. */
  readonly discountPercent: number;
  /** Share of the policy's refund limits, in percent. */
  readonly refundPercent: number;
}

const CASHIER: readonly Permission[] = [
  'sell',
  'discount',
  'reprint',
  'see-history',
  'run-shift',
  'see-reports',
  'train',
];
const LEAD: readonly Permission[] = [...CASHIER, 'void', 'refund', 'open-drawer', 'move-cash'];
const MANAGER: readonly Permission[] = [
  ...LEAD,
  'override-price',
  'change-catalogue',
  'manage-people',
  'export',
  'backup',
  'leave-unsent',
  'reconcile',
];

export const ROLE_RULES: Readonly<Record<Role, RoleRules>> = {
  cashier: { permissions: CASHIER, discountPercent: 5, refundPercent: 0 },
  lead: { permissions: LEAD, discountPercent: 20, refundPercent: 25 },
  manager: { permissions: MANAGER, discountPercent: 100, refundPercent: 100 },
  administrator: { permissions: PERMISSIONS, discountPercent: 100, refundPercent: 100 },
  auditor: {
    permissions: ['see-history', 'see-reports', 'export', 'audit'],
    discountPercent: 0,
    refundPercent: 0,
  },
};

/** Whether `role` may do everything that `other` may, as far: who gives a role or acts on its holder must be so. */
export function isAtLeast(role: Role, other: Role): boolean {
  const [own, theirs] = [ROLE_RULES[role], ROLE_RULES[other]];
  return (
    theirs.permissions.every((permission) => own.permissions.includes(permission)) &&
    own.discountPercent >= theirs.discountPercent &&
    own.refundPercent >= theirs.refundPercent
  );
}

export function may(role: Role, permission: Permission): boolean {
  return ROLE_RULES[role].permissions.includes(permission);
}
