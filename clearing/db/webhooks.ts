/**
 * Endpoints of webhooks and the outbox. Any number of processes may send: each takes what is due for itself with
 * SKIP LOCKED and a lease, and only the holder of the lease writes what became of it.
 */
import { type Selectable, sql } from 'kysely';
import type { WebhookEventName } from '../../shared/contract/clearing/webhooks.ts';
import type { Database, Tx } from './database.ts';
import type { Schema } from './schema.ts';

type EndpointColumns = Selectable<Schema['webhook_endpoints']>;

export interface EndpointRow {
  readonly endpointId: Uint8Array;
  readonly url: string;
  readonly events: readonly WebhookEventName[];
  readonly state: EndpointColumns['state'];
  readonly disabledBecause: EndpointColumns['disabled_because'];
  readonly failingSinceMs: number | null;
  readonly secretNumber: number;
}

const ENDPOINT = [
  'endpoint_id',
  'url',
  'events',
  'state',
  'disabled_because',
  'failing_since_ms',
  'secret_number',
] as const;

function endpointOf(row: Pick<EndpointColumns, (typeof ENDPOINT)[number]>): EndpointRow {
  return {
    endpointId: row.endpoint_id,
    url: row.url,
    events: row.events,
    state: row.state,
    disabledBecause: row.disabled_because,
    failingSinceMs: row.failing_since_ms === null ? null : Number(row.failing_since_ms),
    secretNumber: row.secret_number,
  };
}

/** Undefined when the merchant has `most` of them already. */
export async function insertEndpoint(
  tx: Tx,
  endpoint: {
    readonly endpointId: Uint8Array;
    readonly merchantId: Uint8Array;
    readonly url: string;
    readonly events: readonly WebhookEventName[];
    readonly nowMs: number;
  },
  most: number,
): Promise<EndpointRow | undefined> {
  const { merchantId } = endpoint;
  // two at once must not both find room
  await tx
    .selectFrom('merchants')
    .select('merchant_id')
    .where('merchant_id', '=', merchantId)
    .forNoKeyUpdate()
    .execute();
  const held = await readEndpoints(tx, merchantId);
  if (held.length >= most) return undefined;
  const row = await tx
    .insertInto('webhook_endpoints')
    .values({
      endpoint_id: endpoint.endpointId,
      merchant_id: merchantId,
      url: endpoint.url,
      events: [...endpoint.events],
      created_at_ms: BigInt(endpoint.nowMs),
    })
    .returning(ENDPOINT)
    .executeTakeFirstOrThrow();
  return endpointOf(row);
}

export async function readEndpoints(db: Database, merchantId: Uint8Array): Promise<readonly EndpointRow[]> {
  const rows = await db
    .selectFrom('webhook_endpoints')
    .select(ENDPOINT)
    .where('merchant_id', '=', merchantId)
    .orderBy('created_at_ms')
    .orderBy('endpoint_id')
    .execute();
  return rows.map(endpointOf);
}

/** Switches an endpoint of this merchant on or off; undefined when there is none of theirs. */
export async function switchEndpoint(
  db: Database,
  merchantId: Uint8Array,
  endpointId: Uint8Array,
  state: EndpointColumns['state'],
): Promise<EndpointRow | undefined> {
  const row = await db
    .updateTable('webhook_endpoints')
    .set({
      state,
      disabled_because: state === 'disabled' ? 'asked' : null,
      failing_since_ms: null,
      resume_at_ms: 0n,
    })
    .where('merchant_id', '=', merchantId)
    .where('endpoint_id', '=', endpointId)
    .returning(ENDPOINT)
    .executeTakeFirst();
  return row === undefined ? undefined : endpointOf(row);
}

/** The number of the endpoint's new secret; undefined when there is none of theirs. */
export async function nextSecret(
  db: Database,
  merchantId: Uint8Array,
  endpointId: Uint8Array,
  previousUntilMs: number,
): Promise<number | undefined> {
  const row = await db
    .updateTable('webhook_endpoints')
    .set((eb) => ({
      secret_number: eb('secret_number', '+', 1),
      previous_until_ms: BigInt(previousUntilMs),
    }))
    .where('merchant_id', '=', merchantId)
    .where('endpoint_id', '=', endpointId)
    .returning('secret_number')
    .executeTakeFirst();
  return row?.secret_number;
}

/**
 * Puts what a terminal's new outcomes tell into the outbox, in the transaction that wrote them. A sale that was
 * settled before moves nothing and is told to nobody again.
 *
 * @param afterNumber the terminal's last outcome before them
 */
