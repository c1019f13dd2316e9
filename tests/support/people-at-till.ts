/** A test's terminal and the people who stand at it: coming, being added, and what the journal says of it. */
import { afterEach, beforeEach } from 'vitest';
import type { Role } from '../../shared/people/roles.ts';
import type { JournalKind } from '../../shared/protocol/journal-entry.ts';
import { enrolledTerminal, PIN, type TestTerminal } from './enrolled-terminal.ts';
import { type JournalLine, journalOf } from './journal-of.ts';

/** The PIN of everybody whom a test adds. */
export const PIN_2 = '840271';
export const WRONG_PIN = '902716';

/** Of the test that runs. */
export let till: TestTerminal;

/** For each test of the file a terminal of its own, with its administrator c1 signed in. */
export function tillForEachTest(): void {
  beforeEach(async () => {
    till = await enrolledTerminal();
  });
  afterEach(() => till.close());
}

export async function restart(): Promise<void> {
  till = await till.reopen();
}

/** @throws where the call is refused */
export async function value<T>(
  answer: Promise<{ ok: true; value: T } | { ok: false; refusal: { code: string } }>,
): Promise<T> {
  const result = await answer;
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}

export async function add(name: string, role: Role): Promise<string> {
  return (await value(till.call('people.add', { name, role, pin: PIN_2, approval: null }))).personId;
}

export function come(personId: string, pin = personId === 'c1' ? PIN : PIN_2) {
  return till.call('people.switch', { proof: { by: 'pin', personId, pin } });
}

/** Entries of one kind, after the engine has gone. */
export function entries(kind: JournalKind): readonly JournalLine[] {
  till.engine.close();
  return journalOf(till.folder).filter((entry) => entry.kind === kind);
}

export const refusal = (code: string, detail?: Record<string, unknown>) =>
  detail === undefined ? { ok: false, refusal: { code } } : { ok: false, refusal: { code, detail } };
