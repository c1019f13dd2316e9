/** Why the till says no, in French: what happened, what to do, and what to tell the customer. */
import type { RefusalWords } from '../shape.ts';

export const refusals = {
  unreadable: {
    what: 'Le code n’a pas pu être lu.',
    todo: 'Tenez-le à plat, sans bouger, puis scannez à nouveau.',
    customer: 'Tenez votre téléphone sans bouger et montrez encore le code, s’il vous plaît.',
  },
  malformed: {
    what: 'Ce n’est pas un code de paiement.',
    todo: 'Demandez au client de montrer le code de paiement de son portefeuille.',
    customer: 'Ouvrez votre portefeuille et montrez un code de paiement, s’il vous plaît.',
  },
  unsupported: {
    what: 'Cette caisse ne connaît pas encore ce genre de code.',
    todo: 'Mettez la caisse à jour ou demandez un autre moyen de paiement.',
    customer: 'Votre portefeuille est plus récent que cette caisse. Payez autrement, s’il vous plaît.',
  },
  'wrong-kind': {
    what: 'Ce code est authentique, mais ce n’est pas un paiement.',
    todo: 'Demandez le code de paiement, pas un reçu ni une facture.',
    customer: 'Montrez un code de paiement, pas un reçu, s’il vous plaît.',
  },
  'sealed-for-another': {
    what: 'Ce paiement a été fait pour une autre caisse.',
    todo: 'Affichez votre facture ({{invoiceKey}}) et laissez le client la scanner.',
    customer: 'Ce paiement est pour un autre magasin. Scannez le code de cette caisse, s’il vous plaît.',
  },
  'full-code-needed': {
    what: 'Cette caisse n’a encore jamais vu ce portefeuille.',
    todo: 'Demandez le code complet et scannez-le.',
    customer: 'Montrez le code complet dans votre portefeuille, s’il vous plaît.',
  },
  untrusted: {
    what: 'Ce code vient d’un émetteur auquel cette caisse ne fait pas confiance.',
    todo: 'Ne remettez pas la marchandise. Demandez un autre moyen de paiement.',
    customer: 'Ce code ne peut pas être accepté ici. Payez autrement, s’il vous plaît.',
  },
  'certificate-forged': {
    what: 'Le portefeuille de ce code n’est pas authentique.',
    todo: 'Ne remettez pas la marchandise. Demandez un autre moyen de paiement.',
    customer: 'Ce code n’est pas valable. Payez autrement, s’il vous plaît.',
  },
  'certificate-expired': {
    what: 'Le portefeuille du client a expiré il y a {{duration}}.',
    todo: 'Demandez au client de le renouveler en ligne ou de payer autrement.',
    customer: 'Votre portefeuille a expiré. Connectez-vous une fois pour le renouveler.',
  },
  'certificate-not-yet-valid': {
    what: 'Le portefeuille du client n’est pas encore valable.',
    todo: 'Vérifiez la date et l’heure de cette caisse, puis scannez à nouveau.',
    customer: 'Votre portefeuille n’est pas encore valable. Réessayez plus tard.',
  },
  forged: {
    what: 'Ce code a été modifié : sa signature ne correspond pas.',
    todo: 'Ne remettez pas la marchandise. Demandez un autre moyen de paiement.',
    customer: 'Ce code n’est pas valable. Payez autrement, s’il vous plaît.',
  },
  expired: {
    what: 'Ce code est trop ancien : il date de {{duration}}.',
    todo: 'Demandez un nouveau code et scannez-le.',
    customer: 'Montrez un nouveau code, s’il vous plaît.',
  },
  'customer-clock-ahead': {
    what: 'L’horloge du téléphone du client avance de {{duration}}.',
    todo: 'Demandez au client de régler l’heure, puis scannez un nouveau code.',
    customer: 'L’horloge de votre téléphone avance. Réglez-la sur automatique et montrez un nouveau code.',
  },
  'invoice-unknown': {
    what: 'Ce paiement répond à une facture que cette caisse n’a pas affichée.',
    todo: 'Affichez une facture ({{invoiceKey}}) et laissez le client la scanner.',
    customer: 'Scannez le code que cette caisse affiche maintenant, s’il vous plaît.',
  },
  'invoice-used': {
    what: 'Cette facture a déjà été payée.',
    todo: 'Regardez dans les paiements ({{listKey}}). Pour une autre vente, affichez une nouvelle facture.',
    customer: 'C’est déjà payé. Inutile de payer encore.',
  },
  'invoice-expired': {
    what: 'La facture a expiré avant d’être payée.',
    todo: 'Affichez-en une nouvelle ({{invoiceKey}}) et laissez le client la scanner.',
    customer: 'Le temps est passé. Scannez le nouveau code, s’il vous plaît.',
  },
  'clock-turned-back': {
    what: 'L’horloge de cette caisse retarde de {{duration}}.',
    todo: 'Réglez la date et l’heure, ou connectez-vous et synchronisez ({{syncKey}}).',
    customer:
      'Cette caisse ne peut pas encaisser hors ligne pour le moment. Payez autrement, s’il vous plaît.',
  },
  'clock-jumped-forward': {
    what: 'L’horloge de cette caisse a sauté de {{duration}} en avant.',
    todo: 'Vérifiez la date et l’heure. Si elles sont justes, confirmez l’horloge ; sinon, réglez-la.',
    customer: 'L’horloge de cette caisse est en cours de vérification. Payez autrement, s’il vous plaît.',
  },
  revoked: {
    what: 'Ce portefeuille a été bloqué par son émetteur.',
    todo: 'Ne remettez pas la marchandise. Demandez un autre moyen de paiement.',
    customer: 'Votre portefeuille est bloqué. Adressez-vous à votre émetteur.',
  },
  'already-used': {
    what: 'Ce code a déjà été encaissé ici : {{amount}}, {{time}}.',
    todo: 'Pour un autre paiement, demandez un nouveau code.',
    customer: 'Ce code a déjà servi. Montrez-en un nouveau, s’il vous plaît.',
  },
  'double-spend': {
    what: 'Ce portefeuille a dépensé deux fois le même argent.',
    todo: 'Ne remettez pas la marchandise. Demandez un autre moyen de paiement.',
    customer: 'Ce portefeuille ne peut pas servir. Adressez-vous à votre émetteur.',
  },
  'currency-mismatch': {
    what: 'Le portefeuille contient {{currency}}, cette caisse encaisse {{ownCurrency}}.',
    todo: 'Demandez un portefeuille en {{ownCurrency}} ou un autre moyen de paiement.',
    customer: 'Ce magasin encaisse {{ownCurrency}}.',
  },
  'over-cap': {
    what: 'Le code du client vaut {{amount}} au plus.',
    todo: 'Demandez un code avec un plafond plus haut ou affichez une facture ({{invoiceKey}}).',
    customer: 'Votre code vaut {{amount}} au plus. Relevez son plafond, s’il vous plaît.',
  },
  'amount-differs': {
    what: 'Le client a accepté {{amount}}, pas le montant de cette caisse.',
    todo: 'Affichez une nouvelle facture ({{invoiceKey}}) avec le bon montant.',
    customer: 'Le montant a changé. Scannez le nouveau code, s’il vous plaît.',
  },
  'over-allowance': {
    what: 'Il reste {{amount}} dans le portefeuille.',
    todo: 'Encaissez un montant plus petit ou demandez un autre moyen de paiement.',
    customer: 'Il reste {{amount}} dans votre portefeuille.',
  },
  'over-count': {
    what: 'Le portefeuille a fait tous les paiements permis.',
    todo: 'Demandez au client de le renouveler en ligne ou de payer autrement.',
    customer: 'Connectez-vous une fois pour renouveler votre portefeuille.',
  },
  'limit-payment': {
    what: 'Hors ligne, un paiement est de {{amount}} au plus.',
    todo: 'Connectez-vous et synchronisez ({{syncKey}}), ou encaissez moins.',
    customer: 'Pour le moment, ce magasin peut encaisser {{amount}} au plus.',
  },
  'limit-purse-amount': {
    what: 'Ce client a atteint ici la limite du jour : {{amount}}.',
    todo: 'Connectez-vous et synchronisez ({{syncKey}}), ou demandez un autre moyen de paiement.',
    customer: 'Vous avez atteint la limite du jour dans ce magasin.',
  },
  'limit-purse-count': {
    what: {
      one: 'Ce client peut payer ici {{count}} fois par jour.',
      many: 'Ce client peut payer ici {{count}} de fois par jour.',
      other: 'Ce client peut payer ici {{count}} fois par jour.',
    },
    todo: 'Connectez-vous et synchronisez ({{syncKey}}), ou demandez un autre moyen de paiement.',
    customer: 'Vous avez atteint la limite du jour dans ce magasin.',
  },
  'limit-exposure-amount': {
    what: 'Cette caisse porte autant d’argent non réglé qu’elle peut : {{amount}}.',
    todo: 'Connectez-vous et synchronisez ({{syncKey}}), puis continuez à vendre.',
    customer: 'Cette caisse doit d’abord se connecter. Payez autrement, s’il vous plaît.',
  },
  'limit-exposure-count': {
    what: {
      one: 'Cette caisse porte autant de paiements non réglés qu’elle peut : {{count}}.',
      many: 'Cette caisse porte autant de paiements non réglés qu’elle peut : {{count}}.',
      other: 'Cette caisse porte autant de paiements non réglés qu’elle peut : {{count}}.',
    },
    todo: 'Connectez-vous et synchronisez ({{syncKey}}), puis continuez à vendre.',
    customer: 'Cette caisse doit d’abord se connecter. Payez autrement, s’il vous plaît.',
  },
  'limit-trust-age': {
    what: 'Ce que cette caisse sait des portefeuilles date de {{duration}} : c’est trop.',
    todo: 'Connectez-vous et synchronisez ({{syncKey}}), puis continuez à vendre.',
    customer: 'Cette caisse doit d’abord se connecter. Payez autrement, s’il vous plaît.',
  },
  'declined-online': {
    what: 'L’émetteur a refusé ce paiement.',
    todo: 'Demandez un autre moyen de paiement.',
    customer: 'Votre émetteur a refusé ce paiement.',
  },
  'online-required': {
    what: 'La chambre de compensation doit accepter ce paiement, et elle est injoignable.',
    todo: 'Attendez le réseau ou demandez un autre moyen de paiement.',
    customer: 'Ce paiement a besoin du réseau, qui manque en ce moment.',
  },
  'not-enrolled': {
    what: 'Cette caisse n’appartient encore à aucun magasin.',
    todo: 'Installez-la avec un code d’inscription.',
  },
  'enrolment-refused': {
    what: 'Le code d’inscription a déjà servi ou a expiré.',
    todo: 'Demandez un nouveau code à votre administrateur.',
  },
  'already-enrolled': {
    what: 'Cette caisse est déjà installée.',
    todo: 'Identifiez-vous avec votre code PIN.',
  },
  'no-trust-bundle': {
    what: 'Cette caisse ne sait pas encore à qui elle peut se fier.',
    todo: 'Connectez-vous et synchronisez ({{syncKey}}).',
  },
  'terminal-revoked': {
    what: 'La chambre de compensation a bloqué cette caisse.',
    todo: 'Appelez votre administrateur. Les paiements encaissés sont conservés.',
  },
  'storage-failed': {
    what: 'Cette caisse n’a pas pu écrire sur son disque ou ouvrir ses clés.',
    todo: 'Libérez de la place ou vérifiez le disque, puis relancez la caisse. Rien n’a été encaissé.',
  },
  'storage-damaged': {
    what: 'Les registres de cette caisse sont abîmés : elle n’encaisse pas.',
    todo: 'Appelez votre administrateur. N’effacez rien : les paiements peuvent être retrouvés.',
  },
  'storage-newer': {
    what: 'Les registres de cette caisse viennent d’une version plus récente.',
    todo: 'Installez la dernière version et relancez la caisse.',
  },
  'storage-in-use': {
    what: 'Un autre programme tient ouverts les registres de cette caisse.',
    todo: 'Fermez-le, puis relancez la caisse.',
  },
  'disk-almost-full': {
    what: 'Le disque de cette caisse est presque plein.',
    todo: 'Libérez de la place, puis continuez à vendre. Envoyer, exporter et clôturer restent possibles.',
  },
  'backup-failed': {
    what: 'La sauvegarde n’a pas pu être écrite.',
    todo: 'Vérifiez le disque et sa place libre, puis réessayez. Les écritures de la caisse sont entières.',
  },
  'engine-stopped': {
    what: 'La caisse a été interrompue et redémarre.',
    todo: 'Attendez un instant, puis regardez dans les paiements ({{listKey}}) avant de scanner à nouveau.',
  },
  'clock-off-from-server': {
    what: 'L’horloge de cet ordinateur diffère de {{duration}} de celle de la chambre de compensation.',
    todo: 'Réglez la date et l’heure de cet ordinateur, puis synchronisez ({{syncKey}}).',
  },
  'clearing-unreachable': {
    what: 'La chambre de compensation est injoignable.',
    todo: 'Vérifiez le réseau. La vente continue en attendant.',
  },
  'trust-delta-base': {
    what: 'Les nouvelles sur les portefeuilles ne suivent pas ce que cette caisse connaît.',
    todo: 'Synchronisez à nouveau ({{syncKey}}) ; la caisse redemandera tout.',
  },
  'clearing-answer-invalid': {
    what: 'Le réseau a donné une réponse qui ne vient pas de la chambre de compensation.',
    todo: 'Vérifiez si ce réseau demande de passer par une page d’accueil.',
  },
  'amount-invalid': {
    what: 'Ce montant ne peut pas être encaissé.',
    todo: 'Tapez le montant à nouveau.',
  },
  'rule-milder': {
    what: 'Cette règle est plus souple que ce que la chambre de compensation permet.',
    todo: 'Choisissez une valeur plus stricte ou retirez la règle.',
  },
  'order-empty': {
    what: 'Cette commande est encore vide.',
    todo: 'Ajoutez d’abord un article.',
  },
  'order-full': {
    what: 'Cette commande ne peut pas contenir plus de lignes.',
    todo: 'Encaissez-la, puis continuez avec une nouvelle commande.',
  },
  'parked-full': {
    what: 'Cette caisse garde déjà autant de commandes en attente que possible.',
    todo: 'Rappelez-en une et terminez-la d’abord.',
  },
  'order-in-hand': {
    what: 'Une commande est déjà en cours.',
    todo: 'Mettez-la en attente ou terminez-la d’abord.',
  },
  'order-part-paid': {
    what: 'Une partie de cette commande est payée : elle ne change plus.',
    todo: 'Encaissez le reste.',
  },
  'order-holds-payments': {
    what: '{{amount}} ont été payés par code pour cette commande.',
    todo: 'Remboursez-les d’abord, puis abandonnez la commande.',
  },
  'payment-running': {
    what: 'Un paiement est en cours.',
    todo: 'Attendez son résultat.',
  },
  'item-unknown': {
    what: 'Cette caisse ne connaît pas cet article.',
    todo: 'Tapez son prix, ou faites-le ajouter au catalogue.',
  },
  'price-needed': {
    what: 'Cet article n’a pas de prix fixe.',
    todo: 'Tapez son prix.',
  },
  'nothing-to-undo': {
    what: 'Il n’y a rien à annuler.',
    todo: 'Modifiez la commande à la main.',
  },
  'tender-unknown': {
    what: 'Cette caisse ne connaît pas ce moyen de paiement.',
    todo: 'Choisissez-en un autre.',
  },
  'tender-over-due': {
    what: 'Il ne reste que {{amount}} à payer.',
    todo: 'Encaissez au plus ce montant.',
  },
  'cash-short': {
    what: 'Il manque des espèces : {{amount}} sont dus.',
    todo: 'Recomptez les espèces, ou encaissez-en une partie et le reste autrement.',
  },
  'cash-not-payable': {
    what: 'Les pièces ne permettent pas ce montant ; le plus petit pas est {{amount}}.',
    todo: 'Tapez un montant payable en pièces.',
  },
  'picture-without-code': {
    what: 'Il n’y a pas de code dans cette image.',
    todo: 'Prenez une image plus nette ou montrez le code à la caméra.',
  },
  'several-codes': {
    what: 'Plusieurs codes sont visibles.',
    todo: 'Ne montrez qu’un seul code, puis scannez à nouveau.',
  },
  'shift-open': {
    what: 'Un service est déjà ouvert sur cette caisse depuis {{time}}.',
    todo: 'Clôturez-le avant d’ouvrir le suivant.',
  },
  'not-refundable': {
    what: 'Ce paiement n’a pas été encaissé : il n’y a rien à rembourser.',
    todo: 'Vérifiez que c’est le bon paiement.',
  },
  'over-refund': {
    what: 'Il ne reste que {{amount}} à rembourser.',
    todo: 'Choisissez {{amount}} ou moins.',
  },
  'limit-refund': {
    what: 'Vous pouvez rembourser jusqu’à {{amount}} à la fois.',
    todo: 'Choisissez moins, ou demandez l’accord d’un collègue.',
  },
  'limit-refund-day': {
    what: 'Vous pouvez encore rembourser {{amount}} aujourd’hui.',
    todo: 'Choisissez moins, ou demandez l’accord d’un collègue.',
  },
  'void-too-late': {
    what: 'Ce paiement est d’un service précédent.',
    todo: 'Remboursez-le plutôt.',
  },
  'shift-needed': {
    what: 'Aucun service n’est ouvert sur cette caisse.',
    todo: 'Ouvrez d’abord un service.',
  },
  'count-needed': {
    what: 'Le tiroir n’a pas été compté.',
    todo: 'Comptez les espèces, puis clôturez le service.',
  },
  'reason-needed': {
    what: 'Le comptage et la caisse diffèrent de {{amount}}.',
    todo: 'Recomptez, ou dites pourquoi.',
  },
  'orders-hold-cash': {
    what: {
      one: '{{count}} commande non terminée contient {{amount}} en espèces.',
      many: '{{count}} de commandes non terminées contiennent {{amount}} en espèces.',
      other: '{{count}} commandes non terminées contiennent {{amount}} en espèces.',
    },
    todo: 'Terminez-les ou rendez les espèces, puis clôturez le service.',
  },
  'nothing-unsent': {
    what: 'Rien à exporter : tout est envoyé.',
    todo: 'Vous n’avez rien à faire.',
  },
  'export-failed': {
    what: 'Le fichier n’a pas pu être écrit.',
    todo: 'Vérifiez que le disque est branché et qu’il reste de la place, puis réessayez. Rien n’est perdu.',
  },
  'unsent-payments': {
    what: {
      one: '{{count}} paiement de {{amount}} n’est pas encore envoyé.',
      many: '{{count}} de paiements de {{amount}} ne sont pas encore envoyés.',
      other: '{{count}} paiements de {{amount}} ne sont pas encore envoyés.',
    },
    todo: 'Ils sont conservés et seront envoyés plus tard. Connectez la caisse, ou continuez quand même.',
  },
  'paper-incomplete': {
    what: 'Le reçu porte deux codes et il en manque un.',
    todo: 'Scannez aussi l’autre code du reçu.',
  },
  'paper-of-another-shop': {
    what: 'Ce reçu est celui d’un autre magasin.',
    todo: 'Seule une caisse de ce magasin peut le reprendre.',
  },
  'charged-otherwise': {
    what: 'Cette caisse a déjà encaissé ce paiement pour un autre montant : {{amount}}.',
    todo: 'Gardez le reçu et appelez votre administrateur. Rien n’a été changé.',
  },
  'not-signed-in': {
    what: 'Personne ne s’est identifié à cette caisse.',
    todo: 'Identifiez-vous avec votre code PIN.',
  },
  'wrong-pin': {
    what: 'Ce code PIN n’est pas le bon.',
    todo: {
      one: 'Réessayez ; il reste {{count}} essai.',
      many: 'Réessayez ; il reste {{count}} d’essais.',
      other: 'Réessayez ; il reste {{count}} essais.',
    },
  },
  'locked-out': {
    what: 'Il y a eu trop d’essais faux.',
    todo: 'Attendez {{duration}}, puis réessayez.',
  },
  'wrong-badge': {
    what: 'Ce badge n’ouvre pas cette caisse.',
    todo: 'Utilisez votre code PIN ou demandez un nouveau badge.',
  },
  'pin-needed': {
    what: 'Le badge seul ne suffit pas dans ce magasin.',
    todo: 'Saisissez aussi votre code PIN.',
  },
  'weak-pin': {
    what: 'Ce code PIN est trop facile à deviner.',
    todo: 'Choisissez-en un sans suite ni chiffres répétés.',
  },
  'wrong-passphrase': {
    what: 'Cette phrase secrète n’ouvre pas la caisse.',
    todo: 'Tapez-la à nouveau ; attention aux majuscules.',
  },
  'passphrase-needed': {
    what: 'Cette machine n’a pas d’endroit sûr pour les clés.',
    todo: 'Choisissez une phrase secrète d’au moins 8 caractères.',
  },
  'wrong-credentials': {
    what: 'Le nom ou le mot de passe n’est pas le bon.',
    todo: 'Tapez-les à nouveau.',
  },
  'not-allowed': {
    what: 'Ce n’est pas permis ici.',
    todo: 'Demandez à votre administrateur.',
  },
  'last-administrator': {
    what: 'C’est le seul administrateur de cette caisse.',
    todo: 'Nommez d’abord un autre administrateur.',
  },
  'in-training': {
    what: 'La caisse est en formation : ceci touche au vrai magasin.',
    todo: 'Terminez d’abord la formation.',
  },
  'approval-needed': {
    what: 'Vous ne pouvez pas le faire seul.',
    todo: 'Demandez à un collègue autorisé de l’approuver.',
  },
  'bad-request': {
    what: 'La caisse n’a pas compris ce qui a été saisi.',
    todo: 'Vérifiez et réessayez.',
  },
  'bad-request-signature': {
    what: 'La chambre de compensation n’a pas accepté la signature de cette caisse.',
    todo: 'Vérifiez la date et l’heure de cette caisse, puis synchronisez ({{syncKey}}).',
  },
  'not-found': {
    what: 'Ceci n’est pas connu ici.',
    todo: 'Vérifiez ce qui a été saisi.',
  },
  'too-large': {
    what: 'C’est trop grand pour être un code.',
    todo: 'Montrez un code de paiement.',
  },
  'too-many-requests': {
    what: 'La chambre de compensation est occupée.',
    todo: 'Rien à faire : la caisse réessaie dans {{duration}}.',
  },
  'exists-with-different-content': {
    what: 'Ceci a déjà été envoyé avec un autre contenu.',
    todo: 'Appelez votre administrateur.',
  },
  'transfer-ended': {
    what: 'Cet argent a déjà été envoyé, rendu ou libéré.',
    todo: 'Appelez votre administrateur.',
  },
  'over-pending': {
    what: 'C’est plus que ce qui a été mis de côté.',
    todo: 'Saisissez un montant plus petit.',
  },
  'user-name-taken': {
    what: 'Ce nom est déjà pris.',
    todo: 'Choisissez-en un autre.',
  },
  'password-too-weak': {
    what: 'Ce mot de passe est trop facile à deviner.',
    todo: 'Choisissez-en un plus long.',
  },
  'barcode-taken': {
    what: 'Un autre article a déjà ce code-barres.',
    todo: 'Retirez-le d’abord de l’autre article, ou prenez un autre code.',
  },
  'catalogue-changed': {
    what: 'Quelqu’un a modifié le catalogue entre-temps.',
    todo: 'Rien n’a été changé par vous. Recommencez.',
  },
  'not-enough-money': {
    what: 'Il n’y a pas assez d’argent : {{amount}} disponibles.',
    todo: 'Choisissez un montant plus petit.',
  },
  'purse-limit': {
    what: 'Ce portefeuille ne peut pas contenir plus.',
    todo: 'Choisissez un montant plus petit.',
  },
  'journal-gap': {
    what: 'Il manque à la chambre de compensation une partie plus ancienne des registres.',
    todo: 'Rien à faire : la caisse la renvoie.',
  },
  'journal-forked': {
    what: 'La chambre de compensation a d’autres registres de cette caisse.',
    todo: 'Appelez votre administrateur. Rien n’est perdu : la caisse garde tous ses paiements.',
  },
  unavailable: {
    what: 'La chambre de compensation n’est pas prête.',
    todo: 'Rien à faire : la caisse réessaie d’elle-même.',
  },
} as const satisfies RefusalWords<'fr'>;
