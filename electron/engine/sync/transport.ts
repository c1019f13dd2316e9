/**
 * Speaks protocol §6 with the clearing house: each request signed with the terminal's key, each answer
 * believed only by its own signature. A failure is one of two classes: will pass, or needs a person.
 */
import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import { CBOR_TYPE, clearingStreams } from '../../../shared/contract/clearing.ts';
import { signRequest } from '../../../shared/contract/signed-request.ts';
import { type Acknowledgement, openAcknowledgement } from '../../../shared/protocol/acknowledgement.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { HttpAnswer } from '../ports.ts';
import type { Session } from '../session.ts';
import { backEnd } from '../trust/trust.ts';
import { readProblem } from './problem.ts';

const compress = promisify(zstdCompress);
/** A whole exchange on a slow line; the queue tries again after it. */
const EXCHANGE_TIMEOUT_MS = 30_000;

export type TransportRefusal = Refusal<
  | 'clearing-unreachable'
  | 'clearing-answer-invalid'
  | 'bad-request-signature'
  | 'journal-gap'
  | 'journal-forked'
  | 'too-large'
  | 'terminal-revoked'
  | 'no-trust-bundle'
>;

export type TransportResult<T> = Result<T, { refusal: TransportRefusal; retryAfterMs: number | null }>;

function failed<T>(refusal: TransportRefusal, retryAfterMs: number | null = null): TransportResult<T> {
  return refused({ refusal, retryAfterMs });
}

/** `Retry-After` in seconds (RFC 9110 §10.2.3); a date is not used by our clearing house. */
function retryAfterMs(answer: HttpAnswer): number | null {
  const text = answer.header('retry-after');
  return text !== null && /^[0-9]{1,5}$/.test(text) ? Number(text) * 1000 : null;
}

export class Transport {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  #url(path: string, query = ''): string {
    const { clearingOrigin, certificate } = this.#session.enrolment;
    return clearingOrigin + path.replace(':terminalId', certificate.terminalId) + query;
  }

  /** @param body as it travels: compressed with zstd */
  #signedHeaders(
    method: 'GET' | 'POST',
    url: string,
    body: Uint8Array<ArrayBuffer> | null,
  ): Record<string, string> {
    const { keys, ports, enrolment } = this.#session;
    return signRequest(
      {
        method,
        url: new URL(url),
        body: body === null ? null : { bytes: body, contentType: CBOR_TYPE, contentEncoding: 'zstd' },
        keyId: enrolment.certificate.terminalId,
        createdS: Math.floor(ports.clock.nowMs() / 1000),
        nonce: ports.randomBytes(16),
      },
      keys.signer,
    );
  }

  async #exchange(
    method: 'GET' | 'POST',
    url: string,
    headers: Record<string, string>,
    body: Uint8Array<ArrayBuffer> | null,
  ): Promise<TransportResult<HttpAnswer>> {
    try {
      const { network } = this.#session.ports;
      return ok(await network.exchange({ method, url, headers, body, timeoutMs: EXCHANGE_TIMEOUT_MS }));
    } catch {
      return failed({ code: 'clearing-unreachable' }); // whatever kept the answer away, only time mends it
    }
  }

  async #acknowledged(
    method: 'GET' | 'POST',
    url: string,
    body: Uint8Array<ArrayBuffer> | null,
  ): Promise<TransportResult<{ ack: Acknowledgement; bytes: Uint8Array }>> {
    const { trust, enrolment } = this.#session;
    if (trust === undefined) return failed({ code: 'no-trust-bundle' });
    const answer = await this.#exchange(method, url, this.#signedHeaders(method, url, body), body);
    if (!answer.ok) return answer;
    if (answer.value.status !== 200) return failed(refusalOf(answer.value), retryAfterMs(answer.value));
    // a captive portal answers 200 too: only the signature says that this is the clearing house
    const ack = openAcknowledgement(answer.value.body, trust.bundle, enrolment.world, backEnd);
    if (!ack.ok || ack.value.terminalId !== enrolment.certificate.terminalId) {
      return failed({ code: 'clearing-answer-invalid' });
    }
    return ok({ ack: ack.value, bytes: answer.value.body });
  }

  /** @param batch bytes of shared/protocol/journal-batch.ts */
  async sendJournal(
    batch: Uint8Array<ArrayBuffer>,
  ): Promise<TransportResult<{ ack: Acknowledgement; bytes: Uint8Array }>> {
    const compressed = new Uint8Array(await compress(batch));
    return this.#acknowledged('POST', this.#url(clearingStreams.journal.path), compressed);
  }

  fetchOutcomes(after: bigint): Promise<TransportResult<{ ack: Acknowledgement; bytes: Uint8Array }>> {
    return this.#acknowledged('GET', this.#url(clearingStreams.outcomes.path, `?after=${after}`), null);
  }

  /** The newest bundle's bytes, or null when ours is the newest. */
  async fetchTrust(version: number | null): Promise<TransportResult<Uint8Array | null>> {
    const headers: Record<string, string> = version === null ? {} : { 'if-none-match': `"${version}"` };
    const answer = await this.#exchange('GET', this.#url(clearingStreams.trustBundle.path), headers, null);
    if (!answer.ok) return answer;
    if (answer.value.status === 304) return ok(null);
    if (answer.value.status !== 200) return failed(refusalOf(answer.value), retryAfterMs(answer.value));
    return ok(answer.value.body);
  }

  /** Calls back whenever the clearing house says "fetch now", until closed or the stream ends. */
  listen(onFetch: () => void, onEnd: () => void): () => void {
    const url = this.#url(clearingStreams.terminalEvents.path);
    const headers = { ...this.#signedHeaders('GET', url, null), accept: 'text/event-stream' };
    const onEvent = (name: string): void => {
      if (name === 'fetch') onFetch();
    };
    return this.#session.ports.network.events({ method: 'GET', url, headers }, onEvent, onEnd);
  }
}

/** What a status and problem body mean for the queue. Anything unknown will pass. */
function refusalOf(answer: HttpAnswer): TransportRefusal {
  const problem = readProblem(answer.body);
  switch (problem?.code) {
    case 'bad-request-signature':
    case 'too-large':
    case 'terminal-revoked':
      return { code: problem.code };
    case 'journal-gap':
      return problem;
    case 'journal-forked':
      return problem;
    default:
      return answer.status === 413 ? { code: 'too-large' } : { code: 'clearing-answer-invalid' };
  }
}
