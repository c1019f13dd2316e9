/**
 * The root's secret as a file: sealed by AES-256-GCM under a key that argon2id makes of a passphrase. The same
 * seal holds what the root remembers (issuers that it certified, the last version that it signed), so neither
 * can be changed without the passphrase. It is meant for a machine without a network; the house never reads it.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { hashRaw } from '@node-rs/argon2';
import * as z from 'zod/mini';
import { concatBytes, fromBase64Url, toBase64Url, utf8 } from '../../shared/bytes.ts';
import type { World } from '../../shared/protocol/world.ts';

/** An issuer key that may stand in bundles, and how far its span may reach; seconds since 1970. */
export interface CertifiedIssuer {
  readonly publicKey: string;
  readonly fromS: number;
  readonly untilS: number;
}

export interface RootSecret {
  readonly world: World;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  readonly issuers: readonly CertifiedIssuer[];
  /** The newest bundle that it signed: its version and the SHA-256 of what was signed, base64url. */
  readonly last: { readonly version: number; readonly digest: string } | null;
}

/** argon2id. */
export interface SealCost {
  readonly memoryKiB: number;
  readonly passes: number;
}

/** RFC 9106 §4, the second choice: 64 MiB, 3 passes; here with one lane and one pass more. */
export const ROOT_SEAL_COST: SealCost = { memoryKiB: 65_536, passes: 4 };
export const MIN_PASSPHRASE = 12;

/** Something is wrong that whoever holds the ceremony can read and act on. */
export class CeremonyRefused extends Error {
  override readonly name = 'CeremonyRefused';
}

const FORMAT = 'fieldtill-root/1';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const base64url = z.string().check(z.regex(/^[A-Za-z0-9_-]+$/));
/** 32 bytes: never begins with a dash, so that it can stand behind an option. */
const publicKeyText = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const worldName = z.enum(['live', 'test']);
const time = z.int().check(z.minimum(0));

const rootFile = z.strictObject({
  format: z.literal(FORMAT),
  world: worldName,
  rootPublicKey: base64url,
  // bounded: a file that somebody changed must not take the machine's memory
  memoryKiB: z.int().check(z.minimum(8), z.maximum(1_048_576)),
  passes: z.int().check(z.minimum(1), z.maximum(32)),
  salt: base64url,
  sealed: base64url,
});
type RootFile = z.infer<typeof rootFile>;

const contents = z.strictObject({
  seed: base64url,
  issuers: z.array(z.strictObject({ publicKey: publicKeyText, fromS: time, untilS: time })),
  last: z.nullable(z.strictObject({ version: time, digest: base64url })),
});

/** All that stands open in the file is authenticated with what is sealed. */
function headerOf({ sealed: _, ...header }: RootFile): Uint8Array {
  return utf8(JSON.stringify(header));
}

async function keyOf(
  passphrase: string,
  file: Pick<RootFile, 'memoryKiB' | 'passes' | 'salt'>,
): Promise<Buffer> {
  return await hashRaw(passphrase.normalize('NFKC'), {
    salt: fromBase64Url(file.salt) ?? new Uint8Array(),
    memoryCost: file.memoryKiB,
    timeCost: file.passes,
    parallelism: 1,
    outputLen: KEY_BYTES,
  });
}

/** @returns the file's text @throws CeremonyRefused on a passphrase that is too short */
export async function sealRoot(
  secret: RootSecret,
  rootPublicKey: Uint8Array,
  passphrase: string,
  randomBytes: (length: number) => Uint8Array,
  cost: SealCost = ROOT_SEAL_COST,
): Promise<string> {
  if (passphrase.length < MIN_PASSPHRASE)
    throw new CeremonyRefused(`a passphrase of at least ${MIN_PASSPHRASE} characters is needed`);
  const { world, seed, issuers, last } = secret;
  const file: RootFile = {
    format: FORMAT,
    world,
    rootPublicKey: toBase64Url(rootPublicKey),
    ...cost,
    salt: toBase64Url(randomBytes(16)),
    sealed: '',
  };
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, file), nonce);
  cipher.setAAD(headerOf(file));
  const text = utf8(JSON.stringify({ seed: toBase64Url(seed), issuers, last }));
  const sealed = concatBytes(nonce, cipher.update(text), cipher.final(), cipher.getAuthTag());
  return `${JSON.stringify({ ...file, sealed: toBase64Url(sealed) }, null, 2)}\n`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws CeremonyRefused on another file, a changed one, or a wrong passphrase */
export async function openRoot(text: string, passphrase: string): Promise<RootSecret> {
  const read = rootFile.safeParse(parsed(text));
  if (!read.success) throw new CeremonyRefused('this is not a root file');
  const file = read.data;
  const sealed = fromBase64Url(file.sealed) ?? new Uint8Array();
  if (sealed.length <= NONCE_BYTES + TAG_BYTES) throw new CeremonyRefused('this is not a root file');
  const decipher = createDecipheriv(
    'aes-256-gcm',
    await keyOf(passphrase, file),
    sealed.subarray(0, NONCE_BYTES),
    {
      authTagLength: TAG_BYTES,
    },
  );
  decipher.setAAD(headerOf(file));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  let opened: Buffer;
  try {
    opened = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw new CeremonyRefused('the passphrase is wrong, or the root file was changed');
  }
  const { seed, issuers, last } = contents.parse(JSON.parse(opened.toString('utf8')));
  return { world: file.world, seed: fromBase64Url(seed) ?? new Uint8Array(), issuers, last };
}
