/** The wallet's line to the clearing house, against real HTTP servers that answer as networks do. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../wallet/clearing/backoff.ts';
import { type Contact, openClearingClient } from '../../wallet/clearing/client.ts';

const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function lineTo(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return line(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

function line(origin: string) {
  const heard: Contact[] = [];
  const client = openClearingClient(
    (path, init) => fetch(new URL(String(path), origin), init),
    () => 1_000_000,
    (contact) => heard.push(contact),
  );
  return { client, heard };
}

const json =
  (status: number, body: unknown): RequestListener =>
  (_, response) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      date: new Date(1_045_000).toUTCString(),
    });
    response.end(JSON.stringify(body));
  };

describe('an answer', () => {
  it('that fits its schema → the value, online, with the server’s clock', async () => {
    const { client, heard } = await lineTo(json(200, { payments: [] }));
    expect(await client.call('walletPayments', {})).toEqual({ ok: true, value: { payments: [] } });
    expect(heard).toEqual([{ isReached: true, clockOffsetMs: 45_000 }]);
  });
  it('with a field too many → clearing-answer-invalid, offline', async () => {
    const { client, heard } = await lineTo(json(200, { payments: [], more: 1 }));
    expect(await client.call('walletPayments', {})).toMatchObject({
      refusal: { code: 'clearing-answer-invalid' },
    });
    expect(heard[0]?.isReached).toBe(false);
  });
  it('a captive portal’s page with 200 → clearing-answer-invalid, offline', async () => {
    const { client, heard } = await lineTo((_, response) => response.end('<html>Welcome, please pay</html>'));
    expect(await client.call('me', {})).toMatchObject({ refusal: { code: 'clearing-answer-invalid' } });
    expect(heard[0]?.isReached).toBe(false);
  });
  it('a problem with its detail → that refusal, online', async () => {
    const problem = { type: 'about:blank', title: 't', status: 409, code: 'not-enough-money' };
    const { client, heard } = await lineTo(json(409, { ...problem, detail: { availableMinor: '5' } }));
    const body = { requestId: 'x', currency: 'EUR', allowanceMinor: '1', possession: 'x' };
    expect(await client.call('issuePurse', { body })).toEqual({
      ok: false,
      refusal: { code: 'not-enough-money', detail: { availableMinor: '5' } },
    });
    expect(heard[0]?.isReached).toBe(true);
  });
  it('500 without a problem → unavailable', async () => {
    const { client } = await lineTo(json(503, { anything: 1 }));
    expect(await client.call('me', {})).toMatchObject({ refusal: { code: 'unavailable' } });
  });
  it('cut off in the middle → clearing-unreachable', async () => {
    const { client } = await lineTo((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"pay');
      setImmediate(() => response.destroy());
    });
    expect(await client.call('me', {})).toMatchObject({ refusal: { code: 'clearing-unreachable' } });
  });
  it('none: nobody listens → clearing-unreachable, offline', async () => {
    const { client, heard } = line('http://127.0.0.1:9');
    expect(await client.call('me', {})).toMatchObject({ refusal: { code: 'clearing-unreachable' } });
    expect(heard).toEqual([{ isReached: false, clockOffsetMs: null }]);
  });
});

describe('the trust bundle', () => {
  it('the version held is the newest → null; the version is asked with', async () => {
    let asked: string | undefined;
    const { client } = await lineTo((request, response) => {
      asked = request.headers['if-none-match'];
      response.writeHead(304).end();
    });
    expect(await client.trustBundle(7)).toEqual({ ok: true, value: null });
    expect(asked).toBe('"7"');
  });
  it('bytes → the bytes', async () => {
    const { client } = await lineTo((_, response) => response.end(Buffer.from([1, 2])));
    expect(await client.trustBundle(null)).toEqual({ ok: true, value: Uint8Array.of(1, 2) });
  });
});

describe('the next try', () => {
  it('waits longer with each failure, to a minute, never all at once', () => {
    expect(retryDelayMs(1, 0)).toBe(500);
    expect(retryDelayMs(1, 0.999)).toBeLessThan(2000);
    expect(retryDelayMs(3, 0.999)).toBeLessThan(8000);
    expect(retryDelayMs(500, 0.999)).toBeLessThanOrEqual(60_000);
    expect(retryDelayMs(500, 0)).toBe(500);
  });
});
