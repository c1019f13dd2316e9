/**
 * Signing a webhook by Standard Webhooks: v1 = HMAC-SHA256 over "id.timestamp.body". Secrets are derived from the
 * key store, so that whoever reads the database can sign for nobody; they change when the box key does.
 */
import { createHmac, hkdfSync } from 'node:crypto';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** The text that a merchant gets. @param number 1 for an endpoint's first secret, 2 for its next */
export function webhookSecret(boxSecret: Uint8Array, endpointId: Uint8Array, number: number): string {
  const info = new Uint8Array(endpointId.length + 4);
  info.set(endpointId);
  new DataView(info.buffer).setUint32(endpointId.length, number);
  const secret = hkdfSync('sha256', boxSecret, 'fieldtill/webhook-secret/1', info, SECRET_BYTES);
  return PREFIX + Buffer.from(secret).toString('base64');
}

/**
 * The headers of one try.
 *
 * @param secrets `whsec_…`; one signature each, so that a receiver may know either at a rotation
 * @param timestampS of this try
 */
export function webhookHeaders(
  secrets: readonly string[],
  id: string,
  timestampS: number,
  body: string,
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(secret.startsWith(PREFIX) ? PREFIX.length : 0), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestampS}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampS),
    'webhook-signature': signatures.join(' '),
  };
}
