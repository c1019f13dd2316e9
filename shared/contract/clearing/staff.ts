/**
 * Routes of people who work for a merchant or for the institution. A path that names a merchant is open to the
 * institution's staff and to that merchant's own; to everybody else the merchant does not exist.
 */
import * as z from 'zod/mini';
import { OUTCOME_STATES, REJECT_REASONS } from '../../protocol/acknowledgement.ts';
import { currency, displayName, hexId, minor, nothing, password, timeMs, userName } from './fields.ts';

export const MERCHANT_ROLES = ['owner', 'manager', 'viewer'] as const;
export const INSTITUTION_ROLES = ['administrator', 'operator', 'auditor'] as const;
export type MerchantRole = (typeof MERCHANT_ROLES)[number];
export type InstitutionRole = (typeof INSTITUTION_ROLES)[number];
export type StaffRole = MerchantRole | InstitutionRole;

/** What a route needs: to look, to run the business, or to decide about people. */
export type StaffNeed = 'look' | 'run' | 'people';
export const STAFF_NEEDS: Readonly<Record<StaffRole, readonly StaffNeed[]>> = {
  owner: ['look', 'run', 'people'],
  manager: ['look', 'run'],
  viewer: ['look'],
  administrator: ['look', 'run', 'people'],
  operator: ['look', 'run'],
  auditor: ['look'],
};

const merchantRole = z.enum(MERCHANT_ROLES);
const institutionRole = z.enum(INSTITUTION_ROLES);

const staffView = z.strictObject({
  staffId: hexId(8),
  userName,
  role: z.enum([...MERCHANT_ROLES, ...INSTITUTION_ROLES]),
  /** Null: of the institution. */
  merchantId: z.nullable(hexId(8)),
});

const colleague = z.strictObject({
  staffId: hexId(8),
  userName,
  role: z.enum([...MERCHANT_ROLES, ...INSTITUTION_ROLES]),
  createdAtMs: timeMs,
});

const branchView = z.strictObject({
  branchId: hexId(8),
  displayName,
  /** Where terminals are that were enrolled without naming a branch. */
  isDefault: z.boolean(),
  createdAtMs: timeMs,
});

const terminalView = z.strictObject({
  terminalId: hexId(8),
  branchId: hexId(8),
  enrolledAtMs: timeMs,
  /** Of the certificate. */
  expiresAtMs: timeMs,
  isRevoked: z.boolean(),
  /** Null: never since it was enrolled. Exact to a minute. */
  lastContactAtMs: z.nullable(timeMs),
  outcomes: z.int(),
});

const merchantPayment = z.strictObject({
  /** 1…n of the terminal; the cursor of pages. */
  number: z.int(),
  /** Null of what could not be read as a payment of a purse of ours. */
  paymentId: z.nullable(hexId(16)),
  /** Set of a refund of that payment. */
  refundId: z.nullable(hexId(16)),
  amountMinor: z.nullable(minor),
  currency: z.nullable(currency),
  state: z.enum(OUTCOME_STATES),
  reason: z.nullable(z.enum(REJECT_REASONS)),
  /** By the terminal's clock. */
  soldAtMs: z.nullable(timeMs),
  decidedAtMs: timeMs,
});

const ofMerchant = z.strictObject({ merchantId: hexId(8) });

