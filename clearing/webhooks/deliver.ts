/**
 * Sending what the outbox holds. It keeps nothing: a process that dies in the middle leaves a lease that ends, and
 * another sends again under the same id. A receiver may hear a thing twice, and never not at all.
 */
import { toHex } from '../../shared/bytes.ts';
import type { WebhookBody } from '../../shared/contract/clearing/webhooks.ts';
import { type Database, inTransaction } from '../db/database.ts';
import { type DueDelivery, finishTry, takeDue } from '../db/webhooks.ts';
import type { ClearingKeys } from '../keys.ts';
import type { Post } from './post.ts';
import { DISABLE_AFTER_MS, verdictOf } from './schedule.ts';
import { webhookHeaders, webhookSecret } from './signature.ts';

export interface WebhookPorts {
  readonly database: Database;
  readonly keys: Pick<ClearingKeys, 'boxSecret'>;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** 0 ≤ fraction < 1. */
  readonly fraction: () => number;
  readonly post: Post;
}

/** At once; more wait for the next look. */
const PARALLEL = 16;
/** Longer than a try may take. */
const LEASE_MS = 60_000;
/** At most so long is an endpoint left alone that did not answer. */
const QUIET_MS = 60_000;
const GONE = 410;

function bodyOf({ event, happenedAtMs, data }: DueDelivery): string {
  // `data` was composed by db/webhooks.ts
  const body = { type: event, timestamp: new Date(happenedAtMs).toISOString(), data } as WebhookBody;
  return JSON.stringify(body);
}

function secretsOf(boxSecret: Uint8Array, due: DueDelivery, nowMs: number): readonly string[] {
  const { endpointId, secretNumber, previousUntilMs } = due;
  const newest = webhookSecret(boxSecret, endpointId, secretNumber);
  if (secretNumber === 1 || previousUntilMs <= nowMs) return [newest];
  return [newest, webhookSecret(boxSecret, endpointId, secretNumber - 1)];
}

async function tryOne(ports: WebhookPorts, due: DueDelivery): Promise<void> {
  const { database, keys, post } = ports;
  const startedMs = ports.nowMs();
  const body = bodyOf(due);
  const secrets = secretsOf(keys.boxSecret, due, startedMs);
  const headers = webhookHeaders(secrets, due.eventId, Math.floor(startedMs / 1000), body);
  const answer = await post(due.url, headers, body);
  const nowMs = ports.nowMs();
  const isGone = answer.kind === 'answered' && answer.status === GONE;
  const verdict = isGone ? ({ state: 'dead' } as const) : verdictOf(answer, due, nowMs, ports.fraction());
  await inTransaction(database, (tx) =>
    finishTry(
      tx,
      {
        number: due.number,
        tries: due.tries,
        state: verdict.state,
        nextAtMs: verdict.state === 'waiting' ? verdict.nextAtMs : nowMs,
        lastStatus: answer.kind === 'answered' ? answer.status : null,
        lastFault: answer.kind === 'failed' ? answer.fault : null,
      },
      {
        endpointId: due.endpointId,
        isGone,
        resumeAtMs: answer.kind === 'failed' ? nowMs + Math.floor(QUIET_MS * ports.fraction()) : 0,
        nowMs,
        disableAfterMs: DISABLE_AFTER_MS,
      },
    ),
  );
}

/** One look at the outbox. @returns ids of the endpoints that were tried, hexadecimal, one for each try */
export async function deliverDue(ports: WebhookPorts): Promise<readonly string[]> {
  const due = await takeDue(ports.database, ports.nowMs(), LEASE_MS, PARALLEL);
  await Promise.all(due.map((one) => tryOne(ports, one)));
  return due.map(({ endpointId }) => toHex(endpointId));
}
