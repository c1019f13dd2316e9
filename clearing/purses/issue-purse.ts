/**
 * Issuing a purse: the allowance moves from the customer's account into the purse's in the same
 * transaction that stores the certificate, so an honest payment out of it is always funded (protocol §3).
 */
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
  countOpenPurses,
  findPurseOfRequest,
  insertPurse,
  nextStatusIndex,
  type PurseRow,
} from '../db/purses.ts';
import { type House, nowS } from '../house.ts';
import type { IssuerSigner } from '../keys.ts';
import { unitMinorOf } from '../markets.ts';
import { purseView } from './purse-view.ts';
import { PURSE_DAYS, TIER_1 } from './tiers.ts';

const UNIQUE_VIOLATION = '23505';

type IssueRefusal = Refusal<
  | 'bad-request'
  | 'malformed'
  | 'forged'
  | 'expired'
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
}

const badField = (field: string) => refused({ code: 'bad-request', detail: { field } } as const);

function readRequest(
  house: House,
  customer: CustomerRow,
  body: RouteBody<'issuePurse'>,
): Result<Request, IssueRefusal> {
  const requestId = fromHex(body.requestId);
  const allowanceMinor = parseMinor(body.allowanceMinor);
  const unit = unitMinorOf(body.currency);
  const bytes = fromBase64Url(body.possession);
  if (requestId === undefined) return badField('requestId');
  if (unit === undefined || !isCurrencyCode(body.currency)) return badField('currency');
  if (allowanceMinor === undefined || allowanceMinor === 0n) return badField('allowanceMinor');
  if (bytes === undefined) return badField('possession');
  const possession = openPossession(bytes, house.config.world, house.backEnd);
  if (!possession.ok) return possession;
  const { contextDigest, boxKey, publicKey } = possession.value;
  if (!equalBytes(contextDigest, sha256(customer.customerId))) return badField('possession');
  if (boxKey.some((byte) => byte !== 0) || !isStrictPublicKey(publicKey)) return badField('possession');
  if (allowanceMinor > TIER_1.allowanceUnits * unit) return refused({ code: 'purse-limit' });
  const ceiling = TIER_1.perPaymentUnits * unit;
  const isWholePayable = allowanceMinor < ceiling;
  return ok({
    requestId,
    currency: body.currency,
    allowanceMinor,
    capMinor: isWholePayable ? allowanceMinor : ceiling,
    possession: possession.value,
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
  const isSame =
    purse.currency === request.currency &&
    purse.allowanceMinor === request.allowanceMinor &&
    equalBytes(purse.publicKey, request.possession.publicKey);
  return isSame ? ok(answer(purse)) : refused({ code: 'exists-with-different-content' });
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
  const open = await countOpenPurses(tx, customer.customerId, request.currency, issuedAtS);
  if (open >= TIER_1.openPurses) return refused({ code: 'purse-limit' });
  if (availableMinor < request.allowanceMinor)
    return refused({ code: 'not-enough-money', detail: { availableMinor: availableMinor.toString() } });

  const purseId = house.randomBytes(8);
  const statusIndex = await nextStatusIndex(tx);
  const expiresAtS = issuedAtS + PURSE_DAYS * 86_400;
  const { currency, allowanceMinor, capMinor } = request;
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
      paymentCountCap: TIER_1.paymentCount,
      statusIndex,
      tier: TIER_1.tier,
    },
    house.config.world,
    kid,
    signer,
  );
  const accountId = await openAccount(tx, 'purse', purseId, currency);
  await postTransfers(tx, [
    {
      transferId: sha256(new Uint8Array([...customer.customerId, ...request.requestId])).subarray(0, 16),
      kind: 'purse-issue',
      atMs: BigInt(house.nowMs()),
      currency,
      entries: [
        { accountId: available, amountMinor: -allowanceMinor },
        { accountId, amountMinor: allowanceMinor },
      ],
    },
  ]);
  const purse = {
    purseId,
    customerId: customer.customerId,
    accountId,
    publicKey,
    currency,
    allowanceMinor,
    perPaymentCapMinor: capMinor,
    paymentCountCap: TIER_1.paymentCount,
    expiresAtS,
    certificate,
  };
  await insertPurse(tx, {
    ...purse,
    requestId: request.requestId,
    tier: TIER_1.tier,
    statusIndex,
    issuedAtS,
    certificateDigest: sha256(certificate),
  });
  return ok(answer({ ...purse, state: 'open', balanceMinor: allowanceMinor }));
}

export async function issuePurse(
  house: House,
  customer: CustomerRow,
  body: RouteBody<'issuePurse'>,
): Promise<Result<IssueAnswer, IssueRefusal>> {
  const request = readRequest(house, customer, body);
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
