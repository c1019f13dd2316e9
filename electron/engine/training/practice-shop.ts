/**
 * The shop in which somebody practises: a database, keys, a root, an issuer and customers of its own, made on this
 * machine, in the test world. Nothing of it verifies anywhere else, nothing real verifies in it, and it never
 * meets a network. Its keys protect nothing, so they rest in the open beside what they sign.
 */
import * as crypto from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { invariant } from '../../../shared/assert.ts';
import { concatBytes, utf8 } from '../../../shared/bytes.ts';
import { sha256 } from '../../../shared/hash.ts';
import { issuerKeyIdFrom } from '../../../shared/ids.ts';
import { type PersonChange, personValue } from '../../../shared/protocol/bodies/person.ts';
import { boxPublicKey } from '../../../shared/protocol/box.ts';
import { decodeCbor } from '../../../shared/protocol/cbor.ts';
import type { Signer } from '../../../shared/protocol/ed25519.ts';
import { nodeSigner } from '../../../shared/protocol/ed25519-node.ts';
import {
  issueTerminalCertificate,
  readTerminalCertificate,
} from '../../../shared/protocol/terminal-certificate.ts';
import { signTrustBundle } from '../../../shared/protocol/trust-bundle.ts';
import type { World } from '../../../shared/protocol/world.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { Person } from '../db/people.ts';
import type { Store } from '../db/store.ts';
import type { TerminalKeys } from '../keys.ts';
import { enterFirst } from '../people/add-person.ts';
import { hashPin } from '../people/pin.ts';
import { record } from '../record.ts';
import { openSession, type Session } from '../session.ts';
import { shopBundle } from '../trust/shop-bundle.ts';
import { readEnrolment, readTrust } from '../trust/trust.ts';

export const PRACTICE_WORLD: World = 'test';
/** Nobody is reached there: a name that the standards keep free (RFC 2606). */
const NOWHERE = 'https://practice.invalid';
const DAY_S = 86_400;
/** Of the practice root and issuer, which end with their shop. */
const LAST_S = 253_402_300_799;

/** Somebody who may approve, and whose PIN everybody may know. */
export const COLLEAGUE: Person = { personId: 'practice', name: 'Practice manager', role: 'manager' };
export const COLLEAGUE_PIN = '0000';

export interface PracticeShop {
  readonly session: Session;
  readonly issuer: Signer;
  readonly issuerKid: Uint8Array;
}

interface PracticeKeys {
  readonly root: Signer;
  readonly issuer: Signer;
  readonly terminal: TerminalKeys;
  readonly merchantId: Uint8Array;
  readonly terminalId: Uint8Array;
}

function keysOf(seed: Uint8Array): PracticeKeys {
  const part = (name: string): Uint8Array => sha256(concatBytes(utf8(`fieldtill practice ${name}`), seed));
  const boxSecret = part('box');
  return {
    root: nodeSigner(crypto, part('root')),
    issuer: nodeSigner(crypto, part('issuer')),
    terminal: { signer: nodeSigner(crypto, part('terminal')), boxSecret, boxKey: boxPublicKey(boxSecret) },
    merchantId: part('merchant').slice(0, 8),
    terminalId: part('terminal id').slice(0, 8),
  };
}

function kidOf(signer: Signer): Uint8Array {
  return sha256(signer.publicKey).slice(0, 4);
}

function practiceSeed(store: Store, real: Session): Uint8Array {
  const held = store.settings.bytes('practice-seed');
  if (held !== undefined) return held;
  const seed = real.ports.randomBytes(32);
  store.settings.setBytes('practice-seed', seed);
  return seed;
}

