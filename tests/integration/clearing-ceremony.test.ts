/** A root that is kept offline: its file, what it refuses to sign, and a house that lives from ceremonies. */

import { spawnSync } from 'node:child_process';
import * as crypto from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRoot, type RootSecret, sealRoot } from '../../clearing/ceremony/root-file.ts';
import { certifyIssuer, signTrust } from '../../clearing/ceremony/sign-trust.ts';
import { readSigned, readToSign, type TrustToSign } from '../../clearing/ceremony/signing-file.ts';
import { openDatabase } from '../../clearing/db/database.ts';
import { migrate } from '../../clearing/db/migrate.ts';
import { readQueue } from '../../clearing/db/trust-signing.ts';
import type { TrustHouse } from '../../clearing/house.ts';
import { keysFromSeeds } from '../../clearing/keys.ts';
import { prepareTrust, publishSigned } from '../../clearing/trust/offline-signing.ts';
import { foundHouse } from '../../clearing/trust/publish.ts';
import { fromBase64Url, toBase64Url, toHex } from '../../shared/bytes.ts';
import { encodeCbor } from '../../shared/protocol/cbor.ts';
import { nodeSigner } from '../../shared/protocol/ed25519-node.ts';
import { pictureText } from '../../shared/protocol/picture.ts';
import { readTrustPayload, trustPayload } from '../../shared/protocol/trust-bundle.ts';
import { random, startTestClearing, type TestClearing, WORLD } from '../support/clearing.ts';
import { TestCustomer } from '../support/clearing-customer.ts';
import { freshDatabase } from '../support/postgres.ts';
import { backEnd } from '../support/protocol-fixture.ts';
import { SyncedTerminal } from '../support/synced-terminal.ts';

const COST = { memoryKiB: 8, passes: 1 };
const PASSPHRASE = 'no horse, no battery';
const FAR_S = 4_000_000_000;

function newRoot(): RootSecret {
  return { world: WORLD, seed: random(32), issuers: [], last: null };
}
const publicKeyOf = ({ seed }: RootSecret) => nodeSigner(crypto, seed).publicKey;

describe('the root file', () => {
  it('opens with its passphrase and no other; a changed header or seal, a short passphrase → refused', async () => {
    const secret = certifyIssuer(newRoot(), toHex(publicKeyOf(newRoot())), 1, 2);
    const text = await sealRoot(secret, publicKeyOf(secret), PASSPHRASE, random, COST);
    expect(await openRoot(text, PASSPHRASE)).toEqual(secret);
    expect(text).not.toContain(toBase64Url(secret.seed));
    await expect(openRoot(text, `${PASSPHRASE}!`)).rejects.toThrow('passphrase is wrong');
    await expect(openRoot(text.replace('"test"', '"live"'), PASSPHRASE)).rejects.toThrow('was changed');
    const file = JSON.parse(text) as { sealed: string; memoryKiB: number };
    const at = file.sealed.length >> 1;
    const other = file.sealed[at] === 'A' ? 'B' : 'A';
    const bent = { ...file, sealed: file.sealed.slice(0, at) + other + file.sealed.slice(at + 1) };
    await expect(openRoot(JSON.stringify(bent), PASSPHRASE)).rejects.toThrow('was changed');
    const greedy = JSON.stringify({ ...file, memoryKiB: 2 ** 31 });
    await expect(openRoot(greedy, PASSPHRASE)).rejects.toThrow('not a root file');
    await expect(openRoot('{', PASSPHRASE)).rejects.toThrow('not a root file');
    await expect(sealRoot(secret, publicKeyOf(secret), 'short', random, COST)).rejects.toThrow('12');
  });
});

