/**
 * A terminal that a script drives without an engine: enrolled by the real routes, it writes journal
 * entries and sends batches as fast as a load wants. For figures; a till is electron/engine.
 */
import * as crypto from 'node:crypto';
import { fromBase64Url, toBase64Url } from '../../shared/bytes.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { CBOR_TYPE, clearingRoutes } from '../../shared/contract/clearing.ts';
import { signRequest } from '../../shared/contract/signed-request.ts';
import { sha256 } from '../../shared/hash.ts';
import { type Acknowledgement, openAcknowledgement } from '../../shared/protocol/acknowledgement.ts';
import { boxPublicKey } from '../../shared/protocol/box.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { encodeSign1, signDraft } from '../../shared/protocol/cose.ts';
import { nodeBackEnd, nodeSigner } from '../../shared/protocol/ed25519-node.ts';
import { parseEnrolmentCode } from '../../shared/protocol/enrolment-code.ts';
import { encodeJournalBatch } from '../../shared/protocol/journal-batch.ts';
import { type SaleBody, saleValue } from '../../shared/protocol/journal-bodies.ts';
import { encodeJournalEntry, journalHash, NO_HASH } from '../../shared/protocol/journal-entry.ts';
import { draftPossession } from '../../shared/protocol/possession.ts';
import { readTerminalCertificate } from '../../shared/protocol/terminal-certificate.ts';
import { openTrustBundle } from '../../shared/protocol/trust-bundle.ts';

export interface ScriptedTerminal {
  /** Writes sales into the journal; the batch that carries them. */
  readonly salesBatch: (
    sales: readonly Omit<SaleBody, 'decision' | 'orderId'>[],
    atMs: number,
  ) => { body: Uint8Array<ArrayBuffer>; entries: readonly Uint8Array[] };
  /** Sends a batch; the acknowledgement, checked, must settle this many payments. */
  readonly send: (body: Uint8Array<ArrayBuffer>, settled: number) => Promise<Acknowledgement>;
}

const backEnd = nodeBackEnd(crypto);

export async function enrolScriptedTerminal(codeText: string, nowS: number): Promise<ScriptedTerminal> {
  const code = parseEnrolmentCode(codeText);
  if (!code.ok) throw new Error(code.refusal.code);
  const { clearingOrigin, secret, rootPublicKey, world } = code.value;
  const signer = nodeSigner(crypto, crypto.randomBytes(32));
  const boxKey = boxPublicKey(crypto.randomBytes(32));
  const possession = { contextDigest: sha256(secret), publicKey: signer.publicKey, boxKey, iatS: nowS };
  const proof = encodeSign1(signDraft(draftPossession(possession, world), signer));
  const answer = await fetch(clearingOrigin + clearingRoutes.enrolTerminal.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret: toBase64Url(secret), possession: toBase64Url(proof) }),
  });
  if (answer.status !== clearingRoutes.enrolTerminal.status) throw new Error(await answer.text());
  const enrolled = clearingRoutes.enrolTerminal.answer.parse(await answer.json());
  const certificate = readTerminalCertificate(
    decodeCbor(fromBase64Url(enrolled.certificate) ?? new Uint8Array()),
  );
  const trust = openTrustBundle(
    fromBase64Url(enrolled.trustBundle) ?? new Uint8Array(),
    rootPublicKey,
    world,
    backEnd,
  );
  if (!trust.ok) throw new Error(trust.refusal.code);
  const url = clearingOrigin + clearingStreams.journal.path.replace(':terminalId', certificate.terminalId);
  let seq = 0;
  let hash = NO_HASH;

  return {
    salesBatch: (sales, atMs) => {
      const entries = sales.map((sale) => {
        const decision = {
          trustVersion: trust.value.version,
          reachable: false,
          checks: new Uint8Array(18),
          decided: 'offline',
          authorisation: null,
        } as const;
        const body = saleValue({ ...sale, decision, orderId: null });
        const entry = {
          epoch: 1,
          seq: seq + 1,
          previousHash: hash,
          kind: 'sale',
          atMs,
          actor: '',
          body,
        } as const;
        const bytes = encodeJournalEntry(entry);
        seq += 1;
        hash = journalHash(bytes);
        return bytes;
      });
      const head = { terminalId: certificate.terminalId, epoch: 1, seq, headHash: hash };
      return { body: encodeJournalBatch({ head, entries }, world, signer), entries };
    },
    send: async (body, settled) => {
      const headers = signRequest(
        {
          method: 'POST',
          url: new URL(url),
          body: { bytes: body, contentType: CBOR_TYPE },
          keyId: certificate.terminalId,
          createdS: Math.floor(Date.now() / 1000),
          nonce: crypto.randomBytes(16),
        },
        signer,
      );
      const response = await fetch(url, { method: 'POST', headers, body });
      const bytes = new Uint8Array(await response.arrayBuffer());
      const ack = openAcknowledgement(bytes, trust.value, world, backEnd);
      if (!ack.ok)
        throw new Error(`${response.status} ${ack.refusal.code} ${new TextDecoder().decode(bytes)}`);
      const good = ack.value.outcomes.filter((outcome) => outcome.state === 'settled').length;
      if (good !== settled) throw new Error(`${good} of ${settled} payments were settled`);
      return ack.value;
    },
  };
}
