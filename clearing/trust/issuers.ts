/**
 * Issuer keys in the operator's hands. A further one is made by `npm run ceremony -- issuer-key` and introduced at
 * the next start, a week before it signs (publish.ts); here one is retired. The last one that can sign never is.
 */
import { equalBytes, fromHex, toHex } from '../../shared/bytes.ts';
import type { RouteAnswer } from '../../shared/contract/clearing.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { inTransaction } from '../db/database.ts';
import * as store from '../db/trust.ts';
import { newestOrNext, readQueue } from '../db/trust-signing.ts';
import { type House, nowS } from '../house.ts';
import { publishTrust } from './publish.ts';

export async function trustState(house: House): Promise<RouteAnswer<'trustState'>> {
  const { keys, database } = house;
  const { version, bundle } = await house.trust.current();
  const signing = await house.trust.issuer();
  const issuers = (await store.readIssuers(database)).map(({ kid, publicKey, notBeforeS, notAfterS }) => ({
    kid: toHex(kid),
    notBeforeMs: notBeforeS * 1000,
    notAfterMs: notAfterS * 1000,
    isAtHand: keys.issuers.some(({ signer }) => equalBytes(signer.publicKey, publicKey)),
    signsNow: equalBytes(signing.signer.publicKey, publicKey),
  }));
  const waiting = (await readQueue(database)).map(({ cause, queuedAtMs }) => ({ cause, queuedAtMs }));
  const root = keys.rootSigner === null ? 'offline' : 'in-key-folder';
  return { version, issuedAtMs: bundle.iatS * 1000, root, waiting, issuers };
}

/**
 * @param asOfMs certificates that it signed later are trusted no more: now for a key that has served, earlier for
 *   one that was taken
 * @returns a version that says so; retiring again as of the same time answers the same
 */
export async function retireIssuer(
  house: House,
  kidHex: string,
  asOfMs: number,
): Promise<Result<{ trustVersion: number }, Refusal<'not-found' | 'bad-request'>>> {
  const kid = fromHex(kidHex);
  const endS = Math.floor(asOfMs / 1000);
  const now = nowS(house);
  type Answer = Result<{ trustVersion: number; isNew: boolean }, Refusal<'not-found' | 'bad-request'>>;
  const done = await inTransaction(house.database, async (tx): Promise<Answer> => {
    await store.lockTrust(tx);
    const issuers = await store.readIssuers(tx);
    const issuer = issuers.find((one) => kid !== undefined && equalBytes(one.kid, kid));
    if (issuer === undefined) return refused({ code: 'not-found' });
    if (issuer.notAfterS === endS) return ok({ trustVersion: await newestOrNext(tx), isNew: false });
    // a span only ever ends earlier
    if (endS > now || endS <= issuer.notBeforeS || endS > issuer.notAfterS)
      return refused({ code: 'bad-request', detail: { field: 'body/asOfMs' } });
    const canSign = issuers.some(
      (one) =>
        one !== issuer &&
        one.notBeforeS <= now &&
        now < one.notAfterS &&
        house.keys.issuers.some(({ signer }) => equalBytes(signer.publicKey, one.publicKey)),
    );
    if (!canSign) return refused({ code: 'bad-request', detail: { field: 'params/kid' } });
    await store.endIssuer(tx, issuer.kid, endS);
    const trustVersion = await publishTrust(tx, house, `issuer ${kidHex} retired`);
    return ok({ trustVersion, isNew: true });
  });
  if (!done.ok) return done;
  if (done.value.isNew) await house.announce({ terminals: 'all' });
  return ok({ trustVersion: done.value.trustVersion });
}
