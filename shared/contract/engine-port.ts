/**
 * Messages between the process that owns the window and the engine's process: the same over
 * child_process and utilityProcess. Both ends check what arrives.
 */
import * as z from 'zod/mini';
import { refusalWire } from './refusal-wire.ts';

/** How the engine gets at the key that seals its keys. */
const sealing = z.discriminatedUnion('kind', [
  /** 32 bytes, hexadecimal, kept by the OS keychain. */
  z.strictObject({ kind: z.literal('keychain'), keyHex: z.string().check(z.regex(/^[0-9a-f]{64}$/)) }),
  z.strictObject({ kind: z.literal('passphrase') }),
]);

export const toEngine = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('start'),
    dataFolder: z.string(),
    migrationsFolder: z.string(),
    sealing,
  }),
  z.strictObject({ type: z.literal('call'), id: z.int(), call: z.string(), params: z.unknown() }),
  z.strictObject({ type: z.literal('stop') }),
  z.strictObject({ type: z.literal('ping') }),
]);

export const fromEngine = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('pong') }),
  z.strictObject({ type: z.literal('reply'), id: z.int(), ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ type: z.literal('refusal'), id: z.int(), refusal: refusalWire }),
  z.strictObject({ type: z.literal('event'), event: z.string(), payload: z.unknown() }),
  z.strictObject({ type: z.literal('stopped') }),
]);

export type ToEngine = z.infer<typeof toEngine>;
export type FromEngine = z.infer<typeof fromEngine>;
