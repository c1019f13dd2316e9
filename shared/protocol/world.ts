/**
 * Which world a signature belongs to. A test or training world signs other bytes than the live one, so
 * nothing of it can pass for money, even under the same key (protocol §2).
 */
import { utf8 } from '../bytes.ts';

export type World = 'live' | 'test';

const PREFIX: Record<World, string> = { live: 'offline-payment/1', test: 'offline-payment/1-test' };

export type ObjectType =
  | 'purse'
  | 'payment'
  | 'terminal'
  | 'invoice'
  | 'receipt'
  | 'refund'
  | 'head'
  | 'trust'
  | 'trust-delta'
  | 'ack'
  | 'authorisation'
  | 'statement'
  | 'rate'
  | 'z-report'
  | 'z-head'
  | 'possession'
  | 'time'
  | 'proof-answer'
  | 'paper';

/** The external_aad of an object type (protocol §3); payment and invoice append a certificate's digest. */
export function aadOf(world: World, type: ObjectType): Uint8Array {
  return utf8(`${PREFIX[world]}/${type}`);
}
