/**
 * An outcome that can happen is a value: either what was asked for, or a refusal with a code.
 * Never throw a refusal, never return a bug: a bug is an invariant (assert.ts).
 */
import type { Refusal } from './refusals.ts';

export type Result<T, R = Refusal> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: R };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function refused<R>(refusal: R): { readonly ok: false; readonly refusal: R } {
  return { ok: false, refusal };
}
