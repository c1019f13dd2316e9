/** Which operation answers which JSON route. Nothing is decided here. */
import { ok, refused } from '../../shared/result.ts';
import { customerView } from '../accounts/customer-view.ts';
import { registerCustomer } from '../accounts/register.ts';
import { signIn, signOut } from '../accounts/sign-in.ts';
import { setTier } from '../db/customers.ts';
import { auditLedger } from '../db/ledger.ts';
import { enrolTerminal } from '../enrolment/enrol-terminal.ts';
import { createMerchantKey, revokeMerchantKey } from '../enrolment/merchant-keys.ts';
import { createEnrolmentCode, createMerchant } from '../enrolment/merchants.ts';
import { revokeTerminal } from '../enrolment/revoke-terminal.ts';
import type { House } from '../house.ts';
import { deposit } from '../ledger/deposit.ts';
import { ledgerReport } from '../ledger/report.ts';
import { walletPayments } from '../notify/wallet-payments.ts';
import * as orders from '../orders/orders.ts';
import { closePurse, customerPurses, freezePurse } from '../purses/end-purse.ts';
import { issuePurse } from '../purses/issue-purse.ts';
import { returnUnspent } from '../purses/return-unspent.ts';
import { revokePurse } from '../purses/revoke-purse.ts';
import { correctSettlement } from '../settlement/correct.ts';
import { runSettlement } from '../settlement/run-cycle.ts';
import { settlementDetails, settlementList } from '../settlement/settlement-view.ts';
import { setFees, setRate, setSettlementTerms } from '../settlement/terms.ts';
import * as webhooks from '../webhooks/endpoints.ts';
import { merchantOf, sessionOf } from './guards.ts';
import type { JsonHandlers } from './json-routes.ts';
import type { SessionCookies } from './session-cookie.ts';
import { staffHandlers } from './staff-handlers.ts';
import { trustHandlers } from './trust-handlers.ts';

export function jsonHandlers(house: House, cookies: SessionCookies): JsonHandlers {
  const cookie = cookies.customer;
  return {
    ...staffHandlers(house, cookies.staff),
    ...trustHandlers(house),
    registerCustomer: ({ body }) => registerCustomer(house, body),
    signIn: async ({ body, reply }) => {
      const result = await signIn(house, body);
      if (!result.ok) return result;
      cookie.set(reply, result.value.token);
      return ok(await customerView(house, result.value.customer));
    },
    signOut: async ({ request, reply }) => {
      await signOut(house, sessionOf(request).token);
      cookie.clear(reply);
      return ok({});
    },
    me: async ({ request }) => ok(await customerView(house, sessionOf(request).customer)),
    issuePurse: ({ body, request }) => issuePurse(house, sessionOf(request).customer, body, null),
    walletPayments: async ({ query, request }) => {
      const payments = await walletPayments(
        house,
        sessionOf(request).customer.customerId,
        query.after ?? '0',
      );
      return ok({ payments: [...payments] });
    },
    enrolTerminal: ({ body }) => enrolTerminal(house, body),
    createMerchant: ({ body }) => createMerchant(house, body),
    createEnrolmentCode: ({ body }) => createEnrolmentCode(house, body),
    deposit: ({ body }) => deposit(house, body),
    purses: async ({ request }) => ok(await customerPurses(house, sessionOf(request).customer)),
    renewPurse: ({ params, body, request }) =>
      issuePurse(house, sessionOf(request).customer, body, params.purseId),
    closePurse: ({ params, request }) => closePurse(house, sessionOf(request).customer, params.purseId),
    freezePurse: ({ params, request }) => freezePurse(house, sessionOf(request).customer, params.purseId),
    returnUnspent: async () => ok({ purses: await returnUnspent(house) }),
    setCustomerTier: async ({ body }) =>
      (await setTier(house.database, body.userName, body.tier)) ? ok({}) : refused({ code: 'not-found' }),
    ledgerFaults: async () => ok({ faults: [...(await auditLedger(house.database))] }),
    revokePurse: ({ params }) => revokePurse(house, params.purseId),
    revokeTerminal: ({ params }) => revokeTerminal(house, params.terminalId),
    ledger: async () => ok(await ledgerReport(house)),
    createMerchantKey: ({ params }) => createMerchantKey(house, params.merchantId),
    revokeMerchantKey: ({ params }) => revokeMerchantKey(house, params.keyId),
    createWebhook: ({ body, request }) => webhooks.createWebhook(house, merchantOf(request), body),
    webhooks: ({ request }) => webhooks.listWebhooks(house, merchantOf(request)),
    changeWebhook: ({ params, body, request }) =>
      webhooks.changeWebhook(house, merchantOf(request), params.endpointId, body),
    rotateWebhookSecret: ({ params, request }) =>
      webhooks.rotateWebhookSecret(house, merchantOf(request), params.endpointId),
    webhookDeliveries: ({ query, request }) => webhooks.listDeliveries(house, merchantOf(request), query),
    replayWebhook: ({ params, request }) =>
      webhooks.replayDelivery(house, merchantOf(request), params.number),
    allWebhookDeliveries: ({ query }) => webhooks.listDeliveries(house, null, query),
    replayAnyWebhook: ({ params }) => webhooks.replayDelivery(house, null, params.number),
    setSettlementTerms: ({ params, body }) => setSettlementTerms(house, params.merchantId, body),
    setFees: ({ body }) => setFees(house, body),
    setRate: ({ body }) => setRate(house, body),
    runSettlement: ({ body }) => runSettlement(house, body),
    settlements: ({ query }) => settlementList(house, query),
    settlement: ({ params }) => settlementDetails(house, params.settlementId),
    correctSettlement: ({ params, body }) => correctSettlement(house, params.settlementId, body),
    createOrder: ({ body, request }) => orders.createOrder(house, merchantOf(request), body),
    merchantOrder: ({ params, request }) => orders.merchantOrder(house, merchantOf(request), params.orderId),
    confirmPaymentToken: ({ body, request }) => orders.confirmPaymentToken(house, merchantOf(request), body),
    paymentRequest: ({ params, request }) =>
      orders.paymentRequest(house, sessionOf(request).customer.customerId, params.orderId),
    answerOrder: ({ params, body, request }) =>
      orders.answerOrder(house, sessionOf(request).customer.customerId, params.orderId, body),
    paymentTransaction: ({ params, request }) =>
      orders.paymentTransaction(house, sessionOf(request).customer.customerId, params.orderId),
  };
}
