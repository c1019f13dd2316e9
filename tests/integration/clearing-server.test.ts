/** The server as a process: settings, key store, founding, headers, wallet files, graceful stop. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../clearing/config.ts';
import { createKeys, loadKeys } from '../../clearing/keys.ts';
import { toHex } from '../../shared/bytes.ts';
import { random, startTestClearing } from '../support/clearing.ts';
import { freshDatabase } from '../support/postgres.ts';

const SERVER = fileURLToPath(new URL('../../clearing/server.ts', import.meta.url));

let database: Awaited<ReturnType<typeof freshDatabase>>;
let folder: string;

beforeAll(async () => {
  database = await freshDatabase();
  folder = mkdtempSync(join(tmpdir(), 'fieldtill-server-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

const GOOD = () => ({
  DATABASE_URL: database.url,
  KEYS_FOLDER: join(folder, 'keys'),
  OPERATOR_TOKEN: 'an-operator-token-of-some-length',
  WORLD: 'test',
  PORT: '0',
});

describe('settings', () => {
  it('the least that is needed → the rest by default', () => {
    expect(readSettings(GOOD())).toMatchObject({
      host: '127.0.0.1',
      port: 0,
      logLevel: 'info',
      app: { world: 'test', publicOrigin: null, walletFolder: null, trustedProxies: 0 },
    });
  });

  it('a secret from a file → the file’s text without its line end; both → refused', () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'a-token-from-a-file-of-some-length\n');
    const { OPERATOR_TOKEN, ...rest } = GOOD();
    expect(readSettings({ ...rest, OPERATOR_TOKEN_FILE: file }).app.operatorToken).toBe(
      'a-token-from-a-file-of-some-length',
    );
    expect(() => readSettings({ ...GOOD(), OPERATOR_TOKEN_FILE: file })).toThrow('both set');
    expect(() => readSettings({ ...rest, OPERATOR_TOKEN_FILE: join(folder, 'none') })).toThrow(
      'cannot be read',
    );
    expect(OPERATOR_TOKEN).toBeDefined();
  });

  it.each([
    [{ DATABASE_URL: undefined }, 'DATABASE_URL is not set'],
    [{ DATABASE_URL: 'mysql://secret@x' }, 'DATABASE_URL: a postgres:// address'],
    [{ WORLD: 'real' }, 'WORLD'],
    [{ PORT: '70000' }, 'PORT: between 0 and 65535'],
    [{ PORT: '1e3' }, 'PORT: a whole number'],
    [{ OPERATOR_TOKEN: 'short' }, 'OPERATOR_TOKEN: at least 24'],
    [{ PUBLIC_ORIGIN: 'https://clearing.example/path' }, 'PUBLIC_ORIGIN: an origin'],
    [{ PUBLIC_ORIGIN: 'ftp://clearing.example' }, 'PUBLIC_ORIGIN: an origin'],
  ])('%o → %s', (change, message) => {
    const refused = () => readSettings({ ...GOOD(), ...change });
    expect(refused).toThrow(message);
    expect(refused).not.toThrow(/secret@|short$/);
  });
});

describe('the key store', () => {
  it('made once, for its owner only, and found again', () => {
    const place = join(folder, 'made', 'keys');
    const first = createKeys(place, random);
    expect(readdirSync(place).sort()).toEqual([
      'box.key',
      `issuer-${toHex(first.issuers[0]?.kid ?? random(4))}.key`,
      'root.key',
    ]);
    for (const name of readdirSync(place)) expect(statSync(join(place, name)).mode & 0o777).toBe(0o600);
    expect(statSync(place).mode & 0o777).toBe(0o700);
    const again = createKeys(place, random);
    expect(again.root.publicKey).toEqual(first.root.publicKey);
    expect(again.boxPublicKey).toEqual(first.boxPublicKey);
  });

  it('readable by others, or with a file that holds no key → refused', () => {
    const place = join(folder, 'spoilt');
    createKeys(place, random);
    chmodSync(join(place, 'root.key'), 0o644);
    expect(() => loadKeys(place)).toThrow('readable by others');
    chmodSync(join(place, 'root.key'), 0o600);
    writeFileSync(join(place, 'box.key'), 'AAAA');
    expect(() => loadKeys(place)).toThrow('holds no key');
  });
});

describe('founding', () => {
  it('another root or another world over a database that has one → refused', async () => {
    const house = await startTestClearing({
      databaseUrl: database.url,
      keys: createKeys(GOOD().KEYS_FOLDER, random),
    });
    await expect(startTestClearing({ databaseUrl: database.url })).rejects.toThrow('another root key');
    await expect(
      startTestClearing({ databaseUrl: database.url, keys: house.keys, config: { world: 'live' } }),
    ).rejects.toThrow('test world');
    await house.stop();
  });
});

describe('what a browser gets', () => {
  it('headers that keep it safe; the wallet’s files cached as they may be', async () => {
    const wallet = join(folder, 'wallet');
    mkdirSync(join(wallet, 'assets'), { recursive: true });
    writeFileSync(join(wallet, 'index.html'), '<!doctype html><title>Wallet</title>');
    writeFileSync(join(wallet, 'sw.js'), '//');
    writeFileSync(join(wallet, 'apple-touch-icon.png'), '');
    writeFileSync(join(wallet, 'assets', 'index-DiwrgTda.js'), '//');
    const house = await startTestClearing({
      databaseUrl: database.url,
      keys: createKeys(GOOD().KEYS_FOLDER, random),
      config: { walletFolder: wallet },
    });
    const get = (path: string, accept = '*/*') => fetch(house.origin + path, { headers: { accept } });
    const page = await get('/', 'text/html');
    expect(await page.text()).toContain('Wallet');
    const csp = page.headers.get('content-security-policy') ?? '';
    for (const part of [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      expect(csp).toContain(part);
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(self), microphone=(), geolocation=(), payment=()',
    });
    const worker = await get('/sw.js');
    expect(worker.headers.get('cache-control')).toBe('no-cache');
    expect(worker.headers.get('service-worker-allowed')).toBe('/');
    expect((await get('/apple-touch-icon.png')).headers.get('cache-control')).toBe('no-cache');
    const asset = await get('/assets/index-DiwrgTda.js');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('content-type')).toMatch(/javascript/);
    expect((await get('/purses/new', 'text/html')).status).toBe(200);
    for (const path of ['/purses/new', '/none.js', '/v1/none', '/.env', '/%2e%2e/keys/root.key'])
      expect((await get(path)).status).toBe(404);
    expect((await get('/v1/none', 'text/html')).status).toBe(404);
    await house.stop();
  });
});

