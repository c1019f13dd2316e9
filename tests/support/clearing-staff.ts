/** Somebody who works for a merchant or the institution of the test clearing house, signed in. */
import { toHex } from '../../shared/bytes.ts';
import type { InstitutionRole, MerchantRole } from '../../shared/contract/clearing/staff.ts';
import { random, type TestClearing } from './clearing.ts';
import { PASSWORD } from './clearing-customer.ts';

export interface TestStaff {
  readonly staffId: string;
  readonly userName: string;
  readonly cookie: string;
}

/** The cookie of a sign-in's answer. */
export function cookieFrom(headers: Headers): string {
  return (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

async function signedIn(clearing: TestClearing, staffId: string, userName: string): Promise<TestStaff> {
  const answer = await clearing.call('staffSignIn', { body: { userName, password: PASSWORD } });
  if (answer.status !== 200) throw new Error(answer.body.code);
  return { staffId, userName, cookie: cookieFrom(answer.headers) };
}

export async function institutionStaff(clearing: TestClearing, role: InstitutionRole): Promise<TestStaff> {
  const userName = `i${toHex(random(6))}`;
  const body = { userName, password: PASSWORD, role };
  const made = await clearing.call('createInstitutionStaff', { body, operator: true });
  if (made.status !== 201) throw new Error(made.body.code);
  return await signedIn(clearing, made.body.staffId, userName);
}

export async function merchantStaff(
  clearing: TestClearing,
  merchantId: string,
  role: MerchantRole,
): Promise<TestStaff> {
  const userName = `m${toHex(random(6))}`;
  const body = { userName, password: PASSWORD, role };
  const path = `/v1/merchants/${merchantId}/staff`;
  const made = await clearing.call('createMerchantStaff', { path, body, operator: true });
  if (made.status !== 201) throw new Error(made.body.code);
  return await signedIn(clearing, made.body.staffId, userName);
}
