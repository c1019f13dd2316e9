/** French: what happened, and what to do. */
import type { AllRefusalWords, PurseRefusalWords, ReasonWords } from './shape.ts';

export const refusals: AllRefusalWords = {
  unreadable: { what: 'Ce code n’a pas pu être lu.', todo: 'Scannez-le encore, ou copiez-le à nouveau.' },
  malformed: {
    what: 'Ce n’est pas un code d’un commerce Fieldtill.',
    todo: 'Demandez au commerce de le montrer encore.',
  },
  unsupported: {
    what: 'Ce code est plus récent que votre portefeuille.',
    todo: 'Mettez à jour, puis scannez encore.',
  },
  'wrong-kind': {
    what: 'C’est le code d’un client, pas d’un commerce.',
    todo: 'Scannez le code de la caisse.',
  },
  'full-code-needed': {
    what: 'Le code ne dit pas quel est le commerce.',
    todo: 'Demandez le code complet au commerce.',
  },
  untrusted: {
    what: 'La chambre de compensation ne connaît pas l’émetteur de ce code.',
    todo: 'Ne payez pas. Demandez au commerce, ou passez en ligne et réessayez.',
  },
  'certificate-forged': {
    what: 'Le nom de ce commerce est falsifié.',
    todo: 'Ne payez pas. Prévenez le commerce.',
  },
  'certificate-expired': {
    what: 'La caisse de ce commerce a un certificat expiré.',
    todo: 'Demandez au commerce de la mettre en ligne.',
  },
  'certificate-not-yet-valid': {
    what: 'La caisse de ce commerce n’est pas encore valable.',
    todo: 'Vérifiez la date de cet appareil.',
  },
  forged: {
    what: 'Le commerce n’a pas signé ceci.',
    todo: 'Ne payez pas. Cherchez un autocollant sur son code.',
  },
  expired: { what: 'Ce code est terminé.', todo: 'Montrez-en un nouveau.' },
  'invoice-expired': {
    what: 'La demande du commerce est terminée.',
    todo: 'Demandez-en une autre et vérifiez l’horloge de cet appareil.',
  },
  revoked: { what: 'Ceci a été bloqué.', todo: 'Demandez à votre prestataire.' },
  'terminal-revoked': {
    what: 'Cette caisse a été bloquée.',
    todo: 'Ne payez pas ici. Prévenez le commerce.',
  },
  'currency-mismatch': {
    what: 'Vous n’avez pas de porte-monnaie dans cette devise.',
    todo: 'Obtenez-en un sous Moi, en ligne.',
  },
  'over-cap': {
    what: 'C’est plus que ce qu’un paiement de ce porte-monnaie permet.',
    todo: 'Choisissez un montant plus petit.',
  },
  'amount-differs': {
    what: 'Les montants ne correspondent pas.',
    todo: 'Demandez au commerce de vérifier le montant.',
  },
  'over-allowance': {
    what: 'C’est plus que ce qui reste dans votre porte-monnaie.',
    todo: 'Choisissez un montant plus petit, ou un autre porte-monnaie.',
  },
  'over-count': {
    what: 'Ce porte-monnaie a fait tous ses paiements.',
    todo: 'Obtenez un autre porte-monnaie.',
  },
  'no-trust-bundle': {
    what: 'Votre portefeuille ne peut pas encore vérifier les commerces.',
    todo: 'Passez en ligne une fois, puis scannez encore.',
  },
  'storage-failed': {
    what: 'Cet appareil n’a pas pu enregistrer.',
    todo: 'Rien n’a été montré. Libérez de la place et réessayez.',
  },
  'storage-damaged': {
    what: 'La clé de ce porte-monnaie est illisible.',
    todo: 'Obtenez-en un autre. Le reste revient sur votre compte.',
  },
  'clearing-unreachable': { what: 'Le réseau ne répond pas.', todo: 'Vérifiez la connexion et réessayez.' },
  'clearing-answer-invalid': {
    what: 'La réponse ne vient pas de votre chambre de compensation.',
    todo: 'Essayez un autre réseau.',
  },
  'amount-invalid': { what: 'Ce montant ne peut pas être payé.', todo: 'Choisissez un autre montant.' },
  'picture-without-code': {
    what: 'Il n’y a pas de code dans cette image.',
    todo: 'Choisissez-en une plus nette.',
  },
  'several-codes': { what: 'Il y a plus d’un code.', todo: 'N’en montrez qu’un.' },
  'not-signed-in': { what: 'Vous êtes déconnecté.', todo: 'Reconnectez-vous.' },
  'not-allowed': { what: 'Votre compte ne permet pas cela.', todo: 'Demandez à votre prestataire.' },
  'locked-out': { what: 'Trop de mots de passe erronés.', todo: 'Attendez un peu, puis réessayez.' },
  'wrong-credentials': {
    what: 'Le nom ou le mot de passe est faux.',
    todo: 'Vérifiez les deux et réessayez.',
  },
  'bad-request': { what: 'La chambre de compensation ne l’a pas accepté.', todo: 'Vérifiez votre saisie.' },
  'not-found': {
    what: 'Ceci n’appartient pas à votre portefeuille.',
    todo: 'Vérifiez que c’est votre reçu.',
  },
  'too-large': { what: 'Cette image est trop grande.', todo: 'Choisissez-en une plus petite.' },
  'too-many-requests': { what: 'C’était trop souvent.', todo: 'Attendez un instant, puis réessayez.' },
  'exists-with-different-content': { what: 'Cela a déjà été demandé autrement.', todo: 'Recommencez.' },
  'user-name-taken': { what: 'Ce nom est déjà pris.', todo: 'Choisissez-en un autre.' },
  'password-too-weak': {
    what: 'Ce mot de passe est trop facile à deviner.',
    todo: 'Prenez plusieurs mots sans lien entre eux.',
  },
  'not-enough-money': {
    what: 'Votre compte contient moins que cela.',
    todo: 'Choisissez un montant plus petit.',
  },
  'purse-limit': {
    what: 'C’est trop pour un porte-monnaie, ou vous en avez trop.',
    todo: 'Choisissez moins, ou videz un porte-monnaie.',
  },
  unavailable: { what: 'Cela ne marche pas en ce moment.', todo: 'Réessayez dans un instant.' },
};

