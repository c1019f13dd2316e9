/**
 * The clearing house's own keys: root (signs trust bundles), issuer (signs certificates and answers), box
 * (receives sealed batches). They live in files that only their owner may read; never in the database,
 * a log or an answer. Later the root moves to a machine without a network and signs there by ceremony;
 * nothing here but `root` will change then.
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
  readonly root: Signer;
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

function kidOf(publicKey: Uint8Array): Uint8Array {
  return sha256(publicKey).subarray(0, 4);
}

export function keysFromSeeds(seeds: {
  readonly root: Uint8Array;
  readonly issuers: readonly Uint8Array[];
  readonly box: Uint8Array;
}): ClearingKeys {
  return {
    root: nodeSigner(crypto, seeds.root),
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

/** The keys of a folder that has them. @throws KeyStoreRefused */
export function loadKeys(folder: string): ClearingKeys {
  const issuerFiles = readdirSync(folder)
    .filter((name) => /^issuer-[0-9a-f]{8}\.key$/.test(name))
    .sort();
  if (issuerFiles.length === 0) throw new KeyStoreRefused(`${folder} has no issuer key`);
  return keysFromSeeds({
    root: readSeed(join(folder, 'root.key')),
    issuers: issuerFiles.map((name) => readSeed(join(folder, name))),
    box: readSeed(join(folder, 'box.key')),
  });
}

/** Makes a new set of keys; the folder appears whole or not at all. */
function makeKeys(folder: string, randomBytes: (length: number) => Uint8Array): void {
  const making = `${folder}.${toHex(randomBytes(8))}`;
  mkdirSync(making, { recursive: true, mode: 0o700 });
  const issuer = randomBytes(SEED_BYTES);
  const kid = toHex(kidOf(nodeSigner(crypto, issuer).publicKey));
  const files: [string, Uint8Array][] = [
    ['root.key', randomBytes(SEED_BYTES)],
    [`issuer-${kid}.key`, issuer],
    ['box.key', randomBytes(SEED_BYTES)],
  ];
  for (const [name, seed] of files)
    writeFileSync(join(making, name), `${toBase64Url(seed)}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    renameSync(making, folder);
  } catch (error) {
    rmSync(making, { recursive: true });
    // another process that started at the same moment was first: its keys are the keys
    if (!existsSync(join(folder, 'root.key'))) throw error;
  }
}

/**
 * The keys of the folder, made at the first start.
 *
 * @throws KeyStoreRefused
 */
export function createKeys(folder: string, randomBytes: (length: number) => Uint8Array): ClearingKeys {
  if (!existsSync(folder) || readdirSync(folder).length === 0) {
    mkdirSync(join(folder, '..'), { recursive: true });
    makeKeys(folder, randomBytes);
    if (process.platform !== 'win32') chmodSync(folder, 0o700);
  }
  return loadKeys(folder);
}
