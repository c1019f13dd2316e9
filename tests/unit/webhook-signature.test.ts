/** Signatures of webhooks against the published vectors of Standard Webhooks; addresses that no webhook may reach. */
import { describe, expect, it } from 'vitest';
import { isPublicAddress, mayBeToldAt } from '../../clearing/webhooks/address.ts';
import { GIVE_UP_AFTER_MS, verdictOf } from '../../clearing/webhooks/schedule.ts';
import { webhookHeaders, webhookSecret } from '../../clearing/webhooks/signature.ts';
import { hasMaterial, readMaterial } from '../support/material.ts';

const VECTORS = 'standard-webhooks/vectors.json';

describe('signature', () => {
  it.skipIf(!hasMaterial(VECTORS))('published vector → its signature', () => {
    const { symmetric } = readMaterial<{
      symmetric: Record<'secret' | 'id' | 'payload' | 'signature', string> & { timestamp: number };
    }>(VECTORS);
    const { secret, id, timestamp, payload, signature } = symmetric;
    const bare = secret.replace('whsec_', '');
    for (const known of [secret, bare])
      expect(webhookHeaders([known], id, timestamp, payload)['webhook-signature']).toBe(signature);
  });

  it('two secrets → two signatures, the first of the first', () => {
    const [first, second] = [1, 2].map((n) => webhookSecret(new Uint8Array(32), new Uint8Array(8), n));
    if (first === undefined || second === undefined) throw new Error('no secrets');
    expect(first).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const both = webhookHeaders([second, first], 'evt_1', 1, '{}')['webhook-signature'].split(' ');
    expect(both).toEqual(
      [second, first].map((secret) => webhookHeaders([secret], 'evt_1', 1, '{}')['webhook-signature']),
    );
    expect(new Set(both).size).toBe(2);
  });
});

describe('address', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    'x',
  ])('%s → refused', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each(['8.8.8.8', '172.32.0.1', '1.1.1.1', '2606:4700::1111', '2a00:1450::1'])('%s → public', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    'http://shop.example/',
    'ftp://shop.example/',
    'https://user:pass@shop.example/',
    'https://127.0.0.1/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://shop/#x',
    'https://[::ffff:169.254.169.254]/',
    'not a url',
    '',
  ])('%s → refused', (url) => expect(mayBeToldAt(url, false)).toBe(false));

  it('a shop’s https → taken; http only where private addresses are allowed', () => {
    expect(mayBeToldAt('https://shop.example/hook?a=1', false)).toBe(true);
    expect(mayBeToldAt('http://127.0.0.1:1234/', true)).toBe(true);
  });
});

describe('schedule', () => {
  const no = { kind: 'answered', status: 500, retryAfterS: null } as const;

  it('each try → a longer ceiling, all of it by chance, at most six hours', () => {
    const waits = [1, 2, 3, 12, 30].map((tries) => {
      const verdict = verdictOf(no, { tries, firstTryAtMs: 0 }, 0, 0.999_999_9);
      return verdict.state === 'waiting' ? Math.ceil(verdict.nextAtMs / 1000) : 0;
    });
    expect(waits).toEqual([10, 20, 40, 20_480, 21_600]);
    expect(verdictOf(no, { tries: 9, firstTryAtMs: 0 }, 0, 0)).toEqual({ state: 'waiting', nextAtMs: 1000 });
  });

  it('Retry-After → not before; three days → dead; 204 → delivered; 302 → not', () => {
    const later = { kind: 'answered', status: 429, retryAfterS: 90 } as const;
    expect(verdictOf(later, { tries: 1, firstTryAtMs: 0 }, 0, 0)).toEqual({
      state: 'waiting',
      nextAtMs: 90_000,
    });
    expect(verdictOf(no, { tries: 9, firstTryAtMs: 0 }, GIVE_UP_AFTER_MS, 0).state).toBe('dead');
    const answered = (status: number) => ({ kind: 'answered', status, retryAfterS: null }) as const;
    expect(verdictOf(answered(204), { tries: 1, firstTryAtMs: 0 }, 0, 0).state).toBe('delivered');
    expect(verdictOf(answered(302), { tries: 1, firstTryAtMs: 0 }, 0, 0).state).toBe('waiting');
  });
});