export const staffRoutes = {
  staffSignIn: {
    method: 'POST',
    path: '/v1/staff/sessions',
    guard: 'open',
    status: 200,
    body: z.strictObject({ userName: z.string().check(z.maxLength(64)), password }),
    answer: staffView,
  },
  staffSignOut: {
    method: 'DELETE',
    path: '/v1/staff/sessions',
    guard: 'staff',
    needs: 'look',
    status: 200,
    answer: nothing,
  },
  /** Ends every session of whoever asks, on every machine. */
  staffSignOutEverywhere: {
    method: 'DELETE',
    path: '/v1/staff/sessions/all',
    guard: 'staff',
    needs: 'look',
    status: 200,
    answer: nothing,
  },
  staffMe: {
    method: 'GET',
    path: '/v1/staff/me',
    guard: 'staff',
    needs: 'look',
    status: 200,
    answer: staffView,
  },
  /** Every other session ends; this one goes on under a new token. */
  changeStaffPassword: {
    method: 'PUT',
    path: '/v1/staff/password',
    guard: 'staff',
    needs: 'look',
    status: 200,
    body: z.strictObject({ password, newPassword: password }),
    answer: nothing,
  },
  merchantProfile: {
    method: 'GET',
    path: '/v1/merchants/:merchantId',
    guard: 'staff',
    needs: 'look',
    status: 200,
    params: ofMerchant,
    answer: z.strictObject({
      merchantId: hexId(8),
      displayName: z.string(),
      currency,
      createdAtMs: timeMs,
      /** Settled and not yet paid out. */
      receivableMinor: minor,
    }),
  },
  merchantBranches: {
    method: 'GET',
    path: '/v1/merchants/:merchantId/branches',
    guard: 'staff',
    needs: 'look',
    status: 200,
    params: ofMerchant,
    answer: z.strictObject({ branches: z.array(branchView) }),
  },
  createBranch: {
    method: 'POST',
    path: '/v1/merchants/:merchantId/branches',
    guard: 'staff',
    needs: 'run',
    status: 201,
    params: ofMerchant,
    body: z.strictObject({ displayName }),
    answer: z.strictObject({ branchId: hexId(8) }),
  },
  createBranchEnrolmentCode: {
    method: 'POST',
    path: '/v1/merchants/:merchantId/branches/:branchId/enrolment-codes',
    guard: 'staff',
    needs: 'run',
    status: 201,
    params: z.strictObject({ merchantId: hexId(8), branchId: hexId(8) }),
    body: nothing,
    /** shared/protocol/enrolment-code.ts; works once, for a day. */
    answer: z.strictObject({ code: z.string(), expiresAtMs: timeMs }),
  },
  merchantTerminals: {
    method: 'GET',
    path: '/v1/merchants/:merchantId/terminals',
    guard: 'staff',
    needs: 'look',
    status: 200,
    params: ofMerchant,
    answer: z.strictObject({ terminals: z.array(terminalView) }),
  },
  /** The newest first; `before` a number goes on from a page's last. */
  terminalPayments: {
    method: 'GET',
    path: '/v1/merchants/:merchantId/terminals/:terminalId/payments',
    guard: 'staff',
    needs: 'look',
    status: 200,
    params: z.strictObject({ merchantId: hexId(8), terminalId: hexId(8) }),
    query: z.strictObject({ before: z.optional(z.string().check(z.regex(/^[0-9]{1,12}$/))) }),
    answer: z.strictObject({ payments: z.array(merchantPayment) }),
  },
  merchantStaff: {
    method: 'GET',
    path: '/v1/merchants/:merchantId/staff',
    guard: 'staff',
    needs: 'look',
    status: 200,
    params: ofMerchant,
    answer: z.strictObject({ staff: z.array(colleague) }),
  },
  createMerchantStaff: {
    method: 'POST',
    path: '/v1/merchants/:merchantId/staff',
    guard: 'staff',
    needs: 'people',
    status: 201,
    params: ofMerchant,
    body: z.strictObject({ userName, password, role: merchantRole }),
    answer: z.strictObject({ staffId: hexId(8) }),
  },
  /** Their sessions end at once. A merchant keeps one owner, the institution one administrator. */
  removeMerchantStaff: {
    method: 'POST',
    path: '/v1/merchants/:merchantId/staff/:staffId/removal',
    guard: 'staff',
    needs: 'people',
    status: 200,
    params: z.strictObject({ merchantId: hexId(8), staffId: hexId(8) }),
    body: nothing,
    answer: nothing,
  },
  institutionStaff: {
    method: 'GET',
    path: '/v1/admin/staff',
    guard: 'operator',
    needs: 'look',
    status: 200,
    answer: z.strictObject({ staff: z.array(colleague) }),
  },
  createInstitutionStaff: {
    method: 'POST',
    path: '/v1/admin/staff',
    guard: 'operator',
    needs: 'people',
    status: 201,
    body: z.strictObject({ userName, password, role: institutionRole }),
    answer: z.strictObject({ staffId: hexId(8) }),
  },
  removeInstitutionStaff: {
    method: 'POST',
    path: '/v1/admin/staff/:staffId/removal',
    guard: 'operator',
    needs: 'people',
    status: 200,
    params: z.strictObject({ staffId: hexId(8) }),
    body: nothing,
    answer: nothing,
  },
} as const;
