/**
 * Calls about training. A practice store that was opened stays open until the engine closes, because something
 * that began in it may still be under way when training ends.
 */
import type { trainingCalls as shapes } from '../../../shared/contract/terminal/training.ts';
import { fromWire } from '../../../shared/money.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import { type Person, personWire } from '../db/people.ts';
import type { Store } from '../db/store.ts';
import { forgetApprovals } from '../people/approvals.ts';
import type { RoomCalls } from '../room.ts';
import type { Session } from '../session.ts';
import { copyCatalogue } from './copy-catalogue.ts';
import { practiceCode } from './practice-code.ts';
import { openNewestPractice, openNextPractice } from './practice-folder.ts';
import { beginPractice, COLLEAGUE, COLLEAGUE_PIN, type PracticeShop } from './practice-shop.ts';
import { stopPractice } from './stop-practice.ts';

export function trainingCalls(core: EngineCore): RoomCalls<keyof typeof shapes> {
  const { dataFolder, migrationsFolder } = core.options;
  let store: Store | undefined;
  let shop: PracticeShop | undefined;
  let real: Session | undefined;
  /** Starts and resets, one after the other. */
  let tail: Promise<unknown> = Promise.resolve();

  const opened = async (opening: typeof openNewestPractice): Promise<Result<Store>> => {
    const result = await opening(dataFolder, migrationsFolder);
    if (result.ok) {
      core.closeAlso(() => result.value.close());
      store = result.value;
    }
    return result;
  };

  /** The practice shop takes the real one's place at this till. */
  const begin = async (practice: Store, from: Session, person: Person): Promise<Result<null>> => {
    const copied = await copyCatalogue(from.store, practice);
    if (!copied.ok) return copied;
    const begun = await beginPractice(practice, from, person);
    if (!begun.ok) return begun;
    // whoever asked may have left while the catalogue was copied
    if (core.person?.personId !== person.personId) return refused({ code: 'not-signed-in' });
    shop = begun.value;
    real = from;
    forgetApprovals(core);
    core.practise(shop.session);
    core.tellLater();
    return ok(null);
  };

  const inTurn = (work: () => Promise<Result<null>>): Promise<Result<null>> => {
    const turn = tail.then(work);
    tail = turn.catch(() => undefined); // whoever asked hears of it
    return turn;
  };

  return {
    'training.start': async (_params, { session, person }) => {
      const begun = await inTurn(async () => {
        if (core.isTraining) return ok(null);
        const practice = store === undefined ? await opened(openNewestPractice) : ok(store);
        return practice.ok ? await begin(practice.value, session, person) : practice;
      });
      return begun.ok ? ok({ colleague: personWire(COLLEAGUE), pin: COLLEAGUE_PIN }) : begun;
    },

    'training.stop': () => {
      stopPractice(core);
      return ok({});
    },

    'training.code': async ({ kind, amount, invoiceId }, { session, person }) => {
      const read = fromWire(amount);
      if (shop === undefined || session !== shop.session) return refused({ code: 'not-found' });
      return read === undefined
        ? refused({ code: 'amount-invalid' })
        : await practiceCode(shop, person.name, kind, read, invoiceId);
    },

    'training.reset': async (_params, { person }) => {
      const reset = await inTurn(async () => {
        const practice = await opened(openNextPractice);
        if (!practice.ok) return practice;
        return core.isTraining && real !== undefined ? await begin(practice.value, real, person) : ok(null);
      });
      return reset.ok ? ok({}) : reset;
    },
  };
}
