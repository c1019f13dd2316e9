/** Body of `clock-fault`: what was wrong with the machine's clock, from when to when, or that somebody vouched for it. */
import { CLOCK_FAULTS, type ClockFault } from '../../decision/clock.ts';
import type { CborValue } from '../cbor.ts';
import { Malformed } from '../malformed.ts';
import { readNullable, readOneOf, readTimeMs, readTuple } from '../shape.ts';
import { readPersonId } from './person.ts';

/** For ever: positions are in journals. */
const PHASES = ['begins', 'ends', 'confirmed'] as const;

export interface ClockFaultBody {
  readonly phase: (typeof PHASES)[number];
  readonly fault: ClockFault;
  /** What the machine's clock said. */
  readonly wallMs: number;
  /** The earliest that it could be, by all that the terminal knew. */
  readonly certainMs: number;
  /** Who gave leave to confirm, where the actor alone may not. */
  readonly approvedBy: string | null;
}

export function clockFaultValue({ phase, fault, wallMs, certainMs, approvedBy }: ClockFaultBody): CborValue {
  return [PHASES.indexOf(phase), CLOCK_FAULTS.indexOf(fault), wallMs, certainMs, approvedBy];
}

/** @throws Malformed */
export function readClockFault(value: CborValue): ClockFaultBody {
  const [phaseAt, faultAt, wall, certain, approver] = readTuple(value, 5);
  const phase = PHASES[readOneOf(phaseAt, [0, 1, 2])];
  const fault = CLOCK_FAULTS[readOneOf(faultAt, [0, 1, 2, 3])];
  if (phase === undefined || fault === undefined) throw new Malformed('a clock fault');
  return {
    phase,
    fault,
    wallMs: readTimeMs(wall),
    certainMs: readTimeMs(certain),
    approvedBy: readNullable(approver, readPersonId),
  };
}
