/** Calls about people: coming and going, leave given on the spot, managing people, the shop's switches. */
import type { peopleCalls as shapes } from '../../../shared/contract/terminal/people.ts';
import { ok, refused } from '../../../shared/result.ts';
import { SHOP_SETTINGS } from '../../../shared/shop-settings.ts';
import type { EngineCore } from '../core.ts';
import { personWire } from '../db/people.ts';
import type { RoomCalls } from '../room.ts';
import { addPerson } from './add-person.ts';
import { APPROVAL_MS, giveApproval } from './approvals.ts';
import { changeRole, rename, switchOff, switchOn } from './change-person.ts';
import { changeSetting } from './change-setting.ts';
import { come, leave, unsentPayments } from './come-and-go.ts';
import { beginMemory } from './memory.ts';
import { changePin, issueBadge, revokeBadge, setPin, unlock } from './set-proof.ts';
import { waitLeftMs } from './wait.ts';

export function peopleCalls(core: EngineCore): RoomCalls<keyof typeof shapes> {
  beginMemory(core);
  // before the keys are open there is no session, but names may be shown
  const storeHere = () => core.session?.store ?? core.store;
  return {
    'people.list': () => ok((storeHere()?.people.list() ?? []).map(personWire)),

    'people.signIn': async ({ personId, pin }) => {
      const came = await come(core, { by: 'pin', personId, pin });
      return came.ok ? ok({}) : came;
    },

    'people.switch': async ({ proof }) => {
      const came = await come(core, proof);
      return came.ok ? ok(personWire(came.value)) : came;
    },

    'people.signOut': ({ confirmUnsent }, by) => {
      const unsent = confirmUnsent ? undefined : unsentPayments(by.session);
      return unsent === undefined ? leave(core, by) : refused(unsent);
    },
    'people.lock': (_params, by) => leave(core, by),
    'people.changePin': ({ pin, newPin }, by) => changePin(core, by, pin, newPin),

    'approvals.give': async ({ permission, proof }, by) => {
      const given = await giveApproval(core, by, permission, proof);
      if (!given.ok) return given;
      const { approval, approver } = given.value;
      return ok({ approval, approver: personWire(approver), validS: APPROVAL_MS / 1000 });
    },

    'people.records': (_params, { session }) => {
      const { people } = session.store;
      return ok(
        people.all().map((one) => {
          const failedTries = people.secretOf(one.personId)?.failedTries ?? 0;
          const waitS = Math.ceil(waitLeftMs(core, one.personId, failedTries) / 1000);
          return { ...one, failedTries, waitS };
        }),
      );
    },

    'people.add': async (params, by) => {
      const added = await addPerson(by, params);
      return added.ok ? ok(personWire(added.value)) : added;
    },

    'people.rename': ({ personId, name }, by) => {
      const renamed = rename(by, personId, name);
      if (renamed.ok && personId === by.person.personId) {
        core.setPerson({ ...by.person, name });
        core.tellLater();
      }
      return renamed;
    },

    'people.changeRole': ({ personId, role }, by) => changeRole(by, personId, role),
    'people.switchOff': ({ personId }, by) => switchOff(by, personId),
    'people.switchOn': ({ personId }, by) => switchOn(by, personId),
    'people.setPin': ({ personId, pin }, by) => setPin(core, by, personId, pin),
    'people.unlock': ({ personId }, by) => unlock(core, by, personId),
    'people.issueBadge': ({ personId }, by) => issueBadge(by, personId),
    'people.revokeBadge': ({ personId }, by) => revokeBadge(by, personId),

    'settings.list': () =>
      ok(SHOP_SETTINGS.map((name) => ({ name, isOn: storeHere()?.shopSettings.isOn(name) ?? false }))),
    'settings.change': ({ name, isOn }, by) => changeSetting(by, name, isOn),
  };
}
