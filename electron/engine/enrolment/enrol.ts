/**
 * Joins a merchant: keys made and durable first, then the one-time code is exchanged for a certificate and
 * the first trust bundle, which must be by the root that the code names. Safe to try again: the same keys
 * go out again, and the clearing house answers the same.
 */
import { equalBytes, fromBase64Url, toBase64Url } from '../../../shared/bytes.ts';
import { clearingRoutes } from '../../../shared/contract/clearing.ts';
import { sha256 } from '../../../shared/hash.ts';
import { decodeCbor } from '../../../shared/protocol/cbor.ts';
import { encodeSign1, signDraft, verifySign1 } from '../../../shared/protocol/cose.ts';
import { type EnrolmentCode, parseEnrolmentCode } from '../../../shared/protocol/enrolment-code.ts';
import { draftPossession } from '../../../shared/protocol/possession.ts';
import { reading } from '../../../shared/protocol/shape.ts';
import {
  readTerminalCertificate,
  type TerminalCertificate,
} from '../../../shared/protocol/terminal-certificate.ts';
import { issuerOf } from '../../../shared/protocol/trust-bundle.ts';
import { aadOf } from '../../../shared/protocol/world.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { Store } from '../db/store.ts';
import { hasKeys, MIN_PASSPHRASE_CHARACTERS, makeKeys, openKeys, type TerminalKeys } from '../keys.ts';
import { enterFirst } from '../people/add-person.ts';
import { hashNewPin, newPersonId } from '../people/pin.ts';
import type { EnginePorts, HttpAnswer, Sealing } from '../ports.ts';
import { record } from '../record.ts';
import { openSession, type Session } from '../session.ts';
import { readProblem } from '../sync/problem.ts';
import { backEnd, Trust } from '../trust/trust.ts';

export interface EnrolRequest {
  readonly code: string;
  readonly passphrase: string | null;
  readonly cashierName: string;
  readonly cashierPin: string;
}

const TIMEOUT_MS = 15_000;

async function keysFor(
  store: Store,
  ports: EnginePorts,
  sealing: Sealing,
  passphrase: string | null,
): Promise<Result<TerminalKeys>> {
  if (sealing.kind === 'passphrase' && (passphrase?.length ?? 0) < MIN_PASSPHRASE_CHARACTERS) {
    return refused({ code: 'passphrase-needed' });
  }
  if (hasKeys(store)) {
    const opened = await openKeys(store, sealing, passphrase);
    // of an enrolment that never finished and another passphrase: nothing depends on those keys yet
    if (opened.ok) return opened;
  }
  return makeKeys(store, sealing, passphrase, ports.randomBytes);
}

function refusalOf(answer: HttpAnswer): Refusal {
  const problem = readProblem(answer.body);
  if (problem === undefined) return { code: 'clearing-answer-invalid' };
  return answer.status >= 500 || problem.code === 'too-many-requests'
    ? problem
    : { code: 'enrolment-refused' };
}

async function exchange(
  ports: EnginePorts,
  code: EnrolmentCode,
  keys: TerminalKeys,
): Promise<Result<{ certificate: Uint8Array; trustBundle: Uint8Array }>> {
  const possession = {
    contextDigest: sha256(code.secret),
    publicKey: keys.signer.publicKey,
    boxKey: keys.boxKey,
    iatS: Math.floor(ports.clock.nowMs() / 1000),
  };
  const proof = encodeSign1(signDraft(draftPossession(possession, code.world), keys.signer));
  const body = { secret: toBase64Url(code.secret), possession: toBase64Url(proof) };
  let answer: HttpAnswer;
  try {
    answer = await ports.network.exchange({
      method: 'POST',
      url: code.clearingOrigin + clearingRoutes.enrolTerminal.path,
      headers: { 'content-type': 'application/json' },
      body: new TextEncoder().encode(JSON.stringify(body)),
      timeoutMs: TIMEOUT_MS,
    });
  } catch {
    return refused({ code: 'clearing-unreachable' }); // no answer, for whatever reason: try again later
  }
  if (answer.status !== clearingRoutes.enrolTerminal.status) return refused(refusalOf(answer));
  const read = readAnswer(answer.body);
  return read === undefined ? refused({ code: 'clearing-answer-invalid' }) : ok(read);
}

