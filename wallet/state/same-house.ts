/** Whether an answer is by the clearing house that this device pinned: another root is never taken in its place. */
import { equalBytes, fromBase64Url } from '../../shared/bytes.ts';
import type { CustomerView } from '../../shared/contract/clearing.ts';
import type { Profile } from '../store/records.ts';

/** The same customer of the same clearing house that was pinned. */
export function isSameHouse(profile: Profile, view: CustomerView): boolean {
  const root = fromBase64Url(view.rootPublicKey);
  return (
    view.customerId === profile.customerId &&
    root !== undefined &&
    equalBytes(root, profile.rootPublicKey) &&
    view.world === profile.world
  );
}
