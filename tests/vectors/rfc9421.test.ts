/** RFC 9421 appendix B: signature bases of all algorithms, signatures of ed25519, and the transformations of B.4. */
import * as crypto from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../shared/bytes.ts';
import {
  parseSignature,
  parseSignatureInput,
  type RequestParts,
  signatureBase,
} from '../../shared/contract/signed-request.ts';
import { verifyStrict } from '../../shared/protocol/ed25519.ts';
import { nodeBackEnd } from '../../shared/protocol/ed25519-node.ts';

const FILE = new URL('../../../shared/material/rfc9421/rfc9421-appendix-b.json', import.meta.url);

type Fields = [string, string][];
interface Material {
  keys: Record<string, { publicJwk?: { x: string } }>;
  messages: { request: { method: string; url: string; headers: Fields } };
  vectors: {
    name: string;
    key: string;
    alg: string;
    message: string;
    signatureInput: string;
    signature: string;
    base: string;
  }[];
  transformations: {
    key: string;
    cases: { name: string; expect: string; method: string; url: string; headers: Fields }[];
  };
}

function partsOf(message: { method: string; url: string; headers: Fields }): RequestParts {
  const url = new URL(message.url);
  return {
    method: message.method,
    authority: url.host,
    path: url.pathname,
    query: url.search,
    header: (name) => {
      const values = message.headers
        .filter(([field]) => field.toLowerCase() === name)
        .map(([, value]) => value);
      return values.length === 0 ? undefined : values.join(', ');
    },
  };
}

describe.skipIf(!existsSync(FILE))('RFC 9421 appendix B', () => {
  const material: Material = existsSync(FILE)
    ? JSON.parse(readFileSync(FILE, 'utf8'))
    : { keys: {}, vectors: [], transformations: { cases: [] } };
  const backEnd = nodeBackEnd(crypto);

  const verifies = (parts: RequestParts, input: string, signature: string, key: string): boolean => {
    const parsed = parseSignatureInput(input);
    const bytes = parsed && parseSignature(signature, parsed.label);
    const base = parsed && signatureBase(parts, parsed.components, parsed.text);
    const publicKey = Buffer.from(material.keys[key]?.publicJwk?.x ?? '', 'base64url');
    return bytes !== undefined && base !== undefined && verifyStrict(backEnd, publicKey, utf8(base), bytes);
  };

  // components with parameters and answers are outside of our profile
  const requests = material.vectors.filter(
    ({ message, base }) => message === 'request' && !base.includes('";'),
  );
  it.each(requests)('$name → its signature base', ({ signatureInput, base }) => {
    const parsed = parseSignatureInput(signatureInput);
    expect(parsed && signatureBase(partsOf(material.messages.request), parsed.components, parsed.text)).toBe(
      base,
    );
  });

  it.each(material.vectors.filter(({ alg }) => alg === 'ed25519'))('$name → verifies', (vector) => {
    const parts = partsOf(material.messages.request);
    expect(verifies(parts, vector.signatureInput, vector.signature, vector.key)).toBe(true);
  });

  it.each(material.transformations.cases)('B.4 $name → $expect', (message) => {
    const parts = partsOf(message);
    const input = parts.header('signature-input') ?? '';
    const signature = parts.header('signature') ?? '';
    expect(verifies(parts, input, signature, material.transformations.key)).toBe(message.expect === 'valid');
  });
});