export async function tellOutcomes(
  tx: Tx,
  terminal: { readonly terminalId: Uint8Array; readonly merchantId: Uint8Array },
  afterNumber: number,
  nowMs: number,
): Promise<void> {
  await sql`
    INSERT INTO webhook_deliveries (endpoint_id, event_id, event, happened_at_ms, next_at_ms, data)
    SELECT endpoint_id, 'evt_' || encode(terminal_id, 'hex') || '_' || number, event, ${nowMs}::bigint,
           ${nowMs}::bigint, jsonb_build_object(
             'merchantId', encode(merchant_id, 'hex'), 'terminalId', encode(terminal_id, 'hex'),
             'epoch', epoch, 'seq', seq, 'state', told.state, 'reason', reason, 'lossBearer', loss_bearer,
             'paymentId', encode(payment_id, 'hex'), 'refundId', encode(refund_id, 'hex'),
             'orderId', (SELECT encode(order_id, 'hex') FROM orders
                          WHERE orders.payment_id = told.payment_id
                            AND orders.merchant_id = webhook_endpoints.merchant_id LIMIT 1),
             'amountMinor', amount_minor::text, 'currency', currency, 'soldAtMs', sold_at_ms)
      FROM webhook_endpoints CROSS JOIN LATERAL (
        SELECT outcomes.*, CASE
                 WHEN refund_id IS NOT NULL AND state <> 'rejected' THEN 'refund.settled'
                 WHEN refund_id IS NULL AND state = 'rejected' THEN 'payment.rejected'
                 WHEN refund_id IS NULL AND payment_id IS NOT NULL THEN 'payment.settled' END AS event
          FROM outcomes
         WHERE terminal_id = ${terminal.terminalId} AND number > ${afterNumber}::bigint) told
     WHERE merchant_id = ${terminal.merchantId} AND webhook_endpoints.state = 'enabled'
       AND event = ANY(events)
     ORDER BY number`.execute(tx);
}

/** Puts a payout into the outbox, in the transaction that orders it. */
export async function tellPayout(
  tx: Tx,
  payout: {
    readonly merchantId: Uint8Array;
    readonly settlementId: Uint8Array;
    readonly payoutId: Uint8Array;
    readonly number: number;
    readonly currency: string;
    readonly amountMinor: bigint;
    readonly nowMs: number;
  },
): Promise<void> {
  const { merchantId, settlementId, payoutId, number, currency, amountMinor, nowMs } = payout;
  await sql`
    INSERT INTO webhook_deliveries (endpoint_id, event_id, event, happened_at_ms, next_at_ms, data)
    SELECT endpoint_id, 'evt_payout_' || encode(${payoutId}::bytea, 'hex'), 'settlement.paid',
           ${nowMs}::bigint, ${nowMs}::bigint, jsonb_build_object(
             'merchantId', encode(merchant_id, 'hex'), 'settlementId', encode(${settlementId}::bytea, 'hex'),
             'payoutId', encode(${payoutId}::bytea, 'hex'), 'number', ${number}::integer,
             'currency', ${currency}::text, 'amountMinor', ${amountMinor.toString()}::text)
      FROM webhook_endpoints
     WHERE merchant_id = ${merchantId} AND state = 'enabled' AND 'settlement.paid' = ANY(events)`.execute(tx);
}

export interface DueDelivery {
  readonly number: bigint;
  readonly endpointId: Uint8Array;
  readonly url: string;
  readonly eventId: string;
  readonly event: WebhookEventName;
  readonly happenedAtMs: number;
  readonly data: unknown;
  /** This one among them; with `number` it is the lease. */
  readonly tries: number;
  readonly firstTryAtMs: number;
  readonly secretNumber: number;
  readonly previousUntilMs: number;
}

const OF_ONE_ENDPOINT = 4;

/** Takes what is due for this process alone until the lease ends. */
export async function takeDue(
  db: Database,
  nowMs: number,
  leaseMs: number,
  limit: number,
): Promise<readonly DueDelivery[]> {
  const { rows } = await sql<{
    number: bigint;
    endpoint_id: Uint8Array;
    url: string;
    event_id: string;
    event: WebhookEventName;
    happened_at_ms: bigint;
    data: unknown;
    tries: number;
    first_try_at_ms: bigint;
    secret_number: number;
    previous_until_ms: bigint;
  }>`
    WITH due AS (
      SELECT number FROM webhook_endpoints CROSS JOIN LATERAL (
        SELECT number, next_at_ms FROM webhook_deliveries
         WHERE endpoint_id = webhook_endpoints.endpoint_id AND state = 'waiting'
           AND next_at_ms <= ${nowMs}::bigint
         -- a few of each, so that nobody's events wait behind another's
         ORDER BY next_at_ms LIMIT ${OF_ONE_ENDPOINT} FOR UPDATE SKIP LOCKED) waiting
       WHERE state = 'enabled' AND resume_at_ms <= ${nowMs}::bigint
       ORDER BY next_at_ms LIMIT ${limit})
    UPDATE webhook_deliveries d
       SET tries = tries + 1, next_at_ms = ${nowMs + leaseMs}::bigint,
           first_try_at_ms = coalesce(first_try_at_ms, ${nowMs}::bigint)
      FROM due, webhook_endpoints e
     WHERE d.number = due.number AND e.endpoint_id = d.endpoint_id
    RETURNING d.number, d.endpoint_id, url, event_id, event, happened_at_ms, data, tries, first_try_at_ms,
              secret_number, previous_until_ms`.execute(db);
  return rows.map((row) => ({
    number: row.number,
    endpointId: row.endpoint_id,
    url: row.url,
    eventId: row.event_id,
    event: row.event,
    happenedAtMs: Number(row.happened_at_ms),
    data: row.data,
    tries: row.tries,
    firstTryAtMs: Number(row.first_try_at_ms),
    secretNumber: row.secret_number,
    previousUntilMs: Number(row.previous_until_ms),
  }));
}

