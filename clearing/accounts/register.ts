/** A new customer. The password is hashed (argon2id) before anything is written, and kept nowhere. */
import { hash } from '@node-rs/argon2';
import { toHex } from '../../shared/bytes.ts';
import type { RouteAnswer, RouteBody } from '../../shared/contract/clearing.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { insertCustomer } from '../db/customers.ts';
import type { House } from '../house.ts';
import { hashOptions } from './password-hash.ts';
import { isPasswordTooWeak, normalisePassword } from './password-strength.ts';

export async function registerCustomer(
  house: House,
  body: RouteBody<'registerCustomer'>,
): Promise<Result<RouteAnswer<'registerCustomer'>, Refusal<'password-too-weak' | 'user-name-taken'>>> {
  const { userName, password, language } = body;
  if (isPasswordTooWeak(password, userName)) return refused({ code: 'password-too-weak' });
  const passwordHash = await hash(normalisePassword(password), hashOptions(house.config.passwordCost));
  const customerId = house.randomBytes(8);
  const isNew = await insertCustomer(house.database, {
    customerId,
    userName,
    passwordHash,
    language,
    nowMs: house.nowMs(),
  });
  return isNew ? ok({ customerId: toHex(customerId) }) : refused({ code: 'user-name-taken' });
}
