/** Spanish: what happened, and what to do. */
import type { AllRefusalWords, PurseRefusalWords, ReasonWords } from './shape.ts';

export const refusals: AllRefusalWords = {
  unreadable: { what: 'No se pudo leer este código.', todo: 'Escanéelo otra vez o cópielo de nuevo.' },
  malformed: {
    what: 'No es un código de una tienda Fieldtill.',
    todo: 'Pida a la tienda que lo muestre otra vez.',
  },
  unsupported: { what: 'Este código es más nuevo que su monedero.', todo: 'Actualice y escanee otra vez.' },
  'wrong-kind': {
    what: 'Es el código de un cliente, no de una tienda.',
    todo: 'Escanee el código de la caja.',
  },
  'full-code-needed': {
    what: 'El código no dice qué tienda es.',
    todo: 'Pida a la tienda su código completo.',
  },
  untrusted: {
    what: 'La cámara de compensación no conoce al emisor de este código.',
    todo: 'No pague. Pregunte a la tienda o conéctese y pruebe otra vez.',
  },
  'certificate-forged': { what: 'El nombre de esta tienda es falso.', todo: 'No pague. Avise a la tienda.' },
  'certificate-expired': {
    what: 'La caja de esta tienda tiene un certificado vencido.',
    todo: 'Pida a la tienda que conecte su caja.',
  },
  'certificate-not-yet-valid': {
    what: 'La caja de esta tienda aún no es válida.',
    todo: 'Revise la fecha de este dispositivo.',
  },
  forged: { what: 'La tienda no firmó esto.', todo: 'No pague. Mire si hay una pegatina sobre el código.' },
  expired: { what: 'Este código ha terminado.', todo: 'Muestre uno nuevo.' },
  'invoice-expired': {
    what: 'La solicitud de la tienda ha terminado.',
    todo: 'Pida otra y revise el reloj de este dispositivo.',
  },
  revoked: { what: 'Esto fue bloqueado.', todo: 'Pregunte a su proveedor.' },
  'terminal-revoked': { what: 'Esta caja fue bloqueada.', todo: 'No pague aquí. Avise a la tienda.' },
  'currency-mismatch': {
    what: 'No tiene un monedero en esta moneda.',
    todo: 'Obtenga uno en Yo cuando haya conexión.',
  },
  'over-cap': { what: 'Es más de lo que permite un pago de este monedero.', todo: 'Elija un importe menor.' },
  'amount-differs': { what: 'Los importes no coinciden.', todo: 'Pida a la tienda que revise el importe.' },
  'over-allowance': {
    what: 'Es más de lo que queda en su monedero.',
    todo: 'Elija un importe menor u obtenga otro monedero.',
  },
  'over-count': { what: 'Este monedero ya hizo todos sus pagos.', todo: 'Obtenga otro monedero.' },
  'no-trust-bundle': {
    what: 'Su monedero aún no puede comprobar tiendas.',
    todo: 'Conéctese una vez y escanee otra vez.',
  },
  'storage-failed': {
    what: 'Este dispositivo no pudo guardar.',
    todo: 'No se mostró nada. Libere espacio y pruebe otra vez.',
  },
  'storage-damaged': {
    what: 'No se puede leer la clave de este monedero.',
    todo: 'Obtenga otro. Lo que queda vuelve a su cuenta.',
  },
  'clearing-unreachable': { what: 'La red no responde.', todo: 'Revise su conexión y pruebe otra vez.' },
  'clearing-answer-invalid': {
    what: 'La respuesta no vino de su cámara de compensación.',
    todo: 'Pruebe con otra red.',
  },
  'amount-invalid': { what: 'Este importe no se puede pagar.', todo: 'Elija otro importe.' },
  'picture-without-code': { what: 'No hay ningún código en esta imagen.', todo: 'Elija una más nítida.' },
  'several-codes': { what: 'Hay más de un código.', todo: 'Muestre solo uno.' },
  'not-signed-in': { what: 'Su sesión está cerrada.', todo: 'Inicie sesión de nuevo.' },
  'not-allowed': { what: 'Su cuenta no puede hacer esto.', todo: 'Pregunte a su proveedor.' },
  'locked-out': { what: 'Demasiadas contraseñas erróneas.', todo: 'Espere un poco y pruebe otra vez.' },
  'wrong-credentials': {
    what: 'El usuario o la contraseña no son correctos.',
    todo: 'Revíselos y pruebe otra vez.',
  },
  'bad-request': { what: 'La cámara de compensación no lo aceptó.', todo: 'Revise lo que escribió.' },
  'not-found': { what: 'Esto no es de su monedero.', todo: 'Compruebe que es su recibo.' },
  'too-large': { what: 'Esta imagen es demasiado grande.', todo: 'Elija una más pequeña.' },
  'too-many-requests': { what: 'Demasiados intentos.', todo: 'Espere un momento y pruebe otra vez.' },
  'exists-with-different-content': { what: 'Ya se pidió antes de otra forma.', todo: 'Empiece de nuevo.' },
  'user-name-taken': { what: 'Este nombre ya está en uso.', todo: 'Elija otro.' },
  'password-too-weak': {
    what: 'Esta contraseña es fácil de adivinar.',
    todo: 'Use varias palabras que no vayan juntas.',
  },
  'not-enough-money': { what: 'Su cuenta tiene menos que eso.', todo: 'Elija un importe menor.' },
  'purse-limit': {
    what: 'Es demasiado para un monedero, o tiene demasiados.',
    todo: 'Elija un importe menor o gaste un monedero.',
  },
  unavailable: { what: 'Ahora mismo no funciona.', todo: 'Pruebe otra vez en un momento.' },
};

export const purseRefusals: PurseRefusalWords = {
  'certificate-expired': {
    what: 'Su monedero ha vencido.',
    todo: 'Obtenga otro. Lo que quedaba vuelve a su cuenta.',
  },
  'certificate-not-yet-valid': {
    what: 'Su monedero aún no es válido.',
    todo: 'Ponga en hora este dispositivo.',
  },
  revoked: { what: 'Su monedero está bloqueado.', todo: 'Obtenga otro o pregunte a su proveedor.' },
};

export const reasons: ReasonWords = {
  malformed: 'No se pudo leer lo que envió la tienda.',
  'bad-signature': 'La firma no era correcta.',
  'unknown-issuer': 'El emisor no es conocido.',
  'unknown-purse': 'El monedero no es conocido.',
  expired: 'El monedero había vencido.',
  revoked: 'El monedero estaba bloqueado.',
  'currency-mismatch': 'La moneda no coincidía.',
  'over-cap': 'Era más de lo que permitía el código.',
  'invoice-mismatch': 'No coincidía con la solicitud de la tienda.',
  conflict: 'Este código se usó más de una vez.',
  overspent: 'El monedero no tenía suficiente.',
  'unknown-payment': 'La tienda devuelve un pago que aquí no se conoce.',
  'payment-rejected': 'El pago fue rechazado: no hay nada que devolver.',
  'over-refunded': 'Es más de lo que se pagó.',
  'not-covered': 'La cuenta de la tienda no tenía suficiente.',
};
