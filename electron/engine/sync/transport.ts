/**
 * Speaks protocol §6 with the clearing house: each request signed with the terminal's key, each answer
 * believed only by its own signature. A failure is one of two classes: will pass, or needs a person.
 */
import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import { toBase64Url } from '../../../shared/bytes.ts';
import { clearingStreams } from '../../../shared/contract/clearing/streams.ts';
import { CBOR_TYPE } from '../../../shared/contract/clearing.ts';
import { signRequest } from '../../../shared/contract/signed-request.ts';
import { type Acknowledgement, openAcknowledgement } from '../../../shared/protocol/acknowledgement.ts';
import { type Authorisation, openAuthorisation } from '../../../shared/protocol/authorisation.ts';
import { decodeHeldEntries } from '../../../shared/protocol/held-entries.ts';
import { openProofAnswer, type ProofAnswer } from '../../../shared/protocol/proof-answer.ts';
import { openSignedTime, type SignedTime, TIME_NONCE_BYTES } from '../../../shared/protocol/signed-time.ts';
import { decodeTrustUpdate, type TrustUpdate } from '../../../shared/protocol/trust-update.ts';
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
  | 'clock-off-from-server'
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

  /** @param body as it travels @param contentEncoding by which it is compressed */
  #signedHeaders(
    method: 'GET' | 'POST',
    url: string,
    body: Uint8Array<ArrayBuffer> | null,
    contentEncoding: 'zstd' | null = 'zstd',
  ): Record<string, string> {
    const { keys, ports, enrolment } = this.#session;
    return signRequest(
      {
        method,
        url: new URL(url),
        body:
          body === null
            ? null
            : {
                bytes: body,
                contentType: CBOR_TYPE,
                ...(contentEncoding === null ? {} : { contentEncoding }),
              },
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
    timeoutMs = EXCHANGE_TIMEOUT_MS,
  ): Promise<TransportResult<HttpAnswer>> {
    try {
      const { network } = this.#session.ports;
      return ok(await network.exchange({ method, url, headers, body, timeoutMs }));
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

  /** Entries of ours that the clearing house holds after a place, and the head that it signed for them. */
  async fetchHeld(
    epoch: number,
    afterSeq: number,
  ): Promise<TransportResult<{ ack: Acknowledgement; entries: readonly Uint8Array[] }>> {
    const { trust, enrolment } = this.#session;
    if (trust === undefined) return failed({ code: 'no-trust-bundle' });
    const url = this.#url(clearingStreams.heldEntries.path, `?epoch=${epoch}&after=${afterSeq}`);
    const answer = await this.#exchange('GET', url, this.#signedHeaders('GET', url, null), null);
    if (!answer.ok) return answer;
    if (answer.value.status !== 200) return failed(refusalOf(answer.value), retryAfterMs(answer.value));
    const held = decodeHeldEntries(answer.value.body);
    if (!held.ok) return failed({ code: 'clearing-answer-invalid' });
    const ack = openAcknowledgement(held.value.acknowledgement, trust.bundle, enrolment.world, backEnd);
    if (!ack.ok || ack.value.terminalId !== enrolment.certificate.terminalId) {
      return failed({ code: 'clearing-answer-invalid' });
    }
    return ok({ ack: ack.value, entries: held.value.entries });
  }

  fetchOutcomes(after: bigint): Promise<TransportResult<{ ack: Acknowledgement; bytes: Uint8Array }>> {
    return this.#acknowledged('GET', this.#url(clearingStreams.outcomes.path, `?after=${after}`), null);
  }

  /**
   * What leads to the newest trust, or null when ours is the newest. Signed by the root, so not here checked.
   *
   * @param from the version that is held; null asks for the whole bundle
   */
  async fetchTrust(from: number | null): Promise<TransportResult<TrustUpdate | null>> {
    const url = this.#url(clearingStreams.trustBundle.path, from === null ? '' : `?from=${from}`);
    const answer = await this.#exchange('GET', url, {}, null);
    if (!answer.ok) return answer;
    if (answer.value.status === 304) return ok(null);
    if (answer.value.status !== 200) return failed(refusalOf(answer.value), retryAfterMs(answer.value));
    if (from === null) return ok({ kind: 'bundle', bytes: answer.value.body });
    const update = decodeTrustUpdate(answer.value.body);
    return update.ok ? update : failed({ code: 'clearing-answer-invalid' });
  }

  /** The clearing house's time, signed over a nonce of our own. Needs no time of ours. */
  async fetchTime(): Promise<TransportResult<SignedTime>> {
    const { trust, enrolment, ports } = this.#session;
    if (trust === undefined) return failed({ code: 'no-trust-bundle' });
    const nonce = ports.randomBytes(TIME_NONCE_BYTES);
    const url = this.#url(clearingStreams.time.path, `?nonce=${toBase64Url(nonce)}`);
    const answer = await this.#exchange('GET', url, {}, null);
    if (!answer.ok) return answer;
    if (answer.value.status !== 200) return failed(refusalOf(answer.value), retryAfterMs(answer.value));
    const time = openSignedTime(answer.value.body, nonce, trust.bundle, enrolment.world, backEnd);
    return time.ok ? time : failed({ code: 'clearing-answer-invalid' });
  }

  /** @param proof bytes of shared/protocol/double-spend.ts */
  async sendProof(proof: Uint8Array<ArrayBuffer>): Promise<TransportResult<ProofAnswer>> {
    const { trust, enrolment } = this.#session;
    if (trust === undefined) return failed({ code: 'no-trust-bundle' });
    const url = this.#url(clearingStreams.proofs.path);
    const headers = this.#signedHeaders('POST', url, proof, null);
    const answer = await this.#exchange('POST', url, headers, proof);
    if (!answer.ok) return answer;
    if (answer.value.status !== 200) return failed(refusalOf(answer.value), retryAfterMs(answer.value));
    const read = openProofAnswer(answer.value.body, trust.bundle, enrolment.world, backEnd);
    return read.ok && read.value.terminalId === enrolment.certificate.terminalId
      ? read
      : failed({ code: 'clearing-answer-invalid' });
  }

  /**
   * The signed answer about one payment, with its bytes; undefined when none came that counts: signed by an issuer,
   * for this terminal, and for what was asked.
   *
   * @param request bytes of shared/protocol/authorisation.ts
   */
  async authorise(
    request: Uint8Array<ArrayBuffer>,
    asked: Pick<Authorisation, 'paymentId' | 'amountMinor' | 'currency'>,
    timeoutMs: number,
  ): Promise<{ authorisation: Authorisation; bytes: Uint8Array } | undefined> {
    const { trust, enrolment } = this.#session;
    if (trust === undefined) return undefined;
    const url = this.#url(clearingStreams.authorisations.path);
    const headers = this.#signedHeaders('POST', url, request, null);
    const answer = await this.#exchange('POST', url, headers, request, timeoutMs);
    if (!answer.ok || answer.value.status !== 200) return undefined;
    const bytes = answer.value.body;
    const opened = openAuthorisation(bytes, trust.bundle, enrolment.world, backEnd);
    if (!opened.ok) return undefined;
    const { terminalId, paymentId, amountMinor, currency } = opened.value;
    const isOurs =
      terminalId === enrolment.certificate.terminalId &&
      paymentId === asked.paymentId &&
      amountMinor === asked.amountMinor &&
      currency === asked.currency;
    return isOurs ? { authorisation: opened.value, bytes } : undefined;
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
    case 'clock-off-from-server':
      return problem;
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