function readAnswer(body: Uint8Array): { certificate: Uint8Array; trustBundle: Uint8Array } | undefined {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined; // a 201 that is no JSON: not the clearing house
  }
  const read = clearingRoutes.enrolTerminal.answer.safeParse(json);
  if (!read.success) return undefined;
  const certificate = fromBase64Url(read.data.certificate);
  const trustBundle = fromBase64Url(read.data.trustBundle);
  return certificate === undefined || trustBundle === undefined ? undefined : { certificate, trustBundle };
}

/** The certificate is ours, by an issuer of a bundle that the pinned root signed. */
function checkAnswer(
  code: EnrolmentCode,
  keys: TerminalKeys,
  answer: { certificate: Uint8Array; trustBundle: Uint8Array },
): Result<{ certificate: TerminalCertificate; trust: Trust }> {
  const trust = Trust.open(answer.trustBundle, code.rootPublicKey, code.world);
  if (!trust.ok) return refused({ code: 'untrusted' });
  const certificate = reading(() => readTerminalCertificate(decodeCbor(answer.certificate)));
  if (!certificate.ok) return refused({ code: 'clearing-answer-invalid' });
  const { value } = certificate;
  const issuer = issuerOf(trust.value.bundle, value.kid);
  if (issuer === undefined) return refused({ code: 'untrusted' });
  if (!verifySign1(backEnd, issuer.publicKey, value.sign1, aadOf(code.world, 'terminal'))) {
    return refused({ code: 'certificate-forged' });
  }
  const ours = equalBytes(value.publicKey, keys.signer.publicKey) && equalBytes(value.boxKey, keys.boxKey);
  return ours ? ok({ certificate: value, trust: trust.value }) : refused({ code: 'clearing-answer-invalid' });
}

export async function enrol(
  store: Store,
  ports: EnginePorts,
  sealing: Sealing,
  request: EnrolRequest,
): Promise<Result<Session>> {
  const code = parseEnrolmentCode(request.code);
  if (!code.ok) return code;
  const pinHash = await hashNewPin(request.cashierPin);
  if (!pinHash.ok) return pinHash;
  const keys = await keysFor(store, ports, sealing, request.passphrase);
  if (!keys.ok) return keys;
  const answer = await exchange(ports, code.value, keys.value);
  if (!answer.ok) return answer;
  const checked = checkAnswer(code.value, keys.value, answer.value);
  if (!checked.ok) return checked;

  const { certificate, trust } = checked.value;
  const { world, clearingOrigin, rootPublicKey } = code.value;
  const atMs = ports.clock.nowMs();
  const written = store.write(() => {
    store.settings.setBytes('terminal-certificate', certificate.bytes);
    store.settings.setBytes('root-public-key', rootPublicKey);
    store.settings.setText('world', world);
    store.settings.setText('clearing-origin', clearingOrigin);
    store.settings.setBytes('trust-bundle', answer.value.trustBundle);
    const body = [certificate.bytes, rootPublicKey, clearingOrigin, world];
    record(store, { kind: 'enrolled', atMs, actor: '', body });
    const accepted = [trust.bundle.version, sha256(answer.value.trustBundle)];
    record(store, { kind: 'trust-accepted', atMs, actor: '', body: accepted });
    const personId = newPersonId(ports.randomBytes);
    store.people.putSecret(personId, pinHash.value);
    enterFirst(store, { personId, name: request.cashierName, role: 'administrator' }, atMs);
  });
  if (!written.ok) return written;
  const enrolment = { certificate, rootPublicKey, world, clearingOrigin };
  return ok(openSession({ store, ports, keys: keys.value, enrolment, trust }));
}
