/**
 * Which passwords are refused: short ones, ones that everybody tries first, the commonest of those that leaked
 * (a list of 49,000, read offline), and ones made of the user name. Nothing else is asked of a password (NIST SP 800-63B §3.1.1.2: no rules of composition).
 */
import { dictionary } from '@zxcvbn-ts/language-common';

export const MIN_PASSWORD_CHARACTERS = 10;

/** Leaked passwords, the commonest first, in lower case; with digits or signs around them they are no better. */
const LEAKED: ReadonlySet<string> = new Set(dictionary['passwords-common']);

/** What that list lacks: other languages, and our own name. */
const COMMON_WORDS = [
  'password passwort passw0rd contrasena motdepasse senha parola mima qwerty qwertz azerty asdfgh zxcvbn',
  'iloveyou letmein welcome welcometo monkey dragon football baseball basketball soccer superman batman',
  'princess sunshine shadow master michael jordan jennifer trustno1 starwars pokemon naruto liverpool',
  'chelsea arsenal barcelona realmadrid whatever freedom computer internet administrator admin root test',
  'testtest changeme default secret secretpassword login abc123 abcabc mustang harley ranger hunter buster',
  'tigger charlie george andrew daniel thomas matthew anthony joshua robert jessica michelle ashley nicole',
  'summer winter spring autumn flower cookie cheese chocolate butterfly pepper ginger hello helloworld',
  'lovely loveme iloveu babygirl angel friends family forever killer gamer minecraft fortnite google',
  'facebook samsung android apple windows linux money dollar million bitcoin payment wallet fieldtill',
]
  .join(' ')
  .split(' ');

/** Rows of keys and runs of letters and digits that fingers walk along. */
const WALKS = [
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  'qazwsxedcrfvtgbyhnujmikolp',
];

const reversed = (text: string): string => [...text].reverse().join('');

function isWalk(text: string): boolean {
  return WALKS.some((walk) => walk.includes(text) || reversed(walk).includes(text));
}

/** "abcabcabc" → "abc": a repeated word is as weak as the word. */
function withoutRepeats(text: string): string {
  const found = /^(.+?)\1+$/su.exec(text);
  return found?.[1] ?? text;
}

/** The form that is hashed: one text for what looks and types the same. */
export function normalisePassword(password: string): string {
  return password.normalize('NFC');
}

export function isPasswordTooWeak(password: string, userName: string): boolean {
  const text = normalisePassword(password).toLowerCase();
  if ([...text].length < MIN_PASSWORD_CHARACTERS) return true;
  const core = withoutRepeats(text);
  if ([...core].length < 4 || isWalk(core)) return true;
  const bare = (core.match(/\p{Letter}.*\p{Letter}|\p{Letter}/su)?.[0] ?? '').replace(/^\P{Letter}+/u, '');
  const plain = bare
    .replaceAll('0', 'o')
    .replaceAll('1', 'i')
    .replaceAll('3', 'e')
    .replaceAll('$', 's')
    .replaceAll('@', 'a');
  if (
    [text, bare, plain, core].some(
      (word) =>
        (word.length >= 4 && LEAKED.has(word)) ||
        COMMON_WORDS.includes(word) ||
        (word.length >= 4 && isWalk(word)),
    )
  )
    return true;
  // what is left without the name must stand by itself
  return text.includes(userName) && [...text.replaceAll(userName, '')].length < MIN_PASSWORD_CHARACTERS;
}
