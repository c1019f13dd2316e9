/** Which operation answers which route of trust, policies and the guarantee. Nothing is decided here. */
import type { guaranteeRoutes } from '../../shared/contract/clearing/guarantee.ts';
import type { trustRoutes } from '../../shared/contract/clearing/trust.ts';
import { ok } from '../../shared/result.ts';
import type { House } from '../house.ts';
import { fundGuarantee, setGuarantee } from '../ledger/guarantee-fund.ts';
import * as policies from '../policies/publish-policy.ts';
import { tryPolicy } from '../policies/trial.ts';
import { retireIssuer, trustState } from '../trust/issuers.ts';
import type { JsonHandlers } from './json-routes.ts';

export function trustHandlers(
  house: House,
): Pick<JsonHandlers, keyof typeof trustRoutes | keyof typeof guaranteeRoutes> {
  return {
    trustState: async () => ok(await trustState(house)),
    retireIssuer: ({ params, body }) => retireIssuer(house, params.kid, body.asOfMs),
    policies: async () => ok(await policies.listPolicies(house)),
    policy: ({ params }) => policies.showPolicy(house, Number(params.version)),
    draftPolicy: ({ body }) => policies.draftPolicy(house, body),
    restorePolicy: ({ params, body }) => policies.restorePolicy(house, Number(params.version), body),
    tryPolicy: ({ params, body }) => tryPolicy(house, params.draftId, body.days),
    setGuarantee: ({ body }) => setGuarantee(house, body),
    fundGuarantee: ({ body }) => fundGuarantee(house, body),
    publishPolicy: ({ params }) => policies.publishPolicy(house, params.draftId),
  };
}
