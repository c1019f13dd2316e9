/**
 * Who a terminal's request is from (RFC 9421; shared/contract/signed-request.ts). The authority that must
 * be covered is the public origin's, not what a Host header says: a request signed for another house is
 * worth nothing here. Whatever is wrong, the answer is the same and nothing was done.
 */
import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { fromBase64Url, fromHex } from '../../shared/bytes.ts';
import { SIGNATURE_MAX_AGE_S } from '../../shared/contract/clearing.ts';
import {
  ageRefusal,
  isSignedBy,
  type RequestParts,
  readRequestSignature,
} from '../../shared/contract/signed-request.ts';
import { findTerminal, noteContact, pruneNonces, spendNonce, type TerminalRow } from '../db/merchants.ts';
import { type House, nowS } from '../house.ts';
import { RefusedRequest } from './problem.ts';

/** Nonces are pruned once in so many requests. */
const PRUNE_EVERY = 500;
/** Contact is written down at most this often; a batch writes it by itself. */
const CONTACT_STEP_MS = 60_000;
/** A nonce is kept until no signature with it could be fresh, whichever way the clocks were off. */
const NONCE_LIFE_S = 3 * SIGNATURE_MAX_AGE_S;

function partsOf(request: FastifyRequest, authority: string): RequestParts {
  const [path = '', ...rest] = (request.raw.url ?? '').split('?');
  return {
    method: request.method,
    authority,
    path,
    query: rest.length === 0 ? '' : `?${rest.join('?')}`,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
  };
}

export class TerminalDoor {
  readonly #house: House;
  #requests = 0;

  constructor(house: House) {
    this.#house = house;
  }

  /**
   * The terminal that signed this request; where the path names a terminal, it is that one.
   *
   * @param body as it came over the wire; null for a request without one
   * @throws RefusedRequest
   */
  async identify(request: FastifyRequest, body: Uint8Array | null): Promise<TerminalRow> {
    const house = this.#house;
    const bad = new RefusedRequest({ code: 'bad-request-signature' });
    const parts = partsOf(request, new URL(house.publicOrigin()).host);
    const read = readRequestSignature(parts, body, (bytes) => hash('sha256', bytes, 'buffer'));
    if (!read.ok) throw bad;
    const terminalId = read.value.keyId;
    const { terminalId: named = terminalId } = request.params as { terminalId?: string };
    if (named !== terminalId) throw bad;
    const id = /^[0-9a-f]{16}$/.test(terminalId) ? fromHex(terminalId) : undefined;
    const nonce = fromBase64Url(read.value.nonce);
    const terminal = id && (await findTerminal(house.database, id));
    if (terminal === undefined || nonce === undefined) throw bad;
    if (!isSignedBy(read.value, terminal.publicKey, house.backEnd)) throw bad;
    const age = ageRefusal(read.value, nowS(house));
    if (age !== undefined) throw new RefusedRequest(age);
    if (!(await spendNonce(house.database, terminal.terminalId, nonce, read.value.createdS))) throw bad;
    if (++this.#requests % PRUNE_EVERY === 0) await pruneNonces(house.database, nowS(house) - NONCE_LIFE_S);
    const nowMs = house.nowMs();
    if (nowMs - terminal.lastContactAtMs >= CONTACT_STEP_MS)
      await noteContact(house.database, terminal.terminalId, nowMs);
    if (terminal.isRevoked) throw new RefusedRequest({ code: 'terminal-revoked' });
    return terminal;
  }
}