describe('a house without a root', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let house: TrustHouse;
  let clearing: TestClearing;
  let secret = newRoot();
  const clock = { nowMs: Date.now() };
  const keys = keysFromSeeds({
    root: { publicKey: publicKeyOf(secret) },
    issuers: [random(32)],
    box: random(32),
  });
  const [issuer] = keys.issuers;
  const issuerKey = toHex(issuer?.signer.publicKey ?? new Uint8Array());

  const travelled = (file: TrustToSign): TrustToSign => readToSign(JSON.stringify(file));
  /** One ceremony. */
  async function ceremony(): Promise<number> {
    const done = signTrust(secret, travelled(await prepareTrust(house)));
    secret = done.secret;
    return await publishSigned(house, readSigned(JSON.stringify(done.signed)));
  }
  /** What the house gives out, bent on the way. */
  function bent(
    file: TrustToSign,
    change: (bundle: ReturnType<typeof readTrustPayload>) => object,
  ): TrustToSign {
    const bundle = readTrustPayload(fromBase64Url(file.payload) ?? new Uint8Array());
    const payload = encodeCbor(trustPayload({ ...bundle, ...change(bundle) }));
    return { ...file, payload: toBase64Url(payload) };
  }

  beforeAll(async () => {
    database = await freshDatabase();
    await migrate(database.url);
    const own = openDatabase({ url: database.url, maxConnections: 2, onIdleError: () => undefined });
    house = { database: own, keys, backEnd, nowMs: () => clock.nowMs, config: { world: WORLD } };
  });
  afterAll(async () => {
    await clearing?.stop();
    await house.database.destroy();
    await database.drop();
  });

  it('before its first ceremony → it does not start; an issuer that was not certified → not signed', async () => {
    await expect(startTestClearing({ databaseUrl: database.url, keys, clock })).rejects.toThrow(
      'run the ceremony',
    );
    await foundHouse(house);
    const file = await prepareTrust(house);
    expect(() => signTrust(secret, file)).toThrow('was not certified');
    const soon = certifyIssuer(secret, issuerKey, 0, Math.floor(clock.nowMs / 1000) + 86_400);
    expect(() => signTrust(soon, file)).toThrow('beyond what was certified');
    secret = certifyIssuer(secret, issuerKey, 0, FAR_S);
    // the first was given out three times and came back never: its number is not used again
    expect(await ceremony()).toBe(2);
    clearing = await startTestClearing({ databaseUrl: database.url, keys, clock });
    expect(await (await fetch(`${clearing.origin}/health/ready`)).json()).toEqual({
      ok: true,
      root: 'offline',
    });
  });

  it('a purse is revoked → frozen at once, queued, told to a real terminal with the version that was promised', async () => {
    const terminal = await SyncedTerminal.enrol(clearing);
    try {
      const customer = await TestCustomer.register(clearing);
      const purse = await customer.purse();
      const path = `/v1/admin/purses/${purse.certificate.purseId}/revocation`;
      const revoked = await clearing.call('revokePurse', { body: {}, path, operator: true });
      expect(revoked.body).toEqual({ trustVersion: 3 });
      expect((await readQueue(house.database)).map(({ cause }) => cause)).toEqual([
        `purse ${purse.certificate.purseId} revoked`,
      ]);
      expect((await clearing.trust()).version).toBe(2);
      expect(await ceremony()).toBe(3);
      expect(await readQueue(house.database)).toEqual([]);
      expect(await terminal.sync()).toBe('online');
      const update = await fetch(`${clearing.origin}/v1/trust-bundle?from=2`);
      expect(update.status).toBe(200);
      expect(
        await terminal.accept(
          pictureText({ kind: 'presented', certificate: purse.certificate, payment: purse.quick(1) }),
        ),
      ).toBe('revoked');
    } finally {
      terminal.close();
    }
  });

  it('a revocation while a bundle is out to be signed → it waits for the one after, which says so', async () => {
    const customer = await TestCustomer.register(clearing);
    const purse = await customer.purse();
    const out = await prepareTrust(house);
    const path = `/v1/admin/purses/${purse.certificate.purseId}/revocation`;
    const revoked = await clearing.call('revokePurse', { body: {}, path, operator: true });
    const first = signTrust(secret, out);
    secret = first.secret;
    const version = await publishSigned(house, first.signed);
    expect(revoked.body.trustVersion).toBe(version + 1);
    expect(await readQueue(house.database)).toHaveLength(1);
    // brought twice
    expect(await publishSigned(house, first.signed)).toBe(version);
    expect(await ceremony()).toBe(version + 1);
  });

  it('an old bundle, days later → still handed out; nobody signs by themselves', async () => {
    const { version } = await clearing.trust();
    clock.nowMs += 2 * 86_400_000;
    expect((await clearing.trust()).version).toBe(version);
  });

  it('a house in wrong hands: a key of its own, a lower version, a revocation taken back → not signed', async () => {
    const file = await prepareTrust(house);
    const stranger = keysFromSeeds({ root: random(32), issuers: [random(32)], box: random(32) }).issuers[0];
    const strange = bent(file, ({ issuers }) => ({
      issuers: [
        ...issuers,
        {
          kid: Buffer.from(stranger?.kid ?? []).toString('hex'),
          publicKey: stranger?.signer.publicKey,
          notBeforeS: 1,
          notAfterS: 2,
        },
      ],
    }));
    expect(() => signTrust(secret, strange)).toThrow('was not certified');
    expect(() =>
      signTrust(
        secret,
        bent(file, () => ({ version: 2 })),
      ),
    ).toThrow('go back');
    const cleared = bent(file, ({ statusList }) => ({
      statusList: {
        ...statusList,
        compressed: new Uint8Array(deflateSync(new Uint8Array(statusList.bits / 8))),
      },
    }));
    expect(() => signTrust(secret, cleared)).toThrow('taken back');
    expect(() => signTrust(secret, { ...file, base: null })).toThrow('names no bundle');
    expect(() => signTrust({ ...secret, world: 'live' }, file)).toThrow('world');
    // the house publishes nothing that it has not given out, and nothing of another root
    const other = signTrust(
      secret,
      bent(file, ({ expS }) => ({ expS: expS - 1 })),
    );
    await expect(publishSigned(house, other.signed)).rejects.toThrow('never given out');
    const foreign = { ...newRoot(), issuers: secret.issuers };
    expect(() => signTrust(foreign, file)).toThrow('not signed by this root');
  });
});

