/** Issuers, policies and signed trust bundles. Versions only rise; a lock makes them rise one by one. */
import { sql } from 'kysely';
import type { World } from '../../shared/protocol/world.ts';
import type { Database, Tx } from './database.ts';

/** Any number that no other user of the same database takes: "FTTB". */
const TRUST_LOCK = 0x46_54_54_42;

/** Until the transaction ends nobody else makes a version. */
export async function lockTrust(tx: Tx): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${TRUST_LOCK}::bigint)`.execute(tx);
}

/** Notes whose database this is at the first call; returns whose it is. */
export async function claimHouse(
  tx: Tx,
  rootPublicKey: Uint8Array,
  world: World,
): Promise<{ readonly rootPublicKey: Uint8Array; readonly world: World }> {
  await tx
    .insertInto('house')
    .values({ root_public_key: rootPublicKey, world })
    .onConflict((conflict) => conflict.column('only_one').doNothing())
    .execute();
  const row = await tx.selectFrom('house').select(['root_public_key', 'world']).executeTakeFirstOrThrow();
  return { rootPublicKey: row.root_public_key, world: row.world };
}

/** Whose database this is; undefined of one that no house was founded in. */
export async function readHouse(db: Database): Promise<{ readonly world: World } | undefined> {
  return await db.selectFrom('house').select('world').executeTakeFirst();
}

export interface IssuerRow {
  readonly kid: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly notBeforeS: number;
  readonly notAfterS: number;
}

/** False when it was known before; its span stays as it was. */
export async function insertIssuer(tx: Tx, issuer: IssuerRow): Promise<boolean> {
  const result = await tx
    .insertInto('issuers')
    .values({
      kid: issuer.kid,
      public_key: issuer.publicKey,
      not_before_s: BigInt(issuer.notBeforeS),
      not_after_s: BigInt(issuer.notAfterS),
    })
    .onConflict((conflict) => conflict.column('public_key').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** From then on nothing that it signs is trusted; what it signed before stays good. */
export async function endIssuer(tx: Tx, kid: Uint8Array, notAfterS: number): Promise<void> {
  await tx
    .updateTable('issuers')
    .set({ not_after_s: BigInt(notAfterS) })
    .where('kid', '=', kid)
    .execute();
}

export async function readIssuers(db: Database): Promise<readonly IssuerRow[]> {
  const rows = await db.selectFrom('issuers').selectAll().orderBy('not_before_s').orderBy('kid').execute();
  return rows.map((row) => ({
    kid: row.kid,
    publicKey: row.public_key,
    notBeforeS: Number(row.not_before_s),
    notAfterS: Number(row.not_after_s),
  }));
}

/** The newest policy, as CBOR. */
export async function readPolicyBytes(tx: Tx): Promise<Uint8Array | undefined> {
  const row = await tx
    .selectFrom('policies')
    .select('policy')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.policy;
}

export async function insertFirstPolicy(tx: Tx, policy: Uint8Array, nowMs: number): Promise<void> {
  await tx
    .insertInto('policies')
    .values({ version: 1n, policy, created_at_ms: BigInt(nowMs) })
    .execute();
}

export interface BundleRow {
  readonly version: number;
  readonly issuedS: number;
  readonly bytes: Uint8Array;
}

/** The newest, without its bytes. */
export async function readBundleVersion(db: Database): Promise<Omit<BundleRow, 'bytes'> | undefined> {
  const row = await db
    .selectFrom('trust_bundles')
    .select(['version', 'issued_s'])
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : { version: Number(row.version), issuedS: Number(row.issued_s) };
}

export async function readBundle(db: Database): Promise<BundleRow | undefined> {
  const row = await db
    .selectFrom('trust_bundles')
    .select(['version', 'issued_s', 'bundle'])
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : { version: Number(row.version), issuedS: Number(row.issued_s), bytes: row.bundle };
}

export async function insertBundle(tx: Tx, bundle: BundleRow, cause: string): Promise<void> {
  await tx
    .insertInto('trust_bundles')
    .values({
      version: BigInt(bundle.version),
      issued_s: BigInt(bundle.issuedS),
      cause,
      bundle: bundle.bytes,
    })
    .execute();
}

export interface DeltaRow {
  readonly version: number;
  /** The version that it builds on. */
  readonly base: number;
  readonly bytes: Uint8Array;
}

export async function insertDelta(tx: Tx, delta: DeltaRow): Promise<void> {
  await tx
    .insertInto('trust_deltas')
    .values({ version: BigInt(delta.version), base: BigInt(delta.base), delta: delta.bytes })
    .execute();
}

/** After one version, up to and with another, in order. */
export async function readDeltas(db: Database, after: number, upTo: number): Promise<readonly DeltaRow[]> {
  const rows = await db
    .selectFrom('trust_deltas')
    .selectAll()
    .where('version', '>', BigInt(after))
    .where('version', '<=', BigInt(upTo))
    .orderBy('version')
    .execute();
  return rows.map((row) => ({ version: Number(row.version), base: Number(row.base), bytes: row.delta }));
}
