/** Calls about people: who may sign in, and signing in and out. */
import { ok, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import { personWire } from '../db/people.ts';
import { record } from '../record.ts';
import type { RoomCalls } from '../room.ts';
import { signIn } from './sign-in.ts';

export function peopleCalls(core: EngineCore): RoomCalls<'people.list' | 'people.signIn' | 'people.signOut'> {
  return {
    'people.list': () => ok((core.store?.people.list() ?? []).map(personWire)),

    'people.signIn': async ({ personId, pin }) => {
      const { session } = core;
      if (session === undefined) return refused({ code: 'not-enrolled' });
      const signed = await signIn(session.store, core.options.ports, personId, pin);
      if (!signed.ok) return signed;
      core.setPerson(signed.value);
      core.tellLater();
      return ok({});
    },

    'people.signOut': (_params, { session, person }) => {
      const atMs = core.options.ports.clock.nowMs();
      const written = session.store.write(() =>
        record(session.store, { kind: 'signed-out', atMs, actor: person.name, body: person.personId }),
      );
      if (!written.ok) return written;
      core.setPerson(undefined);
      core.tellLater();
      return ok({});
    },
  };
}
