/** Commands about people: who there is, and managing them. A new PIN comes from FIELDTILL_NEW_PIN. */
import { ROLES, type Role } from '../../shared/people/roles.ts';
import { type Command, done, needed, type Options, type Outcome, WrongUse } from './command.ts';
import { type HeadlessTill, Refused } from './till.ts';

function roleOf(text: string | undefined): Role {
  const role = ROLES.find((one) => one === text);
  if (role === undefined) throw new WrongUse(`--role is one of ${ROLES.join(', ')}`);
  return role;
}

/** Also of somebody who is switched off. */
async function chosen(
  till: HeadlessTill,
  { person }: Options,
): Promise<{ personId: string; approval: null }> {
  const name = needed(person, '--person NAME');
  const known = await till.ask('people.records', {});
  const found = known.ok
    ? known.value.find((one) => one.name === name)?.personId
    : await till.personIdOf(name);
  if (found === undefined || found === '') throw new Refused({ code: 'not-found' });
  return { personId: found, approval: null };
}

const newPin = (): string => process.env.FIELDTILL_NEW_PIN ?? '';

const VERBS: Readonly<Record<string, (till: HeadlessTill, options: Options) => Promise<Outcome>>> = {
  add: async (till, options) => {
    const name = needed(options.person, '--person NAME');
    const role = roleOf(options.role);
    const person = await till.act('people.add', { name, role, pin: newPin(), approval: null });
    return done(`${person.name} is ${person.role} here now.`, { person });
  },
  role: async (till, options) => {
    const role = roleOf(options.role);
    await till.act('people.changeRole', { ...(await chosen(till, options)), role });
    return done(`${options.person} is ${role} here now.`);
  },
  pin: async (till, options) => {
    await till.act('people.setPin', { ...(await chosen(till, options)), pin: newPin() });
    return done(`${options.person} has a new PIN.`);
  },
  badge: async (till, options) => {
    const { digits } = await till.act('people.issueBadge', await chosen(till, options));
    return done(digits, { digits });
  },
  'revoke-badge': async (till, options) => {
    await till.act('people.revokeBadge', await chosen(till, options));
    return done(`${options.person} has no badge now.`);
  },
  unlock: async (till, options) => {
    await till.act('people.unlock', await chosen(till, options));
    return done(`${options.person} may try again.`);
  },
  off: async (till, options) => {
    await till.act('people.switchOff', await chosen(till, options));
    return done(`${options.person} cannot sign in any more.`);
  },
  on: async (till, options) => {
    await till.act('people.switchOn', await chosen(till, options));
    return done(`${options.person} can sign in again.`);
  },
};

export const people: Command = async (till, options, [verb]) => {
  if (verb === undefined) {
    const list = await till.must('people.list', {});
    const lines = list.map(({ name, role }) => `${role.padEnd(14)} ${name}`);
    return done(lines.length === 0 ? 'Nobody yet.' : lines.join('\n'), { people: list });
  }
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (run === undefined) throw new WrongUse(`people ${verb}`);
  await till.signIn();
  return run(till, options);
};
