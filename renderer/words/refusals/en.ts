/** Why the till says no, in English: what happened, what to do, and what to tell the customer. */
import type { RefusalWords } from '../shape.ts';

export const refusals = {
  unreadable: {
    what: 'The code could not be read.',
    todo: 'Hold it flat and steady, then scan again.',
    customer: 'Please hold your phone still and show the code again.',
  },
  malformed: {
    what: 'This is not a payment code.',
    todo: 'Ask the customer to show the payment code of their wallet.',
    customer: 'Please open your wallet and show a payment code.',
  },
  unsupported: {
    what: 'This code is of a kind that this till does not know yet.',
    todo: 'Update this till, or ask for another way to pay.',
    customer: 'Your wallet is newer than this till. Please pay another way.',
  },
  'wrong-kind': {
    what: 'This code is genuine, but it is not a payment.',
    todo: 'Ask for the payment code, not a receipt or an invoice.',
    customer: 'Please show a payment code, not a receipt.',
  },
  'sealed-for-another': {
    what: 'This payment was made for another till.',
    todo: 'Show your invoice ({{invoiceKey}}) and let the customer scan that one.',
    customer: 'This payment is for another shop. Please scan the code of this till.',
  },
  'full-code-needed': {
    what: 'This till has not met this wallet before.',
    todo: 'Ask for the full code and scan it.',
    customer: 'Please show the full code in your wallet.',
  },
  untrusted: {
    what: 'This code comes from an issuer that this till does not trust.',
    todo: 'Do not hand over the goods. Ask for another way to pay.',
    customer: 'This code cannot be accepted here. Please pay another way.',
  },
  'certificate-forged': {
    what: 'The wallet behind this code is not genuine.',
    todo: 'Do not hand over the goods. Ask for another way to pay.',
    customer: 'This code is not valid. Please pay another way.',
  },
  'certificate-expired': {
    what: 'The customer’s wallet expired {{duration}} ago.',
    todo: 'Ask the customer to go online and renew it, or to pay another way.',
    customer: 'Your wallet has expired. Go online once to renew it.',
  },
  'certificate-not-yet-valid': {
    what: 'The customer’s wallet is not valid yet.',
    todo: 'Check the date and time of this till, then scan again.',
    customer: 'Your wallet is not valid yet. Please try again later.',
  },
  forged: {
    what: 'This code was altered: its signature does not fit.',
    todo: 'Do not hand over the goods. Ask for another way to pay.',
    customer: 'This code is not valid. Please pay another way.',
  },
  expired: {
    what: 'The code is too old: it was made {{duration}} ago.',
    todo: 'Ask for a fresh code and scan that one.',
    customer: 'Please show a fresh code.',
  },
  'customer-clock-ahead': {
    what: 'The clock of the customer’s phone is {{duration}} ahead.',
    todo: 'Ask the customer to set the time, then scan a fresh code.',
    customer: 'The clock of your phone is ahead. Set it to automatic and show a fresh code.',
  },
  'invoice-unknown': {
    what: 'This payment answers an invoice that this till did not show.',
    todo: 'Show an invoice ({{invoiceKey}}) and let the customer scan it.',
    customer: 'Please scan the code that this till shows now.',
  },
  'invoice-used': {
    what: 'This invoice was paid already.',
    todo: 'Look in the payments ({{listKey}}). For another sale, show a new invoice.',
    customer: 'This was paid already. You need not pay again.',
  },
  'invoice-expired': {
    what: 'The invoice ran out before it was paid.',
    todo: 'Show a new one ({{invoiceKey}}) and let the customer scan it.',
    customer: 'That took too long. Please scan the new code.',
  },
  'clock-turned-back': {
    what: 'The clock of this till is {{duration}} behind.',
    todo: 'Set the date and time, or go online and sync ({{syncKey}}).',
    customer: 'This till cannot take offline payments just now. Please pay another way.',
  },
  'clock-jumped-forward': {
    what: 'The clock of this till jumped {{duration}} ahead.',
    todo: 'Check the date and time. If they are right, confirm the clock; else set it.',
    customer: 'This till’s clock is being checked. Please pay another way.',
  },
  revoked: {
    what: 'This wallet was blocked by its issuer.',
    todo: 'Do not hand over the goods. Ask for another way to pay.',
    customer: 'Your wallet is blocked. Please ask your issuer.',
  },
  'already-used': {
    what: 'This code was charged here before: {{amount}} at {{time}}.',
    todo: 'For another payment, ask for a fresh code.',
    customer: 'This code was used already. Please show a fresh one.',
  },
  'double-spend': {
    what: 'This wallet has spent the same money twice.',
    todo: 'Do not hand over the goods. Ask for another way to pay.',
    customer: 'This wallet cannot be used. Please ask your issuer.',
  },
  'currency-mismatch': {
    what: 'The wallet holds {{currency}}, this till takes {{ownCurrency}}.',
    todo: 'Ask for a wallet in {{ownCurrency}}, or for another way to pay.',
    customer: 'This shop takes {{ownCurrency}}.',
  },
  'over-cap': {
    what: 'The customer’s code is good for {{amount}} at most.',
    todo: 'Ask for a code with a higher limit, or show an invoice ({{invoiceKey}}).',
    customer: 'Your code is good for {{amount}} at most. Please raise its limit.',
  },
  'amount-differs': {
    what: 'The customer agreed to {{amount}}, not to the amount on this till.',
    todo: 'Show a new invoice ({{invoiceKey}}) with the right amount.',
    customer: 'The amount has changed. Please scan the new code.',
  },
  'over-allowance': {
    what: 'The wallet has {{amount}} left.',
    todo: 'Take a smaller amount, or ask for another way to pay.',
    customer: 'Your wallet has {{amount}} left.',
  },
  'over-count': {
    what: 'The wallet has made as many payments as it may.',
    todo: 'Ask the customer to go online and renew it, or to pay another way.',
    customer: 'Go online once to renew your wallet.',
  },
  'limit-payment': {
    what: 'Offline, one payment may be {{amount}} at most.',
    todo: 'Go online and sync ({{syncKey}}), or take a smaller amount.',
    customer: 'Just now this shop can take {{amount}} at most.',
  },
  'limit-purse-amount': {
    what: 'This customer has reached today’s limit of {{amount}} here.',
    todo: 'Go online and sync ({{syncKey}}), or ask for another way to pay.',
    customer: 'You have reached today’s limit at this shop.',
  },
  'limit-purse-count': {
    what: {
      one: 'This customer may pay here {{count}} time a day.',
      other: 'This customer may pay here {{count}} times a day.',
    },
    todo: 'Go online and sync ({{syncKey}}), or ask for another way to pay.',
    customer: 'You have reached today’s limit at this shop.',
  },
  'limit-exposure-amount': {
    what: 'This till holds as much unsettled money as it may: {{amount}}.',
    todo: 'Go online and sync ({{syncKey}}), then sell on.',
    customer: 'This till must go online first. Please pay another way.',
  },
  'limit-exposure-count': {
    what: {
      one: 'This till holds as many unsettled payments as it may: {{count}}.',
      other: 'This till holds as many unsettled payments as it may: {{count}}.',
    },
    todo: 'Go online and sync ({{syncKey}}), then sell on.',
    customer: 'This till must go online first. Please pay another way.',
  },
  'limit-trust-age': {
    what: 'What this till knows of wallets is {{duration}} old: too old.',
    todo: 'Go online and sync ({{syncKey}}), then sell on.',
    customer: 'This till must go online first. Please pay another way.',
  },
  'declined-online': {
    what: 'The issuer declined this payment.',
    todo: 'Ask for another way to pay.',
    customer: 'Your issuer declined this payment.',
  },
  'online-required': {
    what: 'The clearing house must agree to this payment, and it cannot be reached.',
    todo: 'Wait for the network, or ask for another way to pay.',
    customer: 'This payment needs a network connection, and there is none right now.',
  },
  'not-enrolled': {
    what: 'This till belongs to no shop yet.',
    todo: 'Set it up with an enrolment code.',
  },
  'enrolment-refused': {
    what: 'The enrolment code was used before or has run out.',
    todo: 'Ask your administrator for a new code.',
  },
  'already-enrolled': {
    what: 'This till is set up already.',
    todo: 'Sign in with your PIN.',
  },
  'no-trust-bundle': {
    what: 'This till does not know yet whom it may trust.',
    todo: 'Go online and sync ({{syncKey}}).',
  },
  'terminal-revoked': {
    what: 'This till was blocked by the clearing house.',
    todo: 'Call your administrator. Payments taken so far are kept.',
  },
  'storage-failed': {
    what: 'This till could not write to its disk or open its keys.',
    todo: 'Free some space or check the disk, then start the till again. Nothing was charged.',
  },
  'storage-damaged': {
    what: 'The records of this till are damaged, so it takes no payments.',
    todo: 'Call your administrator. Do not delete anything: payments can be recovered.',
  },
  'storage-newer': {
    what: 'The records of this till were written by a newer version.',
    todo: 'Install the newest version and start again.',
  },
  'storage-in-use': {
    what: 'Another program has the records of this till open.',
    todo: 'Close the other one, then start the till again.',
  },
  'disk-almost-full': {
    what: 'This till’s disk is almost full.',
    todo: 'Free some space, then sell on. Sending, exporting and closing still work.',
  },
  'backup-failed': {
    what: 'The backup could not be written.',
    todo: 'Check the disk and its free space, then try again. The till’s own records are whole.',
  },
  'engine-stopped': {
    what: 'The till was interrupted and is starting again.',
    todo: 'Wait a moment, then look in the payments ({{listKey}}) before you scan again.',
  },
  'clock-off-from-server': {
    what: 'The clock of this computer differs from the clearing house’s by {{duration}}.',
    todo: 'Set the date and time of this computer, then sync ({{syncKey}}).',
  },
  'clearing-unreachable': {
    what: 'The clearing house cannot be reached.',
    todo: 'Check the network. Selling goes on meanwhile.',
  },
  'trust-delta-base': {
    what: 'News about wallets did not fit what this till knows.',
    todo: 'Sync again ({{syncKey}}); the till then asks for all of it.',
  },
  'clearing-answer-invalid': {
    what: 'The network gave an answer that is not from the clearing house.',
    todo: 'Check whether this network asks for a sign-in page.',
  },
  'amount-invalid': {
    what: 'This amount cannot be charged.',
    todo: 'Type the amount again.',
  },
  'rule-milder': {
    what: 'This rule is milder than the clearing house allows.',
    todo: 'Choose a stricter value, or leave the rule out.',
  },
  'order-empty': {
    what: 'There is nothing in this order yet.',
    todo: 'Add something first.',
  },
  'order-full': {
    what: 'This order cannot hold more lines.',
    todo: 'Take payment for it, then go on with a new order.',
  },
  'parked-full': {
    what: 'This till keeps as many parked orders as it can.',
    todo: 'Recall one and finish it first.',
  },
  'order-in-hand': {
    what: 'There is an order at hand already.',
    todo: 'Park it or finish it first.',
  },
  'order-part-paid': {
    what: 'Part of this order is paid, so it stays as it is.',
    todo: 'Take the rest of the payment.',
  },
  'order-holds-payments': {
    what: '{{amount}} was paid by code for this order.',
    todo: 'Refund that first, then discard the order.',
  },
  'payment-running': {
    what: 'A payment is being taken just now.',
    todo: 'Wait for its result.',
  },
  'item-unknown': {
    what: 'This till does not know this article.',
    todo: 'Type its price, or have it added to the catalogue.',
  },
  'price-needed': {
    what: 'This article has no fixed price.',
    todo: 'Type its price.',
  },
  'nothing-to-undo': {
    what: 'There is nothing to take back.',
    todo: 'Change the order by hand.',
  },
  'tender-unknown': {
    what: 'This till does not know this way to pay.',
    todo: 'Choose another one.',
  },
  'tender-over-due': {
    what: 'Only {{amount}} is left to pay.',
    todo: 'Take that amount at most.',
  },
  'cash-short': {
    what: 'That is not enough cash: {{amount}} is due.',
    todo: 'Count the cash again, or take a part of it and the rest another way.',
  },
  'cash-not-payable': {
    what: 'Coins cannot make this amount; their smallest step is {{amount}}.',
    todo: 'Type an amount that coins can make.',
  },
  'picture-without-code': {
    what: 'There is no code in this picture.',
    todo: 'Take a sharper picture, or show the code to the camera.',
  },
  'several-codes': {
    what: 'More than one code is in view.',
    todo: 'Show only one code, then scan again.',
  },
  'shift-open': {
    what: 'A shift is open at this till already, since {{time}}.',
    todo: 'Close it before you open the next one.',
  },
  'not-refundable': {
    what: 'This payment was not taken, so nothing can go back.',
    todo: 'Check that it is the right payment.',
  },
  'over-refund': {
    what: 'Only {{amount}} of it is left to give back.',
    todo: 'Choose {{amount}} or less.',
  },
  'limit-refund': {
    what: 'You may give back up to {{amount}} at once.',
    todo: 'Choose less, or ask a colleague to approve it.',
  },
  'limit-refund-day': {
    what: 'Today you may give back {{amount}} more.',
    todo: 'Choose less, or ask a colleague to approve it.',
  },
  'void-too-late': {
    what: 'This payment is of an earlier shift.',
    todo: 'Refund it instead.',
  },
  'shift-needed': {
    what: 'No shift is open at this till.',
    todo: 'Open a shift first.',
  },
  'count-needed': {
    what: 'The drawer has not been counted.',
    todo: 'Count the cash, then close the shift.',
  },
  'reason-needed': {
    what: 'The count and the till differ by {{amount}}.',
    todo: 'Count again, or say why.',
  },
  'orders-hold-cash': {
    what: {
      one: '{{count}} order that is not closed holds {{amount}} in cash.',
      other: '{{count}} orders that are not closed hold {{amount}} in cash.',
    },
    todo: 'Finish them, or give the cash back, then close the shift.',
  },
  'nothing-unsent': {
    what: 'There is nothing to export: all is sent.',
    todo: 'You need not do anything.',
  },
  'export-failed': {
    what: 'The file could not be written.',
    todo: 'Check that there is room and that the disk is in, then try again. Nothing is lost.',
  },
  'unsent-payments': {
    what: {
      one: '{{count}} payment of {{amount}} is not sent yet.',
      other: '{{count}} payments of {{amount}} are not sent yet.',
    },
    todo: 'They are kept and sent later. Connect this till, or go on all the same.',
  },
  'paper-incomplete': {
    what: 'A receipt is printed in two codes, and one of them is missing.',
    todo: 'Scan the other code of the receipt too.',
  },
  'paper-of-another-shop': {
    what: 'This receipt is another shop’s.',
    todo: 'Only a till of that shop can bring it back.',
  },
  'charged-otherwise': {
    what: 'This till has charged this payment already, for another amount: {{amount}}.',
    todo: 'Keep the receipt and call your administrator. Nothing was changed.',
  },
  'not-signed-in': {
    what: 'Nobody is signed in at this till.',
    todo: 'Sign in with your PIN.',
  },
  'wrong-pin': {
    what: 'This PIN is not right.',
    todo: {
      one: 'Try again; {{count}} try is left.',
      other: 'Try again; {{count}} tries are left.',
    },
  },
  'locked-out': {
    what: 'There were too many wrong tries.',
    todo: 'Wait {{duration}}, then try again.',
  },
  'wrong-badge': {
    what: 'This badge does not open this till.',
    todo: 'Use your PIN, or ask for a new badge.',
  },
  'pin-needed': {
    what: 'A badge alone is not enough in this shop.',
    todo: 'Type your PIN as well.',
  },
  'weak-pin': {
    what: 'This PIN is too easy to guess.',
    todo: 'Choose one without rows or repeated digits.',
  },
  'wrong-passphrase': {
    what: 'This passphrase does not open the till.',
    todo: 'Type it again; look out for capital letters.',
  },
  'passphrase-needed': {
    what: 'This machine has no safe place for keys.',
    todo: 'Choose a passphrase of at least 8 characters.',
  },
  'wrong-credentials': {
    what: 'The name or the password is not right.',
    todo: 'Type them again.',
  },
  'not-allowed': {
    what: 'This is not allowed here.',
    todo: 'Ask your administrator.',
  },
  'last-administrator': {
    what: 'This is the only administrator of this till.',
    todo: 'Make somebody else an administrator first.',
  },
  'in-training': {
    what: 'This till is in training: this is part of the real shop.',
    todo: 'End training first.',
  },
  'approval-needed': {
    what: 'You may not do this on your own.',
    todo: 'Ask a colleague who may to approve it.',
  },
  'bad-request': {
    what: 'The till did not understand what was entered.',
    todo: 'Check it and try again.',
  },
  'bad-request-signature': {
    what: 'The clearing house did not accept this till’s signature.',
    todo: 'Check the date and time of this till, then sync ({{syncKey}}).',
  },
  'not-found': {
    what: 'This is not known here.',
    todo: 'Check what was entered.',
  },
  'too-large': {
    what: 'This is too large to be a code.',
    todo: 'Show a payment code.',
  },
  'too-many-requests': {
    what: 'The clearing house is busy.',
    todo: 'Nothing to do: the till tries again in {{duration}}.',
  },
  'exists-with-different-content': {
    what: 'This was sent before with other content.',
    todo: 'Call your administrator.',
  },
  'transfer-ended': {
    what: 'This money was sent, given back or given up before.',
    todo: 'Call your administrator.',
  },
  'over-pending': {
    what: 'This is more than was set aside.',
    todo: 'Enter a smaller amount.',
  },
  'user-name-taken': {
    what: 'This name is taken.',
    todo: 'Choose another one.',
  },
  'password-too-weak': {
    what: 'This password is too easy to guess.',
    todo: 'Choose a longer one.',
  },
  'barcode-taken': {
    what: 'Another item has this barcode already.',
    todo: 'Take it away from the other item first, or use another code.',
  },
  'catalogue-changed': {
    what: 'Somebody changed the catalogue meanwhile.',
    todo: 'Nothing was changed by you. Start again.',
  },
  'not-enough-money': {
    what: 'There is not enough money: {{amount}} is available.',
    todo: 'Choose a smaller amount.',
  },
  'purse-limit': {
    what: 'This wallet cannot hold more.',
    todo: 'Choose a smaller amount.',
  },
  'journal-gap': {
    what: 'The clearing house misses an earlier part of the records.',
    todo: 'Nothing to do: the till sends it again.',
  },
  'journal-forked': {
    what: 'The clearing house knows other records of this till.',
    todo: 'Call your administrator. Nothing is lost: this till keeps all its payments.',
  },
  unavailable: {
    what: 'The clearing house is not ready.',
    todo: 'Nothing to do: the till tries again by itself.',
  },
} as const satisfies RefusalWords<'en'>;
