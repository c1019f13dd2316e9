/** What a merchant's program may do with its webhooks. Every endpoint and delivery is looked up with its merchant. */
import { fromHex, toHex } from '../../shared/bytes.ts';
import type { WebhookView } from '../../shared/contract/clearing/webhooks.ts';
import type { RouteAnswer, RouteBody, RouteQuery } from '../../shared/contract/clearing.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { inTransaction } from '../db/database.ts';
import * as db from '../db/webhooks.ts';
import type { House } from '../house.ts';
import { mayBeToldAt } from './address.ts';
import { webhookSecret } from './signature.ts';

const MOST_ENDPOINTS = 10;
const PAGE = 200;
/** A receiver changes its secret within a day. */
const OVERLAP_MS = 86_400_000;

const NOT_FOUND = { code: 'not-found' } as const;

function webhookView(row: db.EndpointRow): WebhookView {
  const { url, state, disabledBecause, failingSinceMs } = row;
  const endpointId = toHex(row.endpointId);
  return { endpointId, url, events: [...row.events], state, disabledBecause, failingSinceMs };
}

export async function createWebhook(
  house: House,
  merchantId: Uint8Array,
  body: RouteBody<'createWebhook'>,
): Promise<Result<RouteAnswer<'createWebhook'>, Refusal<'bad-request' | 'too-large'>>> {
  if (!mayBeToldAt(body.url, house.config.allowsPrivateWebhooks))
    return refused({ code: 'bad-request', detail: { field: 'url' } });
  const endpointId = house.randomBytes(8);
  const events = [...new Set(body.events)];
  const row = await inTransaction(house.database, (tx) =>
    db.insertEndpoint(
      tx,
      { endpointId, merchantId, url: body.url, events, nowMs: house.nowMs() },
      MOST_ENDPOINTS,
    ),
  );
  if (row === undefined) return refused({ code: 'too-large' });
  return ok({
    webhook: webhookView(row),
    secret: webhookSecret(house.keys.boxSecret, endpointId, row.secretNumber),
  });
}

export async function listWebhooks(
  house: House,
  merchantId: Uint8Array,
): Promise<Result<RouteAnswer<'webhooks'>>> {
  return ok({ webhooks: (await db.readEndpoints(house.database, merchantId)).map(webhookView) });
}

export async function changeWebhook(
  house: House,
  merchantId: Uint8Array,
  endpointId: string,
  { state }: RouteBody<'changeWebhook'>,
): Promise<Result<RouteAnswer<'changeWebhook'>, Refusal<'not-found'>>> {
  const id = fromHex(endpointId);
  const row = id && (await db.switchEndpoint(house.database, merchantId, id, state));
  return row === undefined ? refused(NOT_FOUND) : ok({ webhook: webhookView(row) });
}

export async function rotateWebhookSecret(
  house: House,
  merchantId: Uint8Array,
  endpointId: string,
): Promise<Result<RouteAnswer<'rotateWebhookSecret'>, Refusal<'not-found'>>> {
  const id = fromHex(endpointId);
  const previousUntilMs = house.nowMs() + OVERLAP_MS;
  const number = id && (await db.nextSecret(house.database, merchantId, id, previousUntilMs));
  if (id === undefined || number === undefined) return refused(NOT_FOUND);
  return ok({ secret: webhookSecret(house.keys.boxSecret, id, number), previousUntilMs });
}

/** @param merchantId null: the operator looks at all */
export async function listDeliveries(
  house: House,
  merchantId: Uint8Array | null,
  { state, after = '0' }: RouteQuery<'webhookDeliveries'>,
): Promise<Result<RouteAnswer<'webhookDeliveries'>>> {
  const rows = await db.readDeliveries(house.database, merchantId, state, BigInt(after), PAGE);
  const deliveries = rows.map((row) => ({
    ...row,
    number: row.number.toString(),
    merchantId: toHex(row.merchantId),
    endpointId: toHex(row.endpointId),
  }));
  return ok({ deliveries });
}

/** @param merchantId null: the operator replays anybody's */
export async function replayDelivery(
  house: House,
  merchantId: Uint8Array | null,
  number: string,
): Promise<Result<Record<string, never>, Refusal<'not-found'>>> {
  const isThere = await db.replayDelivery(house.database, merchantId, BigInt(number), house.nowMs());
  return isThere ? ok({}) : refused(NOT_FOUND);
}
