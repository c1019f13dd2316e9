/**
 * Issuing a purse: the allowance moves from the customer's account into the purse's in the same
 * transaction that stores the certificate, so an honest payment out of it is always funded (protocol §3).
 */
import { invariant } from '../../shared/assert.ts';
import { equalBytes, fromBase64Url, fromHex, toBase64Url } from '../../shared/bytes.ts';
import { POSSESSION_MAX_AGE_S, type RouteAnswer, type RouteBody } from '../../shared/contract/clearing.ts';
import { sha256 } from '../../shared/hash.ts';
import { type CurrencyCode, isCurrencyCode } from '../../shared/iso-4217.ts';
import { parseMinor } from '../../shared/money.ts';
import { isStrictPublicKey } from '../../shared/protocol/ed25519.ts';
import { openPossession, type Possession } from '../../shared/protocol/possession.ts';
import { issuePurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import type { CustomerRow } from '../db/customers.ts';
import { inTransaction, sqlState, type Tx } from '../db/database.ts';
import { findAccount, lockBalance, openAccount, postTransfers } from '../db/ledger.ts';
import {
  findPurse,
  findPurseOfRequest,
  insertPurse,
  nextStatusIndex,
  type PurseRow,
  readPurseUse,
} from '../db/purses.ts';
import { type House, nowS } from '../house.ts';
import type { IssuerSigner } from '../keys.ts';
import { purseView } from './purse-view.ts';
import { capsOf, PURSE_DAYS, type PurseCaps, RENEWAL_DAYS } from './tiers.ts';

const UNIQUE_VIOLATION = '23505';

type IssueRefusal = Refusal<
  | 'bad-request'
  | 'malformed'
  | 'forged'
  | 'expired'
  | 'revoked'
  | 'not-found'
  | 'purse-limit'
  | 'not-enough-money'
  | 'exists-with-different-content'
>;
type IssueAnswer = RouteAnswer<'issuePurse'>;

interface Request {
  readonly requestId: Uint8Array;
  readonly currency: CurrencyCode;
  readonly allowanceMinor: bigint;
  readonly capMinor: bigint;
  readonly possession: Possession;
  readonly caps: PurseCaps;
  /** The purse that it takes the place of. */
  readonly renews: Uint8Array | null;
}

const RENEWAL_S = RENEWAL_DAYS * 86_400;

const differs = (field: string) =>
  refused({ code: 'exists-with-different-content', detail: { field } } as const);

const badField = (field: string) => refused({ code: 'bad-request', detail: { field } } as const);

function readRequest(
  house: House,
  customer: CustomerRow,
  body: RouteBody<'issuePurse'>,
  renewsHex: string | null,
): Result<Request, IssueRefusal> {
  const requestId = fromHex(body.requestId);
  const allowanceMinor = parseMinor(body.allowanceMinor);
  const caps = capsOf(customer.tier, body.currency);
  const renews = renewsHex === null ? null : fromHex(renewsHex);
  const bytes = fromBase64Url(body.possession);
  if (requestId === undefined) return badField('requestId');
  if (renews === undefined) return badField('purseId');
  if (caps === undefined || !isCurrencyCode(body.currency)) return badField('currency');
  if (allowanceMinor === undefined || allowanceMinor === 0n) return badField('allowanceMinor');
  if (bytes === undefined) return badField('possession');
  const possession = openPossession(bytes, house.config.world, house.backEnd);
  if (!possession.ok) return possession;
  const { contextDigest, boxKey, publicKey } = possession.value;
  if (!equalBytes(contextDigest, sha256(customer.customerId))) return badField('possession');
  if (boxKey.some((byte) => byte !== 0) || !isStrictPublicKey(publicKey)) return badField('possession');
  const isWholePayable = allowanceMinor < caps.perPaymentMinor;
  return ok({
    requestId,
    currency: body.currency,
    allowanceMinor,
    capMinor: isWholePayable ? allowanceMinor : caps.perPaymentMinor,
    possession: possession.value,
    caps,
    renews,
  });
}

/** What was answered before, if this request was; a purse is never issued twice. */
async function answeredBefore(
  db: Tx | House['database'],
  customer: CustomerRow,
  request: Request,
): Promise<Result<IssueAnswer, IssueRefusal> | undefined> {
  const purse = await findPurseOfRequest(db, customer.customerId, request.requestId);
  if (purse === undefined) return undefined;
  const field = differentField(purse, request);
  return field === undefined ? ok(answer(purse)) : differs(field);
}

function differentField(purse: PurseRow, request: Request): string | undefined {
  const isSameRenewal =
    purse.renews === null || request.renews === null
      ? purse.renews === request.renews
      : equalBytes(purse.renews, request.renews);
  if (!isSameRenewal) return 'purseId';
  if (purse.currency !== request.currency) return 'currency';
  if (purse.allowanceMinor !== request.allowanceMinor) return 'allowanceMinor';
  return equalBytes(purse.publicKey, request.possession.publicKey) ? undefined : 'possession';
}

/** Whether this purse may be renewed by this request; null when it may. */
async function checkRenewal(
  tx: Tx,
  customer: CustomerRow,
  { renews, currency }: Request,
  now: number,
): Promise<IssueRefusal | null> {
  if (renews === null) return null;
  const old = await findPurse(tx, renews);
  if (old === undefined || !equalBytes(old.customerId, customer.customerId)) return { code: 'not-found' };
  if (old.currency !== currency) return { code: 'bad-request', detail: { field: 'currency' } };
  // another request has renewed it
  if (old.renewedBy !== null)
    return { code: 'exists-with-different-content', detail: { field: 'requestId' } };
  if (old.expiresAtS <= now) return { code: 'expired', detail: { ageS: now - old.expiresAtS } };
  return old.state === 'open' ? null : { code: 'revoked' };
}

/** Whether one more purse of this allowance is within what the customer may carry. */
async function isWithinCaps(
  tx: Tx,
  customer: CustomerRow,
  { caps, currency, allowanceMinor, renews }: Request,
  now: number,
): Promise<boolean> {
  const old = renews === null ? undefined : await findPurse(tx, renews);
  const isNearEnd = old !== undefined && old.expiresAtS - now <= RENEWAL_S;
  const use = await readPurseUse(tx, customer.customerId, currency, {
    nowS: now,
    renewing: isNearEnd ? renews : null,
    renewalS: RENEWAL_S,
  });
  return (
    allowanceMinor <= caps.allowanceMinor &&
    use.open < caps.openPurses &&
    use.held < caps.heldPurses &&
    use.allowanceMinor + allowanceMinor <= caps.reservedMinor
  );
}

function answer(purse: PurseRow): IssueAnswer {
  return { certificate: toBase64Url(purse.certificate), purse: purseView(purse) };
}

async function issue(
  tx: Tx,
  house: House,
  customer: CustomerRow,
  request: Request,
  { kid, signer }: IssuerSigner,
): Promise<Result<IssueAnswer, IssueRefusal>> {
  const issuedAtS = nowS(house);
  const available = await findAccount(tx, 'available', customer.customerId, request.currency);
  if (available === undefined) return refused({ code: 'not-enough-money', detail: { availableMinor: '0' } });
  // from here on no other purse of this customer and currency can be issued beside this one
  const availableMinor = await lockBalance(tx, available);
  const before = await answeredBefore(tx, customer, request);
  if (before !== undefined) return before;
  const unfit = await checkRenewal(tx, customer, request, issuedAtS);
  if (unfit !== null) return refused(unfit);
  if (!(await isWithinCaps(tx, customer, request, issuedAtS))) return refused({ code: 'purse-limit' });
  if (availableMinor < request.allowanceMinor)
    return refused({ code: 'not-enough-money', detail: { availableMinor: availableMinor.toString() } });

  const purseId = house.randomBytes(8);
  const statusIndex = await nextStatusIndex(tx);
  const expiresAtS = issuedAtS + PURSE_DAYS * 86_400;
  const { currency, allowanceMinor, capMinor, caps, renews } = request;
  const { publicKey } = request.possession;
  const certificate = issuePurseCertificate(
    {
      purseId,
      iatS: issuedAtS,
      expS: expiresAtS,
      publicKey,
      currency,
      allowanceMinor,
      perPaymentCapMinor: capMinor,
      paymentCountCap: caps.paymentCount,
      statusIndex,
      tier: caps.tier,
    },
    house.config.world,
    kid,
    signer,
  );
  const accountId = await openAccount(tx, 'purse', purseId, currency);
  await postTransfers(tx, [
    {
      transferId: sha256(new Uint8Array([...customer.customerId, ...request.requestId])).subarray(0, 16),
      kind: renews === null ? 'purse-issue' : 'purse-renew',
      atMs: BigInt(house.nowMs()),
      currency,
      entries: [
        { accountId: available, amountMinor: -allowanceMinor },
        { accountId, amountMinor: allowanceMinor },
      ],
    },
  ]);
  await insertPurse(tx, {
    purseId,
    customerId: customer.customerId,
    accountId,
    publicKey,
    currency,
    allowanceMinor,
    perPaymentCapMinor: capMinor,
    paymentCountCap: caps.paymentCount,
    tier: caps.tier,
    issuedAtS,
    expiresAtS,
    certificate,
    renews,
    requestId: request.requestId,
    statusIndex,
    certificateDigest: sha256(certificate),
  });
  const made = await findPurse(tx, purseId);
  invariant(made !== undefined, 'a purse that was not stored');
  return ok(answer(made));
}

/** @param renews id of the purse that it takes the place of, hexadecimal; null of a further one */
export async function issuePurse(
  house: House,
  customer: CustomerRow,
  body: RouteBody<'issuePurse'>,
  renews: string | null,
): Promise<Result<IssueAnswer, IssueRefusal>> {
  // whose it is comes first: nobody learns from another refusal that there is such a purse
  const old =
    renews === null ? undefined : await findPurse(house.database, fromHex(renews) ?? new Uint8Array());
  if (renews !== null && (old === undefined || !equalBytes(old.customerId, customer.customerId)))
    return refused({ code: 'not-found' });
  const request = readRequest(house, customer, body, renews);
  if (!request.ok) return request;
  // a repeated request is answered whenever it comes: only a new one must be fresh
  const before = await answeredBefore(house.database, customer, request.value);
  if (before !== undefined) return before;
  const ageS = nowS(house) - request.value.possession.iatS;
  if (Math.abs(ageS) > POSSESSION_MAX_AGE_S) return refused({ code: 'expired', detail: { ageS } });
  // asked before the transaction: one that waits for a second connection can starve all the others
  const issuer = await house.trust.issuer();
  const attempt = () =>
    inTransaction(house.database, (tx) => issue(tx, house, customer, request.value, issuer));
  try {
    return await attempt();
  } catch (error) {
    // a purse id or a short digest that is taken already: once in 2^64, and other random bytes help
    if (sqlState(error) === UNIQUE_VIOLATION) return await attempt();
    throw error;
  }
}
