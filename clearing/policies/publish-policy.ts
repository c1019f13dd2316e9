/**
 * Policies from draft to publication. A draft never changes, a published policy neither: going back to an earlier
 * one is a new version. Nothing is published that was not tried against the past within the last day.
 */
import { equalBytes, fromHex } from '../../shared/bytes.ts';
import type { RouteAnswer, RouteBody } from '../../shared/contract/clearing.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { readPolicy } from '../../shared/protocol/policy.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { inTransaction } from '../db/database.ts';
import * as store from '../db/policies.ts';
import { lockTrust } from '../db/trust.ts';
import { newestOrNext } from '../db/trust-signing.ts';
import type { House } from '../house.ts';
import { publishTrust } from '../trust/publish.ts';
import { policyBytes, policyView } from './policy-view.ts';

/** A trial tells little of tomorrow when it is old. */
const TRIAL_HOLDS_MS = 86_400_000;
const MAX_LISTED = 500;

type DraftRefusal = Refusal<'bad-request' | 'not-found' | 'exists-with-different-content'>;
const NOT_FOUND = refused({ code: 'not-found' } as const);

async function keepDraft(
  house: House,
  draftIdHex: string,
  draft: Pick<store.DraftRow, 'policy' | 'note' | 'restores'>,
): Promise<Result<{ draftId: string }, DraftRefusal>> {
  const draftId = fromHex(draftIdHex);
  if (draftId === undefined) return NOT_FOUND;
  return await inTransaction(
    house.database,
    async (tx): Promise<Result<{ draftId: string }, DraftRefusal>> => {
      if (await store.insertDraft(tx, { ...draft, draftId, createdAtMs: house.nowMs() }))
        return ok({ draftId: draftIdHex });
      const known = await store.findDraft(tx, draftId);
      const isSame =
        known !== undefined &&
        equalBytes(known.policy, draft.policy) &&
        known.note === draft.note &&
        known.restores === draft.restores;
      return isSame ? ok({ draftId: draftIdHex }) : refused({ code: 'exists-with-different-content' });
    },
  );
}

export async function draftPolicy(
  house: House,
  { draftId, note, policy }: RouteBody<'draftPolicy'>,
): Promise<Result<{ draftId: string }, DraftRefusal>> {
  const bytes = policyBytes(policy);
  if (!bytes.ok) return bytes;
  return await keepDraft(house, draftId, { policy: bytes.value, note, restores: null });
}

export async function restorePolicy(
  house: House,
  version: number,
  { draftId, note }: RouteBody<'restorePolicy'>,
): Promise<Result<{ draftId: string }, DraftRefusal>> {
  const policy = await store.findPolicy(house.database, version);
  if (policy === undefined) return NOT_FOUND;
  return await keepDraft(house, draftId, { policy, note, restores: version });
}

export async function publishPolicy(
  house: House,
  draftIdHex: string,
): Promise<Result<RouteAnswer<'publishPolicy'>, DraftRefusal>> {
  const draftId = fromHex(draftIdHex);
  if (draftId === undefined) return NOT_FOUND;
  const nowMs = house.nowMs();
  type Published = RouteAnswer<'publishPolicy'> & { isNew: boolean };
  const done = await inTransaction(house.database, async (tx): Promise<Result<Published, DraftRefusal>> => {
    await lockTrust(tx);
    const draft = await store.findDraft(tx, draftId);
    if (draft === undefined) return NOT_FOUND;
    const known = await store.findVersionOfDraft(tx, draftId);
    if (known !== undefined)
      return ok({ version: known, trustVersion: await newestOrNext(tx), isNew: false });
    const triedMs = await store.lastTrialMs(tx, draftId);
    if (triedMs === undefined || nowMs - triedMs > TRIAL_HOLDS_MS)
      return refused({ code: 'bad-request', detail: { field: 'trial' } });
    const version = await store.insertPolicy(tx, { draftId, policy: draft.policy, createdAtMs: nowMs });
    return ok({ version, trustVersion: await publishTrust(tx, house, `policy ${version}`), isNew: true });
  });
  if (!done.ok) return done;
  const { isNew, ...published } = done.value;
  if (isNew) await house.announce({ terminals: 'all' });
  return ok(published);
}

export async function listPolicies(house: House): Promise<RouteAnswer<'policies'>> {
  return { policies: [...(await store.listPolicies(house.database, MAX_LISTED))] };
}

export async function showPolicy(
  house: House,
  version: number,
): Promise<Result<RouteAnswer<'policy'>, Refusal<'not-found'>>> {
  const bytes = await store.findPolicy(house.database, version);
  return bytes === undefined ? NOT_FOUND : ok({ version, policy: policyView(readPolicy(decodeCbor(bytes))) });
}
