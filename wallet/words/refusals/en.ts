/** English: what happened, and what to do. */
import type { AllRefusalWords, PurseRefusalWords, ReasonWords } from './shape.ts';

export const refusals: AllRefusalWords = {
  unreadable: { what: 'This code could not be read.', todo: 'Scan it again, or copy it once more.' },
  malformed: {
    what: 'This is not a code of a Fieldtill shop.',
    todo: 'Ask the shop to show its code again.',
  },
  unsupported: { what: 'This code is newer than your wallet.', todo: 'Update the wallet, then scan again.' },
  'wrong-kind': {
    what: 'This is a customer’s code, not a shop’s.',
    todo: 'Scan the code on the shop’s till.',
  },
  'full-code-needed': {
    what: 'The code leaves out who the shop is.',
    todo: 'Ask the shop to show its full code.',
  },
  untrusted: {
    what: 'The clearing house does not know who issued this shop’s code.',
    todo: 'Do not pay. Ask the shop, or go online once and try again.',
  },
  'certificate-forged': { what: 'This shop’s name is forged.', todo: 'Do not pay. Tell the shop.' },
  'certificate-expired': {
    what: 'This shop’s till has an expired certificate.',
    todo: 'Ask the shop to bring its till online.',
  },
  'certificate-not-yet-valid': {
    what: 'This shop’s till is not valid yet.',
    todo: 'Check the date on this device.',
  },
  forged: {
    what: 'The shop did not sign this.',
    todo: 'Do not pay. Look for a sticker over the shop’s code.',
  },
  expired: { what: 'This code has ended.', todo: 'Show a new code.' },
  'invoice-expired': {
    what: 'The shop’s request has ended.',
    todo: 'Ask for a new one, and check the clock of this device.',
  },
  revoked: { what: 'This was blocked.', todo: 'Ask your provider.' },
  'terminal-revoked': { what: 'This till was blocked.', todo: 'Do not pay here. Tell the shop.' },
  'currency-mismatch': {
    what: 'You have no purse in this currency.',
    todo: 'Get one under Me, while you are online.',
  },
  'over-cap': {
    what: 'That is more than one payment of this purse may be.',
    todo: 'Choose a smaller amount.',
  },
  'amount-differs': { what: 'The amounts do not match.', todo: 'Ask the shop to check the amount.' },
  'over-allowance': {
    what: 'That is more than is left in your purse.',
    todo: 'Choose a smaller amount, or get another purse.',
  },
  'over-count': { what: 'This purse has made all its payments.', todo: 'Get another purse.' },
  'no-trust-bundle': {
    what: 'Your wallet cannot check shops yet.',
    todo: 'Go online once, then scan again.',
  },
  'storage-failed': {
    what: 'This device could not save.',
    todo: 'Nothing was shown. Free some space and try again.',
  },
  'storage-damaged': {
    what: 'The key of this purse cannot be read.',
    todo: 'Get a new purse. What is left returns to your account.',
  },
  'clearing-unreachable': {
    what: 'No answer from the network.',
    todo: 'Check your connection and try again.',
  },
  'clearing-answer-invalid': {
    what: 'The answer did not come from your clearing house.',
    todo: 'Try another network.',
  },
  'amount-invalid': { what: 'This amount cannot be paid.', todo: 'Choose another amount.' },
  'picture-without-code': { what: 'There is no code in this picture.', todo: 'Choose a sharper one.' },
  'several-codes': { what: 'There is more than one code.', todo: 'Show only one.' },
  'not-signed-in': { what: 'You are signed out.', todo: 'Sign in again.' },
  'not-allowed': { what: 'Your account may not do this.', todo: 'Ask your provider.' },
  'locked-out': { what: 'Too many wrong passwords.', todo: 'Wait a little, then try again.' },
  'wrong-credentials': { what: 'User name or password is wrong.', todo: 'Check both and try again.' },
  'bad-request': { what: 'The clearing house did not accept this.', todo: 'Check what you typed.' },
  'not-found': { what: 'This does not belong to your wallet.', todo: 'Check that it is your receipt.' },
  'too-large': { what: 'This picture is too large.', todo: 'Choose a smaller one.' },
  'too-many-requests': { what: 'That was too often.', todo: 'Wait a moment, then try again.' },
  'exists-with-different-content': { what: 'This was asked for before, differently.', todo: 'Start again.' },
  'user-name-taken': { what: 'This user name is taken.', todo: 'Choose another one.' },
  'password-too-weak': {
    what: 'This password is too easy to guess.',
    todo: 'Use a few words that do not belong together.',
  },
  'not-enough-money': { what: 'Your account has less than that.', todo: 'Choose a smaller amount.' },
  'purse-limit': {
    what: 'That is too much for one purse, or you have too many.',
    todo: 'Choose a smaller amount, or use up a purse.',
  },
  unavailable: { what: 'This does not work right now.', todo: 'Try again in a moment.' },
};

export const purseRefusals: PurseRefusalWords = {
  'certificate-expired': {
    what: 'Your purse has ended.',
    todo: 'Get a new one. What was left goes back to your account.',
  },
  'certificate-not-yet-valid': {
    what: 'Your purse is not valid yet.',
    todo: 'Set the clock of this device right.',
  },
  revoked: { what: 'Your purse is blocked.', todo: 'Get a new one, or ask your provider.' },
};

export const reasons: ReasonWords = {
  malformed: 'What the shop sent could not be read.',
  'bad-signature': 'The signature was not right.',
  'unknown-issuer': 'The issuer is not known.',
  'unknown-purse': 'The purse is not known.',
  expired: 'The purse had ended.',
  revoked: 'The purse was blocked.',
  'currency-mismatch': 'The currency did not match.',
  'over-cap': 'It was more than the code allowed.',
  'invoice-mismatch': 'It did not match the shop’s request.',
  conflict: 'This code was used more than once.',
  overspent: 'The purse did not hold enough.',
  'unknown-payment': 'The shop refunds a payment that is not known here.',
  'payment-rejected': 'The payment was refused, so there is nothing to give back.',
  'over-refunded': 'It is more than what was paid.',
  'not-covered': 'The shop’s account did not hold enough.',
};
