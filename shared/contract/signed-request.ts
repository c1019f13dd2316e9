/**
 * Requests that a terminal signs (RFC 9421, alg ed25519), both sides of it: what the terminal adds and what
 * the clearing house takes. A closed profile of the RFC: one signature, whole components without
 * parameters, SHA-256 digest of the body as sent. Whatever is not covered here is refused, never ignored.
 * The key is found by `keyid`; the algorithm is fixed by that, never taken from the message.
 */
import { fromBase64Url, toBase64Url, utf8 } from '../bytes.ts';
import { sha256 } from '../hash.ts';
import { type Ed25519BackEnd, type Signer, verifyStrict } from '../protocol/ed25519.ts';
import type { Refusal } from '../refusals.ts';
import { ok, type Result, refused } from '../result.ts';
import { SIGNATURE_MAX_AGE_S, SIGNED_BODY_COMPONENTS, SIGNED_COMPONENTS } from './clearing.ts';

/** The parts of a request that components are made of (RFC 9421 §2). */
export interface RequestParts {
  readonly method: string;
  /** Host in lower case, with the port unless it is the scheme's own: `new URL(…).host` gives it. */
  readonly authority: string;
  /** As sent, such as /v1/terminals/0011223344556677/journal. */
  readonly path: string;
  /** With its question mark, "" when there is none. */
  readonly query: string;
  /** Of a lower-case name; several fields of one name joined by ", ". */
  readonly header: (name: string) => string | undefined;
}

/** The lines that are signed (RFC 9421 §2.5); undefined when a covered component is not in the request. */
export function signatureBase(
  parts: RequestParts,
  components: readonly string[],
  parameters: string,
): string | undefined {
  const lines: string[] = [];
  for (const component of components) {
    const value = componentValue(parts, component);
    if (value === undefined) return undefined;
    lines.push(`"${component}": ${value}`);
  }
  lines.push(`"@signature-params": ${parameters}`);
  return lines.join('\n');
}

function componentValue(parts: RequestParts, component: string): string | undefined {
  switch (component) {
    case '@method':
      return parts.method;
    case '@authority':
      return parts.authority;
    case '@path':
      return parts.path === '' ? '/' : parts.path;
    case '@query':
      return parts.query === '' ? '?' : parts.query;
    default:
      return component.startsWith('@') ? undefined : parts.header(component)?.trim();
  }
}

/** Structured-field byte sequence (RFC 9651 §3.3.5): base64 with padding between colons. */
function byteSequence(bytes: Uint8Array): string {
  const plain = toBase64Url(bytes).replaceAll('-', '+').replaceAll('_', '/');
  return `:${plain.padEnd(Math.ceil(plain.length / 4) * 4, '=')}:`;
}

function readByteSequence(text: string): Uint8Array | undefined {
  const plain = /^:([A-Za-z0-9+/]*)(={0,2}):$/.exec(text);
  if (plain === null || text.length % 4 !== 2) return undefined;
  return fromBase64Url((plain[1] ?? '').replaceAll('+', '-').replaceAll('/', '_'));
}

/** A faster SHA-256 than ours, where the runtime has one. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** Content-Digest (RFC 9530) over the body as it travels, after any content coding. */
export function contentDigest(body: Uint8Array, hash: Sha256 = sha256): string {
  return `sha-256=${byteSequence(hash(body))}`;
}

export interface RequestToSign {
  readonly method: string;
  readonly url: URL;
  /** Null for a request without a body. */
  readonly body: {
    readonly bytes: Uint8Array;
    readonly contentType: string;
    /** Such as "gzip"; covered by the signature when it is there. */
    readonly contentEncoding?: string;
  } | null;
  /** The terminal id. */
  readonly keyId: string;
  /** Seconds since 1970. */
  readonly createdS: number;
  /** 16 random bytes, new for each request, repeated ones too. */
  readonly nonce: Uint8Array;
}

const LABEL = 'sig';

/** The header fields to send with it: content-type and content-digest where there is a body, and both of the signature. */
export function signRequest(request: RequestToSign, signer: Signer): Record<string, string> {
  const headers: Record<string, string> = {};
  let components: readonly string[] = SIGNED_COMPONENTS;
  if (request.body !== null) {
    headers['content-type'] = request.body.contentType;
    headers['content-digest'] = contentDigest(request.body.bytes);
    components = SIGNED_BODY_COMPONENTS;
    if (request.body.contentEncoding !== undefined) {
      headers['content-encoding'] = request.body.contentEncoding;
      components = [...components, 'content-encoding'];
    }
  }
  const list = components.map((component) => `"${component}"`).join(' ');
  const nonce = toBase64Url(request.nonce);
  const parameters = `(${list});created=${request.createdS};keyid="${request.keyId}";nonce="${nonce}";alg="ed25519"`;
  const base = signatureBase(
    {
      method: request.method,
      authority: request.url.host,
      path: request.url.pathname,
      query: request.url.search,
      header: (name) => headers[name],
    },
    components,
    parameters,
  );
  if (base === undefined) throw new RangeError('a component that the request does not have');
  headers['signature-input'] = `${LABEL}=${parameters}`;
  headers.signature = `${LABEL}=${byteSequence(signer.sign(utf8(base)))}`;
  return headers;
}

