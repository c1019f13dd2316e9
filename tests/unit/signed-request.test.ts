/** The signed requests of a terminal: what one side signs the other takes, and nothing else. */
import { httpbis } from 'http-message-signatures';
import { describe, expect, it } from 'vitest';
import {
  ageRefusal,
  isSignedBy,
  type RequestParts,
  readRequestSignature,
  signRequest,
} from '../../shared/contract/signed-request.ts';
import { backEnd, EPOCH_S, seed, signerOf } from '../support/protocol-fixture.ts';

const terminal = signerOf('terminal');
const body = new TextEncoder().encode('a batch');
const url = new URL('https://Clearing.example:8443/v1/terminals/0011223344556677/journal?from=1');

interface Sent {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: Uint8Array | null;
}

function sent(change: { body?: null; contentEncoding?: string } = {}): Sent {
  const withBody = change.body !== null;
  const method = withBody ? 'POST' : 'GET';
  const headers = signRequest(
    {
      method,
      url,
      body: withBody
        ? {
            bytes: body,
            contentType: 'application/cbor',
            ...(change.contentEncoding === undefined ? {} : { contentEncoding: change.contentEncoding }),
          }
        : null,
      keyId: '0011223344556677',
      createdS: EPOCH_S,
      nonce: seed('request').subarray(0, 16),
    },
    terminal,
  );
  return { method, url, headers, body: withBody ? body : null };
}

function partsOf(message: Sent): RequestParts {
  return {
    method: message.method,
    authority: message.url.host,
    path: message.url.pathname,
    query: message.url.search,
    header: (name) => message.headers[name],
  };
}

function verdict(message: Sent, nowS = EPOCH_S): string {
  const read = readRequestSignature(partsOf(message), message.body);
  if (!read.ok) return read.refusal.code;
  if (!isSignedBy(read.value, terminal.publicKey, backEnd)) return 'bad-request-signature';
  return ageRefusal(read.value, nowS)?.code ?? 'signed';
}

describe('a signed request', () => {
  it('as it was signed → signed', () => {
    expect(verdict(sent())).toBe('signed');
    expect(verdict(sent({ body: null }))).toBe('signed');
    expect(verdict(sent({ contentEncoding: 'gzip' }))).toBe('signed');
  });

  it('five minutes off either way → signed; a second more → clock-off-from-server', () => {
    for (const off of [-300, 300]) expect(verdict(sent(), EPOCH_S + off)).toBe('signed');
    for (const off of [-301, 301]) expect(verdict(sent(), EPOCH_S + off)).toBe('clock-off-from-server');
  });

  const changes: [string, (message: Sent) => Partial<Sent>][] = [
    ['another method', () => ({ method: 'PUT' })],
    [
      'another authority',
      () => ({ url: new URL('https://clearing.example/v1/terminals/0011223344556677/journal?from=1') }),
    ],
    ['another path', ({ url }) => ({ url: new URL('/v1/terminals/0011223344556678/journal?from=1', url) })],
    ['another query', ({ url }) => ({ url: new URL('?from=2', url) })],
    ['no query', ({ url }) => ({ url: new URL(url.pathname, url) })],
    ['another body', () => ({ body: new TextEncoder().encode('a butch') })],
    ['no body', () => ({ body: null, method: 'GET' })],
    ['another type', ({ headers }) => ({ headers: { ...headers, 'content-type': 'text/plain' } })],
    ['an encoding added', ({ headers }) => ({ headers: { ...headers, 'content-encoding': 'gzip' } })],
    ['no digest', ({ headers: { 'content-digest': _, ...headers } }) => ({ headers })],
    ['no signature', ({ headers: { signature: _, ...headers } }) => ({ headers })],
    ['no input', ({ headers: { 'signature-input': _, ...headers } }) => ({ headers })],
  ];
  const edits: [string, (input: string) => string][] = [
    ['a component left out', (input) => input.replace(' "@query"', '')],
    ['a component twice', (input) => input.replace('"@query"', '"@query" "@query"')],
    ['a component with a parameter', (input) => input.replace('"@query"', '"@query";req')],
    ['another nonce', (input) => input.replace(/nonce="./, 'nonce="_')],
    ['no nonce', (input) => input.replace(/;nonce="[^"]*"/, '')],
    ['another time', (input) => input.replace(String(EPOCH_S), String(EPOCH_S + 1))],
    ['another algorithm', (input) => input.replace('ed25519', 'hmac-sha256')],
    ['another key id', (input) => input.replace('0011', '0012')],
    ['a parameter twice', (input) => `${input};created=${EPOCH_S}`],
    ['a second signature', (input) => `${input}, ${input.replace('sig=', 'two=')}`],
    ['white space inside', (input) => input.replace(';created', '; created')],
  ];
  it.each([
    ...changes,
    ...edits.map(([name, edit]): [string, (message: Sent) => Partial<Sent>] => [
      name,
      ({ headers }) => ({
        headers: { ...headers, 'signature-input': edit(headers['signature-input'] ?? '') },
      }),
    ]),
  ])('%s → bad-request-signature', (_, change) => {
    const message = sent();
    expect(verdict({ ...message, ...change(message) })).toBe('bad-request-signature');
  });

  it('read by another implementation of the RFC → signed', async () => {
    const message = sent();
    const result = await httpbis.verifyMessage(
      {
        keyLookup: async () => ({
          id: '0011223344556677',
          algs: ['ed25519'],
          verify: async (data, signature) =>
            backEnd.verify(terminal.publicKey, new Uint8Array(data), new Uint8Array(signature)),
        }),
        notAfter: EPOCH_S,
        requiredParams: ['created', 'nonce', 'keyid', 'alg'],
        requiredFields: ['@method', '@authority', '@path', '@query', 'content-digest'],
      },
      { method: message.method, url: message.url.href, headers: message.headers },
    );
    expect(result).toBe(true);
  });

  it('made by another implementation of the RFC → signed', async () => {
    const plain = sent();
    const { 'signature-input': _, signature: __, ...headers } = plain.headers;
    const signed = await httpbis.signMessage(
      {
        key: {
          id: '0011223344556677',
          alg: 'ed25519',
          sign: async (data) => Buffer.from(terminal.sign(new Uint8Array(data))),
        },
        fields: ['@query', '@path', '@authority', '@method', 'content-type', 'content-digest'],
        params: ['alg', 'keyid', 'created', 'nonce'],
        paramValues: {
          created: new Date(EPOCH_S * 1000),
          nonce: Buffer.from(seed('request').subarray(0, 16)).toString('base64url'),
        },
      },
      { method: plain.method, url: plain.url.href, headers },
    );
    const lower = Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
    expect(verdict({ ...plain, headers: Object.fromEntries(lower) })).toBe('signed');
  });
});
