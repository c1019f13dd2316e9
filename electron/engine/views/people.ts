/** The view of people: who they are and what they may do, never what proves it. */
import { unreachable } from '../../../shared/assert.ts';
import { readPersonBody } from '../../../shared/protocol/bodies/person.ts';
import type { View } from './view.ts';

export const peopleView: View = {
  kinds: ['person-changed'],
  apply: ({ people }, { entry }) => {
    const { personId, change } = readPersonBody(entry.body);
    switch (change.change) {
      case 'added':
        return people.add(personId, change.name, change.role);
      case 'renamed':
        return people.rename(personId, change.name);
      case 'role-changed':
        return people.setRole(personId, change.role);
      case 'switched-off':
        return people.setActive(personId, false);
      case 'switched-on':
        return people.setActive(personId, true);
      case 'badge-set':
        return people.setHasBadge(personId, true);
      case 'badge-revoked':
        return people.setHasBadge(personId, false);
      case 'pin-set':
      case 'unlocked':
        return; // evidence alone: what they change is kept beside the journal
      default:
        return unreachable(change);
    }
  },
};
