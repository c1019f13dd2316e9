/** The shop: takes orders, charges what customers answer, delivers once for each order, and never before it is paid. */
import type { MerchantClient } from '../../clearing/client/merchant.ts';
import { toHex } from '../../shared/bytes.ts';
import type { Invoice } from '../../shared/protocol/invoice.ts';
import { CATALOGUE, type Good } from './catalogue.ts';
import type { OnlineTerminal, Ports } from './online-terminal.ts';

interface Placed {
  readonly good: Good;
  readonly invoice: Invoice;
  isDelivered: boolean;
}

export class Shop {
  readonly #clearing: MerchantClient;
  readonly #terminal: OnlineTerminal;
  readonly #ports: Ports;
  readonly #orders = new Map<string, Placed>();

  constructor(clearing: MerchantClient, terminal: OnlineTerminal, ports: Ports) {
    this.#clearing = clearing;
    this.#terminal = terminal;
    this.#ports = ports;
  }

  /** @returns the order's id, for the customer's app */
  async buy(goodId: string): Promise<string> {
    const good = CATALOGUE.find(({ id }) => id === goodId);
    if (good === undefined) throw new Error(`there is no ${goodId}`);
    const orderId = toHex(this.#ports.random(16));
    const picture = this.#terminal.invoice(good.priceMinor, good.id);
    await this.#clearing.createOrder(orderId, picture);
    this.#orders.set(orderId, { good, invoice: picture.invoice, isDelivered: false });
    return orderId;
  }

  /** Takes the customer's answer if there is one. @returns 'waiting', 'settled' or the reason why not */
  async collect(orderId: string): Promise<string> {
    const placed = this.#orders.get(orderId);
    if (placed === undefined) throw new Error('no order of this shop');
    const { state, response } = await this.#clearing.order(orderId);
    if (state === 'settled') return state;
    return response === null ? 'waiting' : await this.#terminal.charge(placed.invoice, response);
  }

  /** @param token that the customer's app shows @returns what was bought, once */
  async deliver(token: string): Promise<Good> {
    const { orderId } = await this.#clearing.confirmPaymentToken(token);
    const placed = this.#orders.get(orderId);
    if (placed === undefined || placed.isDelivered) throw new Error('nothing to deliver for this token');
    placed.isDelivered = true;
    return placed.good;
  }
}