export interface TriedDelivery {
  readonly number: bigint;
  readonly tries: number;
  readonly state: 'waiting' | 'delivered' | 'dead';
  readonly nextAtMs: number;
  readonly lastStatus: number | null;
  readonly lastFault: string | null;
}

/** What became of a try, and of its endpoint. Nothing is written when another process has taken it over. */
export async function finishTry(
  tx: Tx,
  tried: TriedDelivery,
  endpoint: {
    readonly endpointId: Uint8Array;
    /** Answered that it is no more. */
    readonly isGone: boolean;
    /** Until then it is left alone. */
    readonly resumeAtMs: number;
    readonly nowMs: number;
    readonly disableAfterMs: number;
  },
): Promise<void> {
  const { number, tries, state, nextAtMs, lastStatus, lastFault } = tried;
  const written = await tx
    .updateTable('webhook_deliveries')
    .set({ state, next_at_ms: BigInt(nextAtMs), last_status: lastStatus, last_fault: lastFault })
    .where('number', '=', number)
    .where('tries', '=', tries)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  if (written.numUpdatedRows === 0n) return;
  const { endpointId, isGone, resumeAtMs, nowMs, disableAfterMs } = endpoint;
  if (state === 'delivered') {
    await tx
      .updateTable('webhook_endpoints')
      .set({ failing_since_ms: null })
      .where('endpoint_id', '=', endpointId)
      .where('failing_since_ms', 'is not', null)
      .execute();
    return;
  }
  await sql`
    UPDATE webhook_endpoints
       SET failing_since_ms = coalesce(failing_since_ms, ${nowMs}::bigint), resume_at_ms = ${resumeAtMs}::bigint,
           state = CASE WHEN ${isGone} OR failing_since_ms < ${nowMs - disableAfterMs}::bigint
                   THEN 'disabled' ELSE state END,
           disabled_because = CASE WHEN ${isGone} THEN 'gone'
                   WHEN failing_since_ms < ${nowMs - disableAfterMs}::bigint THEN 'failing' END
     WHERE endpoint_id = ${endpointId} AND state = 'enabled'`.execute(tx);
}

export interface DeliveryRow {
  readonly number: bigint;
  readonly merchantId: Uint8Array;
  readonly endpointId: Uint8Array;
  readonly eventId: string;
  readonly event: WebhookEventName;
  readonly state: TriedDelivery['state'];
  readonly tries: number;
  readonly happenedAtMs: number;
  readonly nextAtMs: number;
  readonly lastStatus: number | null;
  readonly lastFault: string | null;
}

/** @param merchantId null: of all merchants */
export async function readDeliveries(
  db: Database,
  merchantId: Uint8Array | null,
  state: TriedDelivery['state'],
  after: bigint,
  limit: number,
): Promise<readonly DeliveryRow[]> {
  const all = db
    .selectFrom('webhook_deliveries')
    .innerJoin('webhook_endpoints', 'webhook_endpoints.endpoint_id', 'webhook_deliveries.endpoint_id')
    .select([
      'number',
      'merchant_id',
      'webhook_deliveries.endpoint_id',
      'event_id',
      'event',
      'webhook_deliveries.state',
      'tries',
      'happened_at_ms',
      'next_at_ms',
      'last_status',
      'last_fault',
    ])
    .where('webhook_deliveries.state', '=', state)
    .where('number', '>', after)
    .orderBy('number')
    .limit(limit);
  const rows = await (merchantId === null ? all : all.where('merchant_id', '=', merchantId)).execute();
  return rows.map((row) => ({
    number: row.number,
    merchantId: row.merchant_id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    event: row.event,
    state: row.state,
    tries: row.tries,
    happenedAtMs: Number(row.happened_at_ms),
    nextAtMs: Number(row.next_at_ms),
    lastStatus: row.last_status,
    lastFault: row.last_fault,
  }));
}

/** Makes it due now, with all its days before it. @param merchantId null: of any; false when there is none of theirs */
export async function replayDelivery(
  db: Database,
  merchantId: Uint8Array | null,
  number: bigint,
  nowMs: number,
): Promise<boolean> {
  const { rows } = await sql`
    WITH again AS (
      UPDATE webhook_deliveries d
         SET state = 'waiting', next_at_ms = ${nowMs}::bigint, first_try_at_ms = NULL
        FROM webhook_endpoints e
       WHERE d.number = ${number} AND e.endpoint_id = d.endpoint_id
         AND (${merchantId}::bytea IS NULL OR e.merchant_id = ${merchantId}::bytea)
      RETURNING d.endpoint_id)
    UPDATE webhook_endpoints SET resume_at_ms = 0 WHERE endpoint_id IN (SELECT endpoint_id FROM again)
    RETURNING 1`.execute(db);
  return rows.length === 1;
}