/** Needs an open transaction: name, currency and policy of the real shop, as they are now. */
function enrolPractice(store: Store, real: Session, keys: PracticeKeys): void {
  const { trust, ports, enrolment } = real;
  invariant(trust !== undefined, 'a practice shop without a policy');
  const nowMs = ports.clock.nowMs();
  const iatS = Math.floor(nowMs / 1000);
  const certificate = issueTerminalCertificate(
    {
      terminalId: keys.terminalId,
      iatS,
      expS: iatS + 365 * DAY_S,
      publicKey: keys.terminal.signer.publicKey,
      merchantId: keys.merchantId,
      displayName: enrolment.certificate.displayName,
      boxKey: keys.terminal.boxKey,
      currency: enrolment.certificate.currency,
    },
    PRACTICE_WORLD,
    kidOf(keys.issuer),
    keys.issuer,
  );
  const issuer = {
    kid: issuerKeyIdFrom(kidOf(keys.issuer)),
    publicKey: keys.issuer.publicKey,
    notBeforeS: 0,
    notAfterS: LAST_S,
  };
  // the journal counts up, so a later start always has a later version
  const version = store.journal.tip.seq + 1;
  const bundle = signTrustBundle(
    {
      version,
      iatS,
      expS: iatS + 60 * DAY_S,
      issuers: [issuer],
      statusList: { bits: 8, compressed: new Uint8Array(deflateSync(new Uint8Array(1))) },
      revokedTerminals: [],
      // with what the shop itself has made stricter
      policy: shopBundle(real, trust).policy,
      clearingBoxKey: keys.terminal.boxKey,
    },
    PRACTICE_WORLD,
    keys.root,
  );
  store.settings.setBytes('terminal-certificate', certificate);
  store.settings.setBytes('root-public-key', keys.root.publicKey);
  store.settings.setText('world', PRACTICE_WORLD);
  store.settings.setText('clearing-origin', NOWHERE);
  store.settings.setBytes('trust-bundle', bundle);
  const { bytes } = readTerminalCertificate(decodeCbor(certificate));
  const body = [bytes, keys.root.publicKey, NOWHERE, PRACTICE_WORLD];
  record(store, { kind: 'enrolled', atMs: nowMs, actor: '', body });
  record(store, { kind: 'trust-accepted', atMs: nowMs, actor: '', body: [version, sha256(bundle)] });
}

function enterChange(store: Store, personId: string, change: PersonChange, atMs: number): void {
  const body = personValue({ personId, change, by: null, approvedBy: null });
  record(store, { kind: 'person-changed', atMs, actor: '', body });
}

/** Whoever practises is known there by name alone: a PIN that is tried in training opens nothing. */
function enterPeople(store: Store, { personId, name, role }: Person, pinHash: string, nowMs: number): void {
  if (store.people.byId(COLLEAGUE.personId) === undefined) enterFirst(store, COLLEAGUE, nowMs);
  store.people.putSecret(COLLEAGUE.personId, pinHash);
  const known = store.people.byId(personId);
  if (known === undefined) enterFirst(store, { personId, name, role }, nowMs);
  else {
    if (known.name !== name) enterChange(store, personId, { change: 'renamed', name }, nowMs);
    if (known.role !== role) enterChange(store, personId, { change: 'role-changed', role }, nowMs);
  }
}

/**
 * Begins to practise in this store: with the real shop's name, currency and policy as they are now, and with the keys
 * that it has, or new ones where it is empty.
 *
 * @param real gives clock and randomness; nothing of its store is written
 */
export async function beginPractice(
  store: Store,
  real: Session,
  person: Person,
): Promise<Result<PracticeShop>> {
  if (real.trust === undefined) return refused({ code: 'no-trust-bundle' });
  const pinHash = await hashPin(COLLEAGUE_PIN);
  const written = store.write(() => {
    const keys = keysOf(practiceSeed(store, real));
    enrolPractice(store, real, keys);
    enterPeople(store, person, pinHash, real.ports.clock.nowMs());
    return keys;
  });
  if (!written.ok) return written;
  const keys = written.value;
  const enrolment = readEnrolment(store);
  invariant(enrolment !== undefined, 'a practice shop that was just enrolled');
  const trust = readTrust(store, enrolment);
  if (!trust.ok) return trust;
  // no line: what would go online is decided by the offline result, and no queue ever sees this store
  const session = openSession({
    store,
    ports: real.ports,
    keys: keys.terminal,
    enrolment,
    trust: trust.value,
  });
  return ok({ session, issuer: keys.issuer, issuerKid: kidOf(keys.issuer) });
}
