/** The terminal's state as a whole, and the calls that open it: enrolment, keys, sync. */
import * as z from 'zod/mini';
import { CLOCK_FAULTS } from '../../decision/clock.ts';
import { ROLES } from '../../people/roles.ts';
import { SECOND_COPY } from '../../protocol/bodies/safe-keeping.ts';
import { MAX_ACTOR_BYTES } from '../../protocol/journal-entry.ts';
import { boundedText } from '../bounded-text.ts';
import { moneyWire, refusalWire } from '../refusal-wire.ts';
import { calls, count, nothing, text, timeMs } from './call.ts';

/**
 * `locked`: keys are sealed by a passphrase that was not given yet; `not-enrolled`: belongs to no
 * merchant yet; `signed-out`: nobody is signed in; `ready`: takes payments; `stopped`: refuses to, see
 * `stopped`.
 */
export const terminalPhase = z.enum(['locked', 'not-enrolled', 'signed-out', 'ready', 'stopped']);

export const syncState = z.strictObject({
  /** Of the clearing house, by a signed answer; never by the network card's word. */
  reachability: z.enum(['unknown', 'online', 'offline']),
  isRunning: z.boolean(),
  /** Journal entries that matter to the clearing house and are not acknowledged. */
  unsentPayments: count,
  unsentSum: z.nullable(moneyWire),
  /** Approved here and not settled: money at risk, with the policy's upper limit. */
  exposure: z.nullable(z.strictObject({ sum: moneyWire, limit: moneyWire })),
  lastContactAtMs: z.nullable(timeMs),
  nextTryAtMs: z.nullable(timeMs),
  tries: count,
  lastProblem: z.nullable(refusalWire),
});

export const person = z.strictObject({ personId: text(32), name: text(64), role: z.enum(ROLES) });

/** What a person can act on: docs/clock.md says what each state leads to. */
export const clockState = z.strictObject({
  state: z.enum(['ok', ...CLOCK_FAULTS]),
  /** The machine's clock less the right time, as far as that is known; negative: it is behind. */
  differenceS: z.int(),
  /** The terminal's own time, by which it dates what it does. */
  nowMs: timeMs,
});

export const terminalState = z.strictObject({
  phase: terminalPhase,
  /** How keys at rest are protected on this machine. */
  keyProtection: z.enum(['keychain', 'passphrase']),
  terminal: z.nullable(
    z.strictObject({
      terminalId: text(16),
      displayName: text(32),
      currency: text(3),
      minorUnits: count,
      world: z.enum(['live', 'test']),
    }),
  ),
  /** Who is signed in. */
  cashier: z.nullable(person),
  /** All that is sold now is practice: mark every screen and every receipt. `sync` stays the real shop's. */
  isTraining: z.boolean(),
  trust: z.nullable(
    z.strictObject({
      version: count,
      iatMs: timeMs,
      ageH: count,
      /** The root's signed word that this terminal is to take nothing more. */
      isTerminalRevoked: z.boolean(),
    }),
  ),
  /** Null until the keys are open. */
  clock: z.nullable(clockState),
  sync: syncState,
  /** Room on the disk: `low` below 500 MB, `almost-full` below 100 MB, when no new sale is taken. */
  disk: z.strictObject({
    level: z.enum(['ok', 'low', 'almost-full', 'unknown']),
    freeMb: z.nullable(count),
  }),
  backup: z.strictObject({
    /** Of the newest that was made and found whole; null before the first. */
    lastAtMs: z.nullable(timeMs),
    /** `missing`: a place for a second copy is set, and the last one could not be written there. */
    secondCopy: z.enum(SECOND_COPY),
  }),
  stopped: z.nullable(refusalWire),
});

export const stateCalls = calls({
  'state.get': { needs: null, params: nothing, result: terminalState },
  'keys.unlock': { needs: null, params: z.strictObject({ passphrase: text(1024) }), result: nothing },
  'enrolment.enrol': {
    needs: null,
    params: z.strictObject({
      code: text(1000),
      /** Needed where keys are protected by a passphrase; at least 8 characters. */
      passphrase: z.nullable(text(1024)),
      /** The first person, an administrator; the name becomes the actor of journal entries. */
      cashierName: boundedText(1, MAX_ACTOR_BYTES),
      cashierPin: z.string().check(z.regex(/^[0-9]{4,8}$/)),
    }),
    result: nothing,
  },
  'sync.now': { needs: null, params: nothing, result: syncState },
});

export type TerminalState = z.infer<typeof terminalState>;
export type SyncState = z.infer<typeof syncState>;