export interface SignatureInput {
  readonly label: string;
  readonly components: readonly string[];
  /** As received: the value of @signature-params. */
  readonly text: string;
  readonly parameters: ReadonlyMap<string, string | number>;
}

const INPUT =
  /^([a-z*][a-z0-9_.*-]{0,31})=(\(("[a-z0-9@_.-]+"(?: "[a-z0-9@_.-]+")*)?\)((?:;[a-z]+=(?:"[ !#-[\]-~]{0,128}"|[0-9]{1,15}))*))$/;
const PARAMETER = /;([a-z]+)=(?:"([^"]*)"|([0-9]+))/g;
/** Larger than any honest one; keeps the work on a hostile one small. */
const MAX_FIELD_CHARACTERS = 1024;

/** One signature, in its canonical text; undefined for anything else, several signatures included. */
export function parseSignatureInput(field: string): SignatureInput | undefined {
  const match = field.length > MAX_FIELD_CHARACTERS ? null : INPUT.exec(field);
  if (match === null) return undefined;
  const [, label = '', text = '', list = '', tail = ''] = match;
  const components = list === '' ? [] : list.slice(1, -1).split('" "');
  const parameters = new Map<string, string | number>();
  for (const [, name = '', word, number] of tail.matchAll(PARAMETER)) {
    if (parameters.has(name)) return undefined;
    parameters.set(name, word ?? Number(number));
  }
  return new Set(components).size === components.length ? { label, components, text, parameters } : undefined;
}

/** The 64 bytes of the signature of this label, when the field holds just that one. */
export function parseSignature(field: string, label: string): Uint8Array | undefined {
  if (!field.startsWith(`${label}=`) || field.length > MAX_FIELD_CHARACTERS) return undefined;
  return readByteSequence(field.slice(label.length + 1));
}

export interface RequestSignature {
  readonly keyId: string;
  /** Seen once: the holder of the table of nonces refuses it a second time. */
  readonly nonce: string;
  readonly createdS: number;
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

type BadSignature = Refusal<'bad-request-signature'>;
const BAD: BadSignature = { code: 'bad-request-signature' };

/**
 * All that can be told without the key: coverage, parameters, digest of the body. The caller finds the key of
 * `keyId`, asks `isSignedBy`, then `ageRefusal`, and then stores the nonce.
 *
 * @param body the body's bytes as they came, null when the request has none
 */
export function readRequestSignature(
  parts: RequestParts,
  body: Uint8Array | null,
  hash?: Sha256,
): Result<RequestSignature, BadSignature> {
  const input = parseSignatureInput(parts.header('signature-input') ?? '');
  if (input === undefined) return refused(BAD);
  const signature = parseSignature(parts.header('signature') ?? '', input.label);
  if (signature === undefined) return refused(BAD);

  const needed: string[] = [...(body === null ? SIGNED_COMPONENTS : SIGNED_BODY_COMPONENTS)];
  // an encoding that is not covered could be changed on the way
  if (parts.header('content-encoding') !== undefined) needed.push('content-encoding');
  if (!needed.every((component) => input.components.includes(component))) return refused(BAD);
  if (body !== null && parts.header('content-digest')?.trim() !== contentDigest(body, hash))
    return refused(BAD);

  const created = input.parameters.get('created');
  const nonce = input.parameters.get('nonce');
  const keyId = input.parameters.get('keyid');
  if (input.parameters.size !== 4 || input.parameters.get('alg') !== 'ed25519') return refused(BAD);
  if (typeof created !== 'number' || typeof nonce !== 'string' || typeof keyId !== 'string')
    return refused(BAD);
  if (fromBase64Url(nonce)?.length !== 16) return refused(BAD);

  const base = signatureBase(parts, input.components, input.text);
  if (base === undefined) return refused(BAD);
  return ok({ keyId, nonce, createdS: created, toBeSigned: utf8(base), signature });
}

/**
 * A genuine request that is too old or from the future: its sender's clock is wrong, or somebody kept it. Only
 * whoever holds the key is told by how much.
 *
 * @param nowS seconds since 1970
 */
export function ageRefusal(
  { createdS }: RequestSignature,
  nowS: number,
): Refusal<'clock-off-from-server'> | undefined {
  const differenceS = createdS - nowS;
  if (Math.abs(differenceS) <= SIGNATURE_MAX_AGE_S) return undefined;
  return { code: 'clock-off-from-server', detail: { differenceS } };
}

export function isSignedBy(
  request: RequestSignature,
  publicKey: Uint8Array,
  backEnd: Ed25519BackEnd,
): boolean {
  return verifyStrict(backEnd, publicKey, request.toBeSigned, request.signature);
}