export const purseRefusals: PurseRefusalWords = {
  'certificate-expired': {
    what: 'Votre porte-monnaie a expiré.',
    todo: 'Obtenez-en un autre. Le reste revient sur votre compte.',
  },
  'certificate-not-yet-valid': {
    what: 'Votre porte-monnaie n’est pas encore valable.',
    todo: 'Réglez l’horloge de cet appareil.',
  },
  revoked: {
    what: 'Votre porte-monnaie est bloqué.',
    todo: 'Obtenez-en un autre, ou demandez à votre prestataire.',
  },
};

export const reasons: ReasonWords = {
  malformed: 'L’envoi du commerce était illisible.',
  'bad-signature': 'La signature n’était pas juste.',
  'unknown-issuer': 'L’émetteur n’est pas connu.',
  'unknown-purse': 'Le porte-monnaie n’est pas connu.',
  expired: 'Le porte-monnaie avait expiré.',
  revoked: 'Le porte-monnaie était bloqué.',
  'currency-mismatch': 'La devise ne correspondait pas.',
  'over-cap': 'C’était plus que ce que le code permettait.',
  'invoice-mismatch': 'Cela ne correspondait pas à la demande du commerce.',
  conflict: 'Ce code a servi plus d’une fois.',
  overspent: 'Le porte-monnaie ne contenait pas assez.',
  'unknown-payment': 'Le commerce rembourse un paiement inconnu ici.',
  'payment-rejected': 'Le paiement a été refusé : il n’y a rien à rembourser.',
  'over-refunded': 'C’est plus que ce qui a été payé.',
  'not-covered': 'Le compte du commerce ne contenait pas assez.',
};