describe('npm run ceremony', () => {
  it('make-root, certify, prepare, sign, publish → a house that starts; a second make-root, a wrong passphrase, no step → refused', async () => {
    const database = await freshDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'fieldtill-ceremony-'));
    const phrase = join(folder, 'phrase');
    const root = join(folder, 'root.json');
    const env: Record<string, string> = {
      PATH: process.env.PATH ?? '',
      DATABASE_URL: database.url,
      KEYS_FOLDER: join(folder, 'keys'),
      OPERATOR_TOKEN: 'x'.repeat(24),
      WORLD,
    };
    const run = (...args: string[]): string => {
      const done = spawnSync(process.execPath, ['scripts/ceremony.ts', ...args], { env, encoding: 'utf8' });
      return `${done.status} ${done.stdout}${done.stderr}`.trim();
    };
    const atRoot = ['--root', root, '--passphrase-file', phrase];
    try {
      writeFileSync(phrase, `${PASSPHRASE}\n`);
      expect(run()).toMatch(/^2 which step/);
      expect(run('certify', '--nothing')).toMatch(/^2 Unknown option/);
      expect(run('waiting')).toBe('1 ROOT_PUBLIC_KEY is not set: this house signs itself');
      const made = run('make-root', '--world', WORLD, ...atRoot);
      expect(made).toMatch(/^0 ROOT_PUBLIC_KEY=/);
      expect(statSync(root).mode & 0o077).toBe(0);
      expect(run('make-root', '--world', WORLD, ...atRoot)).toMatch(/is there already$/);
      env.ROOT_PUBLIC_KEY = made.slice(made.indexOf('=') + 1);
      const waiting = run('waiting');
      expect(waiting).toMatch(/^0 issuer at hand: .*\n1 wait:\n.* founded$/s);
      expect(existsSync(join(folder, 'keys', 'root.key'))).toBe(false);
      const issuer = /hand: (\S+)/.exec(waiting)?.[1] ?? '';
      expect(run('certify', '--issuer', issuer, '--until', '2090-01-01', ...atRoot)).toMatch(/^0 certified/);
      const [out, back] = [join(folder, 'out.json'), join(folder, 'back.json')];
      expect(run('prepare', '--out', out)).toMatch(/^0 to be signed/);
      writeFileSync(`${phrase}.wrong`, 'another passphrase');
      const wrong = ['--root', root, '--passphrase-file', `${phrase}.wrong`];
      expect(run('sign', '--in', out, '--out', back, '--yes', ...wrong)).toMatch(
        /^1 the passphrase is wrong/,
      );
      const signed = run('sign', '--in', out, '--out', back, '--yes', ...atRoot);
      expect(signed).toMatch(/^0 version 1, the first\n/);
      expect(signed).toContain('policy: NEW');
      expect(readFileSync(back, 'utf8')).not.toContain(PASSPHRASE);
      expect(run('publish', '--in', back)).toBe('0 published version 1');
      expect(run('waiting')).toMatch(/nothing waits$/);
    } finally {
      rmSync(folder, { recursive: true });
      await database.drop();
    }
  }, 60_000);
});
