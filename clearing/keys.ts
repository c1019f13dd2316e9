/**
 * The clearing house's own keys: root (signs trust bundles), issuer (signs certificates and answers), box
 * (receives sealed batches). They live in files that only their owner may read; never in the database,
 * a log or an answer. A house in earnest holds no root: its public key is a setting, and bundles are signed by
 * ceremony on a machine without a network (docs/decisions/0007). A root in the folder is for development and tests.
 */
import * as crypto from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fromBase64Url, toBase64Url, toHex } from '../shared/bytes.ts';
import { sha256 } from '../shared/hash.ts';
import { boxPublicKey } from '../shared/protocol/box.ts';
import type { Signer } from '../shared/protocol/ed25519.ts';
import { nodeSigner } from '../shared/protocol/ed25519-node.ts';

export interface IssuerSigner {
  /** First 4 bytes of SHA-256 over the public key. */
  readonly kid: Uint8Array;
  readonly signer: Signer;
}

export interface ClearingKeys {
  /** Pinned by everybody who is enrolled. */
  readonly root: Pick<Signer, 'publicKey'>;
  /** Null where the root is kept offline: what it must sign is queued then. */
  readonly rootSigner: Signer | null;
  /** At least one. */
  readonly issuers: readonly IssuerSigner[];
  /** X25519. */
  readonly boxSecret: Uint8Array;
  readonly boxPublicKey: Uint8Array;
}

/** The key store cannot be used as it is. */
export class KeyStoreRefused extends Error {
  override readonly name = 'KeyStoreRefused';
}

const SEED_BYTES = 32;
const ROOT_FILE = 'root.key';
const BOX_FILE = 'box.key';

function kidOf(publicKey: Uint8Array): Uint8Array {
  return sha256(publicKey).subarray(0, 4);
}

/** @param seeds.root a seed, or only the public key of a root that is kept offline */
export function keysFromSeeds(seeds: {
  readonly root: Uint8Array | { readonly publicKey: Uint8Array };
  readonly issuers: readonly Uint8Array[];
  readonly box: Uint8Array;
}): ClearingKeys {
  const rootSigner = seeds.root instanceof Uint8Array ? nodeSigner(crypto, seeds.root) : null;
  return {
    root:
      seeds.root instanceof Uint8Array ? { publicKey: nodeSigner(crypto, seeds.root).publicKey } : seeds.root,
    rootSigner,
    issuers: seeds.issuers.map((seed) => {
      const signer = nodeSigner(crypto, seed);
      return { kid: kidOf(signer.publicKey), signer };
    }),
    boxSecret: seeds.box,
    boxPublicKey: boxPublicKey(seeds.box),
  };
}

function readSeed(file: string): Uint8Array {
  // other users of this machine could sign as the clearing house
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
    throw new KeyStoreRefused(`${file} is readable by others; set its mode to 600`);
  const seed = fromBase64Url(readFileSync(file, 'utf8').trim());
  if (seed?.length !== SEED_BYTES) throw new KeyStoreRefused(`${file} holds no key`);
  return seed;
}

/**
 * The keys of a folder that has them.
 *
 * @param offlineRoot public key of a root that is kept elsewhere; null where the folder holds it
 * @throws KeyStoreRefused
 */
export function loadKeys(folder: string, offlineRoot: Uint8Array | null = null): ClearingKeys {
  const issuerFiles = readdirSync(folder)
    .filter((name) => /^issuer-[0-9a-f]{8}\.key$/.test(name))
    .sort();
  if (issuerFiles.length === 0) throw new KeyStoreRefused(`${folder} has no issuer key`);
  const rootFile = join(folder, ROOT_FILE);
  if (offlineRoot !== null && existsSync(rootFile))
    throw new KeyStoreRefused(
      `${rootFile} is a root's secret: with ROOT_PUBLIC_KEY it must not be on this disk`,
    );
  return keysFromSeeds({
    root: offlineRoot === null ? readSeed(rootFile) : { publicKey: offlineRoot },
    issuers: issuerFiles.map((name) => readSeed(join(folder, name))),
    box: readSeed(join(folder, BOX_FILE)),
  });
}

function writeSeed(folder: string, name: string, seed: Uint8Array): void {
  writeFileSync(join(folder, name), `${toBase64Url(seed)}\n`, { mode: 0o600, flag: 'wx', flush: true });
}

/**
 * Makes a further issuer key in a key folder; the house finds it at its next start and introduces it.
 *
 * @returns its public key
 */
export function writeIssuer(folder: string, randomBytes: (length: number) => Uint8Array): Uint8Array {
  const seed = randomBytes(SEED_BYTES);
  const { publicKey } = nodeSigner(crypto, seed);
  writeSeed(folder, `issuer-${toHex(kidOf(publicKey))}.key`, seed);
  return publicKey;
}

/** Makes a new set of keys; the folder appears whole or not at all. */
function makeKeys(folder: string, randomBytes: (length: number) => Uint8Array, holdsRoot: boolean): void {
  const making = `${folder}.${toHex(randomBytes(8))}`;
  mkdirSync(making, { recursive: true, mode: 0o700 });
  writeIssuer(making, randomBytes);
  writeSeed(making, BOX_FILE, randomBytes(SEED_BYTES));
  if (holdsRoot) writeSeed(making, ROOT_FILE, randomBytes(SEED_BYTES));
  try {
    renameSync(making, folder);
  } catch (error) {
    rmSync(making, { recursive: true });
    // another process that started at the same moment was first: its keys are the keys
    if (!existsSync(join(folder, BOX_FILE))) throw error;
  }
}

/**
 * The keys of the folder, made at the first start.
 *
 * @param offlineRoot public key of a root that is kept elsewhere; null: the folder holds the root too
 * @throws KeyStoreRefused
 */
export function createKeys(
  folder: string,
  randomBytes: (length: number) => Uint8Array,
  offlineRoot: Uint8Array | null = null,
): ClearingKeys {
  if (!existsSync(folder) || readdirSync(folder).length === 0) {
    mkdirSync(join(folder, '..'), { recursive: true });
    makeKeys(folder, randomBytes, offlineRoot === null);
    if (process.platform !== 'win32') chmodSync(folder, 0o700);
  }
  return loadKeys(folder, offlineRoot);
}
