/** Which operation answers which route of merchants' and the institution's staff. Nothing is decided here. */
import type { staffRoutes } from '../../shared/contract/clearing/staff.ts';
import { ok } from '../../shared/result.ts';
import { createEnrolmentCode } from '../enrolment/merchants.ts';
import type { House } from '../house.ts';
import * as merchants from '../merchants/views.ts';
import { createStaff, listStaff, removeStaff, staffView } from '../staff/people.ts';
import * as sessions from '../staff/sessions.ts';
import { staffSessionOf } from './guards.ts';
import type { JsonHandlers } from './json-routes.ts';
import type { SessionCookie } from './session-cookie.ts';

export function staffHandlers(
  house: House,
  cookie: SessionCookie,
): Pick<JsonHandlers, keyof typeof staffRoutes> {
  return {
    staffSignIn: async ({ body, reply }) => {
      const result = await sessions.staffSignIn(house, body);
      if (!result.ok) return result;
      cookie.set(reply, result.value.token);
      return ok(staffView(result.value.staff));
    },
    staffSignOut: async ({ request, reply }) => {
      await sessions.staffSignOut(house, staffSessionOf(request).token);
      cookie.clear(reply);
      return ok({});
    },
    staffSignOutEverywhere: async ({ request, reply }) => {
      await sessions.staffSignOutEverywhere(house, staffSessionOf(request).staff);
      cookie.clear(reply);
      return ok({});
    },
    staffMe: async ({ request }) => ok(staffView(staffSessionOf(request).staff)),
    changeStaffPassword: async ({ body, request, reply }) => {
      const result = await sessions.changeStaffPassword(house, staffSessionOf(request).staff, body);
      if (!result.ok) return result;
      cookie.set(reply, result.value.token);
      return ok({});
    },
    merchantProfile: ({ params }) => merchants.merchantProfile(house, params.merchantId),
    merchantBranches: ({ params }) => merchants.merchantBranches(house, params.merchantId),
    createBranch: ({ params, body }) => merchants.createBranch(house, params.merchantId, body.displayName),
    createBranchEnrolmentCode: ({ params }) => createEnrolmentCode(house, params),
    merchantTerminals: ({ params }) => merchants.merchantTerminals(house, params.merchantId),
    terminalPayments: ({ params, query }) =>
      merchants.terminalPayments(house, params.merchantId, params.terminalId, query.before),
    merchantStaff: ({ params }) => listStaff(house, params.merchantId),
    createMerchantStaff: ({ params, body }) => createStaff(house, params.merchantId, body),
    removeMerchantStaff: ({ params }) => removeStaff(house, params.merchantId, params.staffId),
    institutionStaff: () => listStaff(house, null),
    createInstitutionStaff: ({ body }) => createStaff(house, null, body),
    removeInstitutionStaff: ({ params }) => removeStaff(house, null, params.staffId),
  };
}
