/**
 * Settings from the environment, checked whole at the start: a server with a wrong setting does not run.
 * A secret NAME may come from the file that NAME_FILE names. No message repeats a secret's value.
 */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { fromBase64Url } from '../shared/bytes.ts';
import { isStrictPublicKey } from '../shared/protocol/ed25519.ts';
import { PASSWORD_COST } from './accounts/password-hash.ts';
import type { AppConfig } from './app.ts';

export interface Settings {
  readonly databaseUrl: string;
  readonly databaseConnections: number;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly keysFolder: string;
  /** Public key of a root that is kept offline; null: the key folder holds the root. */
  readonly offlineRoot: Uint8Array | null;
  readonly logLevel: string;
  /** Of /metrics; null: off. */
  readonly metricsPort: number | null;
  readonly metricsHost: string;
  readonly app: AppConfig;
}

/** One sentence a fault, for whoever starts the server. */
export class SettingsRefused extends Error {
  override readonly name = 'SettingsRefused';
}

/** May come from a file. */
export const SECRETS = ['DATABASE_URL', 'OPERATOR_TOKEN'] as const;

const isRootKey = (key: Uint8Array | undefined): boolean => key?.length === 32 && isStrictPublicKey(key);

const integer = (from: number, to: number) =>
  z
    .string()
    .regex(/^[0-9]{1,9}$/, 'a whole number')
    .transform(Number)
    .refine((value) => value >= from && value <= to, `between ${from} and ${to}`);

const origin = z.string().refine((text) => {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text;
}, 'an origin such as https://clearing.example, without a path');

const rootPublicKey = z
  .string()
  .refine((text) => isRootKey(fromBase64Url(text)), 'a root public key as the ceremony printed it')
  .transform((text) => fromBase64Url(text) ?? new Uint8Array());

/** Every setting there is; .env.example says what each is for. */
export const environment = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'a postgres:// address'),
  DATABASE_CONNECTIONS: integer(2, 200).default(10),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: integer(0, 65_535).default(8080),
  PUBLIC_ORIGIN: origin.optional(),
  METRICS_PORT: integer(0, 65_535).optional(),
  METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  KEYS_FOLDER: z.string().min(1),
  ROOT_PUBLIC_KEY: rootPublicKey.optional(),
  OPERATOR_TOKEN: z.string().regex(/^[\x21-\x7e]{24,512}$/, 'at least 24 printable characters'),
  WORLD: z.enum(['live', 'test']),
  WALLET_FOLDER: z.string().min(1).optional(),
  WEBHOOKS_TO_PRIVATE_ADDRESSES: z.enum(['yes', 'no']).default('no'),
  TRUSTED_PROXIES: integer(0, 10).default(0),
  REQUESTS_PER_MINUTE: integer(1, 1_000_000).default(600),
  GUESSES_PER_MINUTE: integer(1, 1_000_000).default(30),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** Fills secrets in from their files. @param faults gets a line for each file that does not do */
function withSecretFiles(env: NodeJS.ProcessEnv, faults: string[]): NodeJS.ProcessEnv {
  const filled = { ...env };
  for (const name of SECRETS) {
    const file = env[`${name}_FILE`];
    if (file === undefined) continue;
    if (env[name] !== undefined) {
      faults.push(`${name} and ${name}_FILE are both set`);
      continue;
    }
    try {
      filled[name] = readFileSync(file, 'utf8').trim();
    } catch {
      faults.push(`${name}_FILE names a file that cannot be read`);
    }
  }
  return filled;
}

/** @throws SettingsRefused with a line for each setting that is missing or wrong, all at once */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const faults: string[] = [];
  const filled = withSecretFiles(env, faults);
  const read = environment.safeParse(filled);
  for (const { path, message } of read.error?.issues ?? []) {
    const name = String(path[0]);
    // its file's fault was told already
    if (filled[name] === undefined && env[`${name}_FILE`] !== undefined) continue;
    faults.push(filled[name] === undefined ? `${name} is not set` : `${name}: ${message}`);
  }
  if (!read.success || faults.length > 0) throw new SettingsRefused(faults.join('\n'));
  const values = read.data;
  return {
    databaseUrl: values.DATABASE_URL,
    databaseConnections: values.DATABASE_CONNECTIONS,
    host: values.HOST,
    port: values.PORT,
    keysFolder: values.KEYS_FOLDER,
    offlineRoot: values.ROOT_PUBLIC_KEY ?? null,
    logLevel: values.LOG_LEVEL,
    metricsPort: values.METRICS_PORT ?? null,
    metricsHost: values.METRICS_HOST,
    app: {
      world: values.WORLD,
      publicOrigin: values.PUBLIC_ORIGIN ?? null,
      operatorToken: values.OPERATOR_TOKEN,
      allowsPrivateWebhooks: values.WEBHOOKS_TO_PRIVATE_ADDRESSES === 'yes',
      passwordCost: PASSWORD_COST,
      walletFolder: values.WALLET_FOLDER ?? null,
      requestsPerMinute: values.REQUESTS_PER_MINUTE,
      guessesPerMinute: values.GUESSES_PER_MINUTE,
      trustedProxies: values.TRUSTED_PROXIES,
    },
  };
}
