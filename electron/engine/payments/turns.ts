/**
 * One payment of a purse at a time. While one waits for the clearing house, another scan of that purse waits for
 * its turn: it is then decided by what the first one wrote, so one code gives one approval however often it is read.
 */
import type { Session } from '../session.ts';

const waiting = new WeakMap<Session, Map<string, Promise<unknown>>>();

/** @param purseId hexadecimal; acts of one purse run in the order in which they came */
export function inTurn<T>(session: Session, purseId: string, act: () => T | Promise<T>): T | Promise<T> {
  let turns = waiting.get(session);
  if (turns === undefined) {
    turns = new Map();
    waiting.set(session, turns);
  }
  const before = turns.get(purseId);
  const result = before === undefined ? act() : before.then(act, act);
  if (!(result instanceof Promise)) return result;
  const ended = result.then(
    () => undefined,
    () => undefined, // its own caller is told; who comes after it does not care how it ended
  );
  turns.set(purseId, ended);
  const held = turns;
  void ended.then(() => {
    if (held.get(purseId) === ended) held.delete(purseId);
  });
  return result;
}