describe('the process', () => {
  const running: ChildProcess[] = [];
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });

  function start(env: Record<string, string | undefined>): {
    child: ChildProcess;
    said: () => string;
    ended: Promise<number | null>;
  } {
    const child = spawn(process.execPath, [SERVER], {
      env: { PATH: process.env.PATH ?? '', LOG_LEVEL: 'info', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    running.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        said += chunk;
      });
    return { child, said: () => said, ended: new Promise((settle) => child.on('exit', settle)) };
  }

  const listening = (child: ChildProcess): Promise<string> =>
    new Promise((settle) => child.once('message', (message: { origin: string }) => settle(message.origin)));

  it('good settings → listens; SIGTERM → ends with 0; no secret in its log', async () => {
    const { child, said, ended } = start(GOOD());
    const origin = await listening(child);
    expect(await (await fetch(`${origin}/health/ready`)).json()).toEqual({ ok: true, root: 'in-key-folder' });
    const body = JSON.stringify({
      userName: 'logged-user',
      password: 'a secret pass phrase',
      language: 'en',
    });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${origin}/v1/customers`, { method: 'POST', headers, body });
    const signedIn = await fetch(`${origin}/v1/sessions`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ userName: 'logged-user', password: 'a secret pass phrase' }),
    });
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    await fetch(`${origin}/v1/me?secret=in-the-query`, {
      headers: { cookie, authorization: `Bearer ${GOOD().OPERATOR_TOKEN}` },
    });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(said()).toContain('/v1/customers');
    for (const secret of [
      'a secret pass phrase',
      cookie.split('=')[1] ?? 'none',
      GOOD().OPERATOR_TOKEN,
      'in-the-query',
      'logged-user',
    ])
      expect(said()).not.toContain(secret);
  });

  it('a wrong setting → one line that says so, ends with 1', async () => {
    const { said, ended } = start({ ...GOOD(), WORLD: 'real', PORT: 'x' });
    expect(await ended).toBe(1);
    expect(said().trim().split('\n')).toHaveLength(2);
    expect(said()).toContain('PORT: a whole number');
  });

  it('its parent goes away → it ends too', async () => {
    const { child, ended } = start(GOOD());
    await listening(child);
    child.disconnect();
    expect(await ended).toBe(0);
  });
});
