/** What a merchant's program asks of the clearing house, by its key. The key belongs on a server, never in an app. */
import { fromBase64Url, toBase64Url } from '../../shared/bytes.ts';
import type { ClearingRoute, RouteAnswer, RouteBody, RouteParams } from '../../shared/contract/clearing.ts';
import {
  decodePictureBytes,
  encodePicture,
  type InvoicePicture,
  type SealedCode,
} from '../../shared/protocol/picture.ts';
import { callRoute } from './http.ts';

export type MerchantOrder = Omit<RouteAnswer<'merchantOrder'>, 'response'> & {
  /** The customer's payment, for the terminal that made the invoice to open. */
  readonly response: SealedCode | null;
};

export class MerchantClient {
  readonly #origin: string;
  readonly #key: string;

  /** @param key `mk_…`, from the operator of the clearing house */
  constructor(origin: string, key: string) {
    this.#origin = origin;
    this.#key = key;
  }

  async #call<R extends ClearingRoute>(
    route: R,
    given: { readonly body?: RouteBody<R>; readonly params?: RouteParams<R> },
  ): Promise<RouteAnswer<R>> {
    const headers = { authorization: `Bearer ${this.#key}` };
    return (await callRoute(this.#origin, route, { ...given, headers })).value;
  }

  /** Sending the same again is safe. @param orderId 16 random bytes, hexadecimal @param invoice with the whole certificate */
  createOrder(orderId: string, invoice: InvoicePicture): Promise<RouteAnswer<'createOrder'>> {
    return this.#call('createOrder', { body: { orderId, invoice: toBase64Url(encodePicture(invoice)) } });
  }

  async order(orderId: string): Promise<MerchantOrder> {
    const { response, ...order } = await this.#call('merchantOrder', { params: { orderId } });
    if (response === null) return { ...order, response: null };
    const picture = decodePictureBytes(fromBase64Url(response) ?? new Uint8Array());
    return { ...order, response: picture.ok && picture.value.kind === 'sealed' ? picture.value : null };
  }

  /** The order that this token says is paid. Deliver once for each order. @throws ClearingRefused 'not-found' */
  confirmPaymentToken(token: string): Promise<RouteAnswer<'confirmPaymentToken'>> {
    return this.#call('confirmPaymentToken', { body: { token } });
  }
}
