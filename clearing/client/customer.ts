/**
 * What a customer's app asks of the clearing house (docs/api-for-apps.md). It holds a session and never a purse key:
 * the payment is signed by the app, with a key that does not leave the device.
 */
import { toBase64Url } from '../../shared/bytes.ts';
import type { ClearingRoute, RouteAnswer, RouteBody, RouteParams } from '../../shared/contract/clearing.ts';
import { encodePicture, type SealedCode } from '../../shared/protocol/picture.ts';
import { callRoute } from './http.ts';

export type CustomerTransaction = RouteAnswer<'paymentTransaction'>;

export class CustomerClient {
  readonly #origin: string;
  /** Where no browser keeps it. */
  #cookie: string | undefined;

  /** @param origin such as https://clearing.example */
  constructor(origin: string) {
    this.#origin = origin;
  }

  async #call<R extends ClearingRoute>(
    route: R,
    given: { readonly body?: RouteBody<R>; readonly params?: RouteParams<R> } = {},
  ): Promise<RouteAnswer<R>> {
    const headers = this.#cookie === undefined ? {} : { cookie: this.#cookie };
    const answer = await callRoute(this.#origin, route, { ...given, headers });
    const [cookie] = answer.headers.getSetCookie();
    if (cookie !== undefined) this.#cookie = cookie.split(';')[0];
    return answer.value;
  }

  /** By user name and password; the session lives for 30 days. @throws ClearingRefused 'wrong-credentials', 'locked-out' */
  signIn(userName: string, password: string): Promise<RouteAnswer<'signIn'>> {
    return this.#call('signIn', { body: { userName, password } });
  }

  async signOut(): Promise<void> {
    await this.#call('signOut');
    this.#cookie = undefined;
  }

  issuePurse(body: RouteBody<'issuePurse'>): Promise<RouteAnswer<'issuePurse'>> {
    return this.#call('issuePurse', { body });
  }

  /** What there is to pay. Check the invoice's signature before you show it. */
  paymentRequest(orderId: string): Promise<RouteAnswer<'paymentRequest'>> {
    return this.#call('paymentRequest', { params: { orderId } });
  }

  /** Hands in the PaymentResponse. Sending the same again is safe. @param code sealed to the invoice's terminal */
  answerOrder(orderId: string, code: SealedCode): Promise<CustomerTransaction> {
    const body = { code: toBase64Url(encodePicture(code)) };
    return this.#call('answerOrder', { params: { orderId }, body });
  }

  /** What became of it; with the payment token once it is settled. */
  paymentTransaction(orderId: string): Promise<CustomerTransaction> {
    return this.#call('paymentTransaction', { params: { orderId } });
  }
}
