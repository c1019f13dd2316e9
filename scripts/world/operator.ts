/**
 * The operator's side of the clearing house, over its real HTTP routes: makes merchants, enrolment codes
 * and customers with money. For set-up, demo and tests.
 */
import { randomBytes } from 'node:crypto';
import {
  type ClearingRoute,
  clearingRoutes,
  type RouteAnswer,
  type RouteBody,
} from '../../shared/contract/clearing.ts';

export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}

export class Operator {
  readonly #origin: string;
  readonly #token: string;

  constructor(origin: string, token: string) {
    this.#origin = origin;
    this.#token = token;
  }

  /** One call of a JSON route; anything but its own status is an error with the answer's text. */
  async call<R extends ClearingRoute>(
    name: R,
    body: RouteBody<R>,
    params: Record<string, string> = {},
  ): Promise<RouteAnswer<R>> {
    const route = clearingRoutes[name];
    const path = route.path.replace(/:([a-zA-Z]+)/g, (_, param: string) =>
      encodeURIComponent(params[param] ?? ''),
    );
    const answer = await fetch(this.#origin + path, {
      method: route.method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    if (answer.status !== route.status) {
      throw new OperatorError(`${name}: ${answer.status} ${await answer.text()}`);
    }
    return route.answer.parse(await answer.json()) as RouteAnswer<R>;
  }

  /** A customer with money in an account. */
  async customerWithMoney(customer: {
    userName: string;
    password: string;
    currency: string;
    amountMinor: string;
  }): Promise<void> {
    const { userName, password, currency, amountMinor } = customer;
    await this.call('registerCustomer', { userName, password, language: 'en' });
    const transferId = randomBytes(16).toString('hex');
    await this.call('deposit', { transferId, userName, amountMinor, currency });
  }

  /** A one-time code that enrols a terminal of a new merchant. */
  async enrolmentCode(merchant: { displayName: string; currency: string }): Promise<string> {
    const { merchantId } = await this.call('createMerchant', merchant);
    return (await this.call('createEnrolmentCode', { merchantId })).code;
  }

  ledger(): Promise<RouteAnswer<'ledger'>> {
    return this.call('ledger', undefined);
  }
}
