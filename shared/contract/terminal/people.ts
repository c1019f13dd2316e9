/** People at the till: who may sign in, coming and going, leave given on the spot, and managing people. */
import * as z from 'zod/mini';
import { PERMISSIONS, ROLES } from '../../people/roles.ts';
import { MAX_ACTOR_BYTES } from '../../protocol/journal-entry.ts';
import { SHOP_SETTINGS } from '../../shop-settings.ts';
import { boundedText } from '../bounded-text.ts';
import { approval, calls, count, digitsText, nothing, scanText, text } from './call.ts';
import { person } from './state.ts';

export const pin = z.string().check(z.regex(/^[0-9]{4,8}$/));
const personId = text(32);
/** Becomes the actor of journal entries. */
const personName = boundedText(1, MAX_ACTOR_BYTES);

/** What shows who somebody is. With a badge the PIN only where it was asked for (`pin-needed`). */
export const proof = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('pin'), personId, pin }),
  z.strictObject({ by: z.literal('badge'), badge: scanText, pin: z.nullable(pin) }),
]);

const onePerson = z.strictObject({ personId, approval });

const personRecord = z.strictObject({
  ...person.shape,
  isActive: z.boolean(),
  hasBadge: z.boolean(),
  failedTries: count,
  /** Seconds until they may try again; 0 when they may now. */
  waitS: count,
});

export const peopleCalls = calls({
  'people.list': { needs: null, params: nothing, result: z.array(person) },
  'people.signIn': { needs: null, params: z.strictObject({ personId, pin }), result: nothing },
  /** Comes to the till by PIN or badge; whoever was signed in leaves in the same act. The cart stays. */
  'people.switch': { needs: null, params: z.strictObject({ proof }), result: person },
  /** Leaves for good: with payments that are not sent it asks once (`unsent-payments`). They stay, and are sent. */
  'people.signOut': {
    needs: 'person',
    params: z.strictObject({ confirmUnsent: z.boolean() }),
    result: nothing,
  },
  /** Nobody is signed in from now on: the window calls it when nobody has touched the till for a while. */
  'people.lock': { needs: 'person', params: nothing, result: nothing },
  'people.changePin': { needs: 'person', params: z.strictObject({ pin, newPin: pin }), result: nothing },

  /** Lends one permission to whoever is signed in, for one act and a minute. */
  'approvals.give': {
    needs: 'person',
    params: z.strictObject({ permission: z.enum(PERMISSIONS), proof }),
    /** `approval` goes into the params of the act. */
    result: z.strictObject({ approval: text(32), approver: person, validS: count }),
  },

  /** Everybody, also who is switched off. */
  'people.records': { needs: 'manage-people', params: nothing, result: z.array(personRecord) },
  'people.add': {
    needs: 'manage-people',
    params: z.strictObject({ name: personName, role: z.enum(ROLES), pin, approval }),
    result: person,
  },
  'people.rename': {
    needs: 'manage-people',
    params: z.strictObject({ personId, name: personName, approval }),
    result: nothing,
  },
  'people.changeRole': {
    needs: 'manage-people',
    params: z.strictObject({ personId, role: z.enum(ROLES), approval }),
    result: nothing,
  },
  'people.switchOff': { needs: 'manage-people', params: onePerson, result: nothing },
  'people.switchOn': { needs: 'manage-people', params: onePerson, result: nothing },
  'people.setPin': {
    needs: 'manage-people',
    params: z.strictObject({ personId, pin, approval }),
    result: nothing,
  },
  /** Forgives wrong tries before their wait is over. */
  'people.unlock': { needs: 'manage-people', params: onePerson, result: nothing },
  /** A new badge, to be printed; an older one ends with it. Its digits are shown once and kept nowhere. */
  'people.issueBadge': {
    needs: 'manage-people',
    params: onePerson,
    result: z.strictObject({ digits: digitsText }),
  },
  'people.revokeBadge': { needs: 'manage-people', params: onePerson, result: nothing },

  'settings.list': {
    needs: null,
    params: nothing,
    result: z.array(z.strictObject({ name: z.enum(SHOP_SETTINGS), isOn: z.boolean() })),
  },
  'settings.change': {
    needs: 'change-settings',
    params: z.strictObject({ name: z.enum(SHOP_SETTINGS), isOn: z.boolean(), approval }),
    result: nothing,
  },
});
