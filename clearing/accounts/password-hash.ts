/** argon2id, and a check that takes as long for a name that does not exist. */
import { hash, type Options, verify } from '@node-rs/argon2';
import type { HouseConfig } from '../house.ts';
import { normalisePassword } from './password-strength.ts';

/** OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, 2 passes, 1 lane. The library's default is argon2id. */
export const PASSWORD_COST: HouseConfig['passwordCost'] = { memoryKiB: 19_456, passes: 2 };

export function hashOptions(cost: HouseConfig['passwordCost']): Options {
  return { memoryCost: cost.memoryKiB, timeCost: cost.passes, parallelism: 1 };
}

/** Hashes of nothing anybody can type (it holds a control character), by cost. */
const nobodysHashes = new Map<string, Promise<string>>();

function nobodysHash(cost: HouseConfig['passwordCost']): Promise<string> {
  const name = `${cost.memoryKiB}/${cost.passes}`;
  const known = nobodysHashes.get(name) ?? hash('\u0000nobody', hashOptions(cost));
  nobodysHashes.set(name, known);
  return known;
}

/** @param passwordHash undefined when there is no such user: the same work is done, the answer is no */
export async function isPassword(
  passwordHash: string | undefined,
  password: string,
  cost: HouseConfig['passwordCost'],
): Promise<boolean> {
  const against = passwordHash ?? (await nobodysHash(cost));
  const matches = await verify(against, normalisePassword(password));
  return matches && passwordHash !== undefined;
}
