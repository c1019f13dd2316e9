/** Why the till says no, in Spanish: what happened, what to do, and what to tell the customer. */
import type { RefusalWords } from '../shape.ts';

export const refusals = {
  unreadable: {
    what: 'No se pudo leer el código.',
    todo: 'Manténgalo plano y quieto, y escanéelo otra vez.',
    customer: 'Por favor, sujete el teléfono sin moverlo y muestre el código otra vez.',
  },
  malformed: {
    what: 'Esto no es un código de pago.',
    todo: 'Pida al cliente que muestre el código de pago de su cartera.',
    customer: 'Por favor, abra su cartera y muestre un código de pago.',
  },
  unsupported: {
    what: 'Esta caja todavía no conoce este tipo de código.',
    todo: 'Actualice la caja o pida otra forma de pago.',
    customer: 'Su cartera es más nueva que esta caja. Por favor, pague de otra forma.',
  },
  'wrong-kind': {
    what: 'El código es auténtico, pero no es un pago.',
    todo: 'Pida el código de pago, no un recibo ni una factura.',
    customer: 'Por favor, muestre un código de pago, no un recibo.',
  },
  'sealed-for-another': {
    what: 'Este pago se hizo para otra caja.',
    todo: 'Muestre su factura ({{invoiceKey}}) y deje que el cliente la escanee.',
    customer: 'Este pago es para otra tienda. Por favor, escanee el código de esta caja.',
  },
  'full-code-needed': {
    what: 'Esta caja no conoce todavía esta cartera.',
    todo: 'Pida el código completo y escanéelo.',
    customer: 'Por favor, muestre el código completo en su cartera.',
  },
  untrusted: {
    what: 'El código viene de un emisor en el que esta caja no confía.',
    todo: 'No entregue la mercancía. Pida otra forma de pago.',
    customer: 'Aquí no se puede aceptar este código. Por favor, pague de otra forma.',
  },
  'certificate-forged': {
    what: 'La cartera de este código no es auténtica.',
    todo: 'No entregue la mercancía. Pida otra forma de pago.',
    customer: 'Este código no es válido. Por favor, pague de otra forma.',
  },
  'certificate-expired': {
    what: 'La cartera del cliente caducó hace {{duration}}.',
    todo: 'Pida al cliente que la renueve en línea o que pague de otra forma.',
    customer: 'Su cartera ha caducado. Conéctese una vez para renovarla.',
  },
  'certificate-not-yet-valid': {
    what: 'La cartera del cliente todavía no es válida.',
    todo: 'Compruebe la fecha y la hora de esta caja y escanee otra vez.',
    customer: 'Su cartera todavía no es válida. Inténtelo más tarde.',
  },
  forged: {
    what: 'El código fue alterado: su firma no coincide.',
    todo: 'No entregue la mercancía. Pida otra forma de pago.',
    customer: 'Este código no es válido. Por favor, pague de otra forma.',
  },
  expired: {
    what: 'El código es demasiado antiguo: se hizo hace {{duration}}.',
    todo: 'Pida un código nuevo y escanéelo.',
    customer: 'Por favor, muestre un código nuevo.',
  },
  'customer-clock-ahead': {
    what: 'El reloj del teléfono del cliente va {{duration}} adelantado.',
    todo: 'Pida al cliente que ponga la hora y escanee un código nuevo.',
    customer: 'El reloj de su teléfono va adelantado. Póngalo en automático y muestre un código nuevo.',
  },
  'invoice-unknown': {
    what: 'Este pago responde a una factura que esta caja no mostró.',
    todo: 'Muestre una factura ({{invoiceKey}}) y deje que el cliente la escanee.',
    customer: 'Por favor, escanee el código que muestra ahora esta caja.',
  },
  'invoice-used': {
    what: 'Esta factura ya se pagó.',
    todo: 'Mire en los pagos ({{listKey}}). Para otra venta, muestre una factura nueva.',
    customer: 'Esto ya está pagado. No hace falta pagar otra vez.',
  },
  'invoice-expired': {
    what: 'La factura caducó antes de que se pagara.',
    todo: 'Muestre una nueva ({{invoiceKey}}) y deje que el cliente la escanee.',
    customer: 'Pasó demasiado tiempo. Por favor, escanee el código nuevo.',
  },
  'clock-turned-back': {
    what: 'El reloj de esta caja va {{duration}} atrasado.',
    todo: 'Ponga la fecha y la hora, o conéctese y sincronice ({{syncKey}}).',
    customer: 'Ahora esta caja no puede cobrar sin conexión. Por favor, pague de otra forma.',
  },
  'clock-jumped-forward': {
    what: 'El reloj de esta caja saltó {{duration}} hacia delante.',
    todo: 'Compruebe la fecha y la hora. Si son correctas, confirme el reloj; si no, ajústelo.',
    customer: 'Se está comprobando el reloj de esta caja. Por favor, pague de otra forma.',
  },
  revoked: {
    what: 'El emisor bloqueó esta cartera.',
    todo: 'No entregue la mercancía. Pida otra forma de pago.',
    customer: 'Su cartera está bloqueada. Pregunte a su emisor.',
  },
  'already-used': {
    what: 'Este código ya se cobró aquí: {{amount}}, {{time}}.',
    todo: 'Para otro pago, pida un código nuevo.',
    customer: 'Este código ya se usó. Por favor, muestre uno nuevo.',
  },
  'double-spend': {
    what: 'Esta cartera ha gastado dos veces el mismo dinero.',
    todo: 'No entregue la mercancía. Pida otra forma de pago.',
    customer: 'Esta cartera no se puede usar. Pregunte a su emisor.',
  },
  'currency-mismatch': {
    what: 'La cartera tiene {{currency}}; esta caja cobra en {{ownCurrency}}.',
    todo: 'Pida una cartera en {{ownCurrency}} u otra forma de pago.',
    customer: 'Esta tienda cobra en {{ownCurrency}}.',
  },
  'over-cap': {
    what: 'El código del cliente vale para {{amount}} como máximo.',
    todo: 'Pida un código con un límite mayor o muestre una factura ({{invoiceKey}}).',
    customer: 'Su código vale para {{amount}} como máximo. Por favor, suba el límite.',
  },
  'amount-differs': {
    what: 'El cliente aceptó {{amount}}, no el importe de esta caja.',
    todo: 'Muestre una factura nueva ({{invoiceKey}}) con el importe correcto.',
    customer: 'El importe ha cambiado. Por favor, escanee el código nuevo.',
  },
  'over-allowance': {
    what: 'A la cartera le quedan {{amount}}.',
    todo: 'Cobre un importe menor o pida otra forma de pago.',
    customer: 'A su cartera le quedan {{amount}}.',
  },
  'over-count': {
    what: 'La cartera ya hizo todos los pagos que puede hacer.',
    todo: 'Pida al cliente que la renueve en línea o que pague de otra forma.',
    customer: 'Conéctese una vez para renovar su cartera.',
  },
  'limit-payment': {
    what: 'Sin conexión, un pago puede ser de {{amount}} como máximo.',
    todo: 'Conéctese y sincronice ({{syncKey}}), o cobre un importe menor.',
    customer: 'Ahora esta tienda puede cobrar {{amount}} como máximo.',
  },
  'limit-purse-amount': {
    what: 'Este cliente llegó aquí al límite de hoy: {{amount}}.',
    todo: 'Conéctese y sincronice ({{syncKey}}), o pida otra forma de pago.',
    customer: 'Ha llegado al límite de hoy en esta tienda.',
  },
  'limit-purse-count': {
    what: {
      one: 'Este cliente puede pagar aquí {{count}} vez al día.',
      many: 'Este cliente puede pagar aquí {{count}} de veces al día.',
      other: 'Este cliente puede pagar aquí {{count}} veces al día.',
    },
    todo: 'Conéctese y sincronice ({{syncKey}}), o pida otra forma de pago.',
    customer: 'Ha llegado al límite de hoy en esta tienda.',
  },
  'limit-exposure-amount': {
    what: 'Esta caja guarda todo el dinero sin liquidar que puede: {{amount}}.',
    todo: 'Conéctese y sincronice ({{syncKey}}); después siga vendiendo.',
    customer: 'Esta caja debe conectarse antes. Por favor, pague de otra forma.',
  },
  'limit-exposure-count': {
    what: {
      one: 'Esta caja guarda todos los pagos sin liquidar que puede: {{count}}.',
      many: 'Esta caja guarda todos los pagos sin liquidar que puede: {{count}}.',
      other: 'Esta caja guarda todos los pagos sin liquidar que puede: {{count}}.',
    },
    todo: 'Conéctese y sincronice ({{syncKey}}); después siga vendiendo.',
    customer: 'Esta caja debe conectarse antes. Por favor, pague de otra forma.',
  },
  'limit-trust-age': {
    what: 'Lo que esta caja sabe de las carteras tiene {{duration}}: es demasiado.',
    todo: 'Conéctese y sincronice ({{syncKey}}); después siga vendiendo.',
    customer: 'Esta caja debe conectarse antes. Por favor, pague de otra forma.',
  },
  'declined-online': {
    what: 'El emisor rechazó este pago.',
    todo: 'Pida otra forma de pago.',
    customer: 'Su emisor rechazó este pago.',
  },
  'online-required': {
    what: 'La cámara de compensación debe aceptar este pago y no se puede contactar con ella.',
    todo: 'Espere a que haya red o pida otra forma de pago.',
    customer: 'Este pago necesita conexión y ahora no la hay.',
  },
  'not-enrolled': {
    what: 'Esta caja todavía no pertenece a ninguna tienda.',
    todo: 'Configúrela con un código de alta.',
  },
  'enrolment-refused': {
    what: 'El código de alta ya se usó o ha caducado.',
    todo: 'Pida un código nuevo a su administrador.',
  },
  'already-enrolled': {
    what: 'Esta caja ya está configurada.',
    todo: 'Entre con su PIN.',
  },
  'no-trust-bundle': {
    what: 'Esta caja no sabe todavía en quién puede confiar.',
    todo: 'Conéctese y sincronice ({{syncKey}}).',
  },
  'terminal-revoked': {
    what: 'La cámara de compensación bloqueó esta caja.',
    todo: 'Llame a su administrador. Los pagos cobrados se conservan.',
  },
  'storage-failed': {
    what: 'Esta caja no pudo escribir en el disco o abrir sus claves.',
    todo: 'Libere espacio o revise el disco y vuelva a abrir la caja. No se cobró nada.',
  },
  'storage-damaged': {
    what: 'Los registros de esta caja están dañados, así que no cobra.',
    todo: 'Llame a su administrador. No borre nada: los pagos se pueden recuperar.',
  },
  'storage-newer': {
    what: 'Los registros de esta caja son de una versión más nueva.',
    todo: 'Instale la última versión y vuelva a empezar.',
  },
  'storage-in-use': {
    what: 'Otro programa tiene abiertos los registros de esta caja.',
    todo: 'Ciérrelo y vuelva a abrir la caja.',
  },
  'disk-almost-full': {
    what: 'El disco de esta caja está casi lleno.',
    todo: 'Libere espacio y siga vendiendo. Enviar, exportar y cerrar siguen funcionando.',
  },
  'backup-failed': {
    what: 'No se pudo escribir la copia de seguridad.',
    todo: 'Revise el disco y su espacio libre e inténtelo de nuevo. Los registros de la caja están completos.',
  },
  'engine-stopped': {
    what: 'La caja se interrumpió y está arrancando de nuevo.',
    todo: 'Espere un momento y mire en los pagos ({{listKey}}) antes de escanear otra vez.',
  },
  'clock-off-from-server': {
    what: 'El reloj de este equipo difiere en {{duration}} del de la cámara de compensación.',
    todo: 'Ponga la fecha y la hora de este equipo y sincronice ({{syncKey}}).',
  },
  'clearing-unreachable': {
    what: 'No se puede llegar a la cámara de compensación.',
    todo: 'Revise la red. Mientras tanto puede seguir vendiendo.',
  },
  'trust-delta-base': {
    what: 'Las novedades sobre monederos no encajan con lo que esta caja sabe.',
    todo: 'Sincronice otra vez ({{syncKey}}); la caja pedirá todo de nuevo.',
  },
  'clearing-answer-invalid': {
    what: 'La red dio una respuesta que no es de la cámara de compensación.',
    todo: 'Compruebe si esta red pide iniciar sesión en una página.',
  },
  'amount-invalid': {
    what: 'Este importe no se puede cobrar.',
    todo: 'Escriba el importe otra vez.',
  },
  'rule-milder': {
    what: 'Esta regla es más permisiva de lo que admite la cámara de compensación.',
    todo: 'Elija un valor más estricto o quite la regla.',
  },
  'order-empty': {
    what: 'Este pedido todavía está vacío.',
    todo: 'Añada algo primero.',
  },
  'order-full': {
    what: 'Este pedido no admite más líneas.',
    todo: 'Cóbrelo y siga con un pedido nuevo.',
  },
  'parked-full': {
    what: 'Esta caja ya guarda todos los pedidos aparcados que puede.',
    todo: 'Recupere uno y termínelo primero.',
  },
  'order-in-hand': {
    what: 'Ya hay un pedido abierto.',
    todo: 'Apárquelo o termínelo primero.',
  },
  'order-part-paid': {
    what: 'Parte de este pedido está pagada, así que no cambia.',
    todo: 'Cobre el resto.',
  },
  'order-holds-payments': {
    what: 'Este pedido tiene {{amount}} pagados con código.',
    todo: 'Devuélvalos primero y luego descarte el pedido.',
  },
  'payment-running': {
    what: 'Se está cobrando un pago en este momento.',
    todo: 'Espere el resultado.',
  },
  'item-unknown': {
    what: 'Esta caja no conoce este artículo.',
    todo: 'Escriba su precio o pida que lo añadan al catálogo.',
  },
  'price-needed': {
    what: 'Este artículo no tiene precio fijo.',
    todo: 'Escriba su precio.',
  },
  'nothing-to-undo': {
    what: 'No hay nada que deshacer.',
    todo: 'Cambie el pedido a mano.',
  },
  'tender-unknown': {
    what: 'Esta caja no conoce esta forma de pago.',
    todo: 'Elija otra.',
  },
  'tender-over-due': {
    what: 'Solo quedan {{amount}} por pagar.',
    todo: 'Cobre como máximo ese importe.',
  },
  'cash-short': {
    what: 'No alcanza el efectivo: se deben {{amount}}.',
    todo: 'Cuente el efectivo otra vez, o cobre una parte y el resto de otra forma.',
  },
  'cash-not-payable': {
    what: 'Las monedas no llegan a este importe exacto; el paso más pequeño es {{amount}}.',
    todo: 'Escriba un importe que se pueda pagar con monedas.',
  },
  'picture-without-code': {
    what: 'En esta imagen no hay ningún código.',
    todo: 'Haga una foto más nítida o muestre el código a la cámara.',
  },
  'several-codes': {
    what: 'Se ve más de un código.',
    todo: 'Muestre solo un código y escanee otra vez.',
  },
  'shift-open': {
    what: 'Ya hay un turno abierto en esta caja desde {{time}}.',
    todo: 'Ciérrelo antes de abrir el siguiente.',
  },
  'not-refundable': {
    what: 'Este pago no se cobró: no hay nada que devolver.',
    todo: 'Compruebe que es el pago correcto.',
  },
  'over-refund': {
    what: 'Solo quedan {{amount}} por devolver.',
    todo: 'Elija {{amount}} o menos.',
  },
  'limit-refund': {
    what: 'Puede devolver hasta {{amount}} de una vez.',
    todo: 'Elija menos o pida a un compañero que lo apruebe.',
  },
  'limit-refund-day': {
    what: 'Hoy puede devolver {{amount}} más.',
    todo: 'Elija menos o pida a un compañero que lo apruebe.',
  },
  'void-too-late': {
    what: 'Este pago es de un turno anterior.',
    todo: 'Haga una devolución en su lugar.',
  },
  'shift-needed': {
    what: 'No hay ningún turno abierto en esta caja.',
    todo: 'Abra primero un turno.',
  },
  'count-needed': {
    what: 'Aún no se ha contado el cajón.',
    todo: 'Cuente el efectivo y luego cierre el turno.',
  },
  'reason-needed': {
    what: 'El recuento y la caja difieren en {{amount}}.',
    todo: 'Cuente de nuevo o indique el motivo.',
  },
  'orders-hold-cash': {
    what: {
      one: '{{count}} pedido sin cerrar tiene {{amount}} en efectivo.',
      many: '{{count}} de pedidos sin cerrar tienen {{amount}} en efectivo.',
      other: '{{count}} pedidos sin cerrar tienen {{amount}} en efectivo.',
    },
    todo: 'Termínelos o devuelva el efectivo y luego cierre el turno.',
  },
  'nothing-unsent': {
    what: 'No hay nada que exportar: todo está enviado.',
    todo: 'No tiene que hacer nada.',
  },
  'export-failed': {
    what: 'No se pudo escribir el archivo.',
    todo: 'Compruebe que el disco esté puesto y tenga espacio, e inténtelo de nuevo. No se ha perdido nada.',
  },
  'unsent-payments': {
    what: {
      one: 'Queda {{count}} pago de {{amount}} sin enviar.',
      many: 'Quedan {{count}} de pagos de {{amount}} sin enviar.',
      other: 'Quedan {{count}} pagos de {{amount}} sin enviar.',
    },
    todo: 'Se conservan y se enviarán más tarde. Conecte la caja o continúe de todos modos.',
  },
  'paper-incomplete': {
    what: 'El recibo tiene dos códigos y falta uno.',
    todo: 'Escanee también el otro código del recibo.',
  },
  'paper-of-another-shop': {
    what: 'Este recibo es de otra tienda.',
    todo: 'Solo una caja de esa tienda puede recuperarlo.',
  },
  'charged-otherwise': {
    what: 'Esta caja ya cobró este pago por otro importe: {{amount}}.',
    todo: 'Guarde el recibo y avise al administrador. No se cambió nada.',
  },
  'not-signed-in': {
    what: 'Nadie ha entrado en esta caja.',
    todo: 'Entre con su PIN.',
  },
  'wrong-pin': {
    what: 'Este PIN no es correcto.',
    todo: {
      one: 'Inténtelo otra vez; queda {{count}} intento.',
      many: 'Inténtelo otra vez; quedan {{count}} de intentos.',
      other: 'Inténtelo otra vez; quedan {{count}} intentos.',
    },
  },
  'locked-out': {
    what: 'Hubo demasiados intentos equivocados.',
    todo: 'Espere {{duration}} e inténtelo otra vez.',
  },
  'wrong-badge': {
    what: 'Esta tarjeta no abre esta caja.',
    todo: 'Use su PIN o pida una tarjeta nueva.',
  },
  'pin-needed': {
    what: 'En esta tienda no basta con la tarjeta.',
    todo: 'Escriba también su PIN.',
  },
  'weak-pin': {
    what: 'Este PIN es demasiado fácil de adivinar.',
    todo: 'Elija uno sin series ni cifras repetidas.',
  },
  'wrong-passphrase': {
    what: 'Esta frase de paso no abre la caja.',
    todo: 'Escríbala otra vez; atención a las mayúsculas.',
  },
  'passphrase-needed': {
    what: 'Este equipo no tiene un lugar seguro para las claves.',
    todo: 'Elija una frase de paso de 8 caracteres o más.',
  },
  'wrong-credentials': {
    what: 'El nombre o la contraseña no son correctos.',
    todo: 'Escríbalos otra vez.',
  },
  'not-allowed': {
    what: 'Esto no está permitido aquí.',
    todo: 'Pregunte a su administrador.',
  },
  'last-administrator': {
    what: 'Es el único administrador de esta caja.',
    todo: 'Nombre antes a otro administrador.',
  },
  'in-training': {
    what: 'La caja está en prácticas: esto es de la tienda real.',
    todo: 'Termine antes las prácticas.',
  },
  'approval-needed': {
    what: 'No puede hacer esto sin permiso.',
    todo: 'Pida a un compañero autorizado que lo apruebe.',
  },
  'bad-request': {
    what: 'La caja no entendió lo que se escribió.',
    todo: 'Revíselo e inténtelo otra vez.',
  },
  'bad-request-signature': {
    what: 'La cámara de compensación no aceptó la firma de esta caja.',
    todo: 'Compruebe la fecha y la hora de esta caja y sincronice ({{syncKey}}).',
  },
  'not-found': {
    what: 'Esto no se conoce aquí.',
    todo: 'Revise lo que se escribió.',
  },
  'too-large': {
    what: 'Esto es demasiado grande para ser un código.',
    todo: 'Muestre un código de pago.',
  },
  'too-many-requests': {
    what: 'La cámara de compensación está ocupada.',
    todo: 'No hay que hacer nada: la caja lo intenta de nuevo en {{duration}}.',
  },
  'exists-with-different-content': {
    what: 'Esto ya se envió antes con otro contenido.',
    todo: 'Llame a su administrador.',
  },
  'transfer-ended': {
    what: 'Este dinero ya se envió, se devolvió o venció.',
    todo: 'Llame a su administrador.',
  },
  'over-pending': {
    what: 'Es más de lo que se apartó.',
    todo: 'Escriba un importe menor.',
  },
  'user-name-taken': {
    what: 'Este nombre ya está en uso.',
    todo: 'Elija otro.',
  },
  'password-too-weak': {
    what: 'Esta contraseña es demasiado fácil.',
    todo: 'Elija una más larga.',
  },
  'barcode-taken': {
    what: 'Otro artículo ya tiene este código de barras.',
    todo: 'Quíteselo primero al otro artículo o use otro código.',
  },
  'catalogue-changed': {
    what: 'Alguien cambió el catálogo mientras tanto.',
    todo: 'Usted no ha cambiado nada. Empiece de nuevo.',
  },
  'not-enough-money': {
    what: 'No hay bastante dinero: hay {{amount}} disponibles.',
    todo: 'Elija un importe menor.',
  },
  'purse-limit': {
    what: 'En esta cartera no cabe más.',
    todo: 'Elija un importe menor.',
  },
  'journal-gap': {
    what: 'A la cámara de compensación le falta una parte anterior de los registros.',
    todo: 'No hay que hacer nada: la caja la envía otra vez.',
  },
  'journal-forked': {
    what: 'La cámara de compensación tiene otros registros de esta caja.',
    todo: 'Llame a su administrador. No se pierde nada: la caja conserva todos sus pagos.',
  },
  unavailable: {
    what: 'La cámara de compensación no está lista.',
    todo: 'No hay que hacer nada: la caja lo intenta de nuevo sola.',
  },
} as const satisfies RefusalWords<'es'>;
