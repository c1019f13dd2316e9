/** Ends training: the real shop as it was left, with its open order. */
import type { EngineCore } from '../core.ts';
import { forgetApprovals } from '../people/approvals.ts';

export function stopPractice(core: EngineCore): void {
  if (!core.isTraining) return;
  // leave that was given in training lets nothing real pass
  forgetApprovals(core);
  core.practise(undefined);
  core.tellLater();
}
