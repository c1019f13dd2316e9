/** A purse that spent double here is blocked here, from the entry on that holds the proof. */
import { invariant } from '../../../shared/assert.ts';
import { idBytes } from '../../../shared/ids.ts';
import { readDoubleSpend } from '../../../shared/protocol/bodies/double-spend.ts';
import { readDoubleSpendProof } from '../../../shared/protocol/double-spend.ts';
import type { View } from './view.ts';

export const doubleSpendsView: View = {
  kinds: ['double-spend'],
  apply: (store, { position, entry }) => {
    const { proof } = readDoubleSpend(entry.body);
    const read = readDoubleSpendProof(proof);
    invariant(read.ok, 'an entry without its proof');
    store.doubleSpends.insert(idBytes(read.value.certificate.purseId), { position, proof });
  },
};
