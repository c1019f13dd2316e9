/** People at the till: who may sign in, and signing in and out. */
import * as z from 'zod/mini';
import { calls, nothing, text } from './call.ts';
import { person } from './state.ts';

export const pin = z.string().check(z.regex(/^[0-9]{4,8}$/));

export const peopleCalls = calls({
  'people.list': { needs: null, params: nothing, result: z.array(person) },
  'people.signIn': { needs: null, params: z.strictObject({ personId: text(32), pin }), result: nothing },
  'people.signOut': { needs: 'person', params: nothing, result: nothing },
});
