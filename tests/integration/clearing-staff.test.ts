/** Staff of merchants and of the institution: signing in, how sessions end, waiting after failures, roles, branches. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../clearing/db/database.ts';
import { MIGRATIONS_FOLDER, migrate } from '../../clearing/db/migrate.ts';
import { STAFF_SESSION_IDLE_MS, STAFF_SESSION_LIFE_MS } from '../../clearing/staff/sessions.ts';
import { toHex } from '../../shared/bytes.ts';
import { clearingRoutes } from '../../shared/contract/clearing.ts';
import {
  OPERATOR_TOKEN,
  random,
  startTestClearing,
  type TestClearing,
  written,
} from '../support/clearing.ts';
import { PASSWORD, TestCustomer } from '../support/clearing-customer.ts';
import { cookieFrom, institutionStaff, merchantStaff } from '../support/clearing-staff.ts';
import { outcomesText, TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
/** A second process on the same database. */
let second: TestClearing;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
  const { keys, clock } = clearing;
  second = await startTestClearing({ databaseUrl: database.url, keys, clock });
});
afterAll(async () => {
  await clearing.stop();
  await second.stop();
  await database.drop();
});

const newMerchant = async () =>
  (await clearing.call('createMerchant', { body: { displayName: 'Shop', currency: 'EUR' }, operator: true }))
    .body.merchantId;
const ME = { status: 200 };
const OUT = { status: 401, body: { code: 'not-signed-in' } };
const me = (cookie: string, at = clearing) => at.call('staffMe', { cookie });
const signIn = (userName: string, password = PASSWORD, at = clearing) =>
  at.call('staffSignIn', { body: { userName, password } });

describe('a staff session', () => {
  it('signed in → who they are, by a cookie of its own that scripts and other sites never have', async () => {
    const merchantId = await newMerchant();
    const owner = await merchantStaff(clearing, merchantId, 'owner');
    const answer = await signIn(owner.userName);
    expect(answer.body).toEqual({
      staffId: owner.staffId,
      userName: owner.userName,
      role: 'owner',
      merchantId,
    });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^fieldtill-staff=/);
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(part);
    expect(await me(owner.cookie)).toMatchObject(ME);
  });

  it('a customer’s session as staff, a staff session as a customer → not-signed-in', async () => {
    const customer = await TestCustomer.register(clearing);
    const staff = await institutionStaff(clearing, 'administrator');
    const tokenOf = (cookie: string) => cookie.split('=')[1] ?? '';
    expect(await me(customer.cookie)).toMatchObject(OUT);
    expect(await me(`fieldtill-staff=${tokenOf(customer.cookie)}`)).toMatchObject(OUT);
    const asCustomer = `fieldtill-session=${tokenOf(staff.cookie)}`;
    expect(await clearing.call('me', { cookie: asCustomer })).toMatchObject(OUT);
    expect(await signIn(customer.userName)).toMatchObject({
      status: 401,
      body: { code: 'wrong-credentials' },
    });
  });

  it('unused for half an hour, or twelve hours old → over; used in between → goes on', async () => {
    const start = clearing.clock.nowMs;
    const idle = await institutionStaff(clearing, 'auditor');
    const busy = await institutionStaff(clearing, 'auditor');
    for (let at = 0; at < STAFF_SESSION_LIFE_MS; at += STAFF_SESSION_IDLE_MS - 1000) {
      clearing.clock.nowMs = start + at;
      expect(await me(busy.cookie)).toMatchObject(ME);
    }
    expect(await me(idle.cookie)).toMatchObject(OUT);
    clearing.clock.nowMs = start + STAFF_SESSION_LIFE_MS;
    expect(await me(busy.cookie)).toMatchObject(OUT);
    clearing.clock.nowMs = start;
  });

  it('signed out → this one over; everywhere → every one, at the other process too', async () => {
    const staff = await institutionStaff(clearing, 'operator');
    const [one, two] = [cookieFrom((await signIn(staff.userName)).headers), staff.cookie];
    expect(await clearing.call('staffSignOut', { cookie: one })).toMatchObject(ME);
    expect(await me(one)).toMatchObject(OUT);
    expect(await me(two)).toMatchObject(ME);
    const three = cookieFrom((await signIn(staff.userName, PASSWORD, second)).headers);
    expect(await second.call('staffSignOutEverywhere', { cookie: two })).toMatchObject(ME);
    for (const cookie of [two, three]) expect(await me(cookie)).toMatchObject(OUT);
  });

  it('the password changed → other sessions over, this one under a new token, only the new word lets in', async () => {
    const staff = await institutionStaff(clearing, 'operator');
    const other = cookieFrom((await signIn(staff.userName)).headers);
    const change = (password: string, newPassword: string) =>
      clearing.call('changeStaffPassword', { cookie: staff.cookie, body: { password, newPassword } });
    const before = await written(clearing);
    expect(await change('not the password', 'winter coat on a nail')).toMatchObject({ status: 401 });
    for (const weak of ['short', 'sunflower1', 'Revolution99', staff.userName])
      expect(await change(PASSWORD, weak)).toMatchObject({
        status: 422,
        body: { code: 'password-too-weak' },
      });
    expect(await written(clearing)).toBe(before);
    const done = await change(PASSWORD, 'winter coat on a nail');
    expect(done.status).toBe(200);
    for (const cookie of [staff.cookie, other]) expect(await me(cookie)).toMatchObject(OUT);
    expect(await me(cookieFrom(done.headers))).toMatchObject(ME);
    expect(await signIn(staff.userName)).toMatchObject({ status: 401 });
    expect(await signIn(staff.userName, 'winter coat on a nail')).toMatchObject(ME);
  });

  it('nothing of a password or token is stored as it was', async () => {
    const staff = await institutionStaff(clearing, 'auditor');
    const token = staff.cookie.split('=')[1] ?? 'none';
    const { rows } = await sql<{ all: string }>`
      SELECT (SELECT string_agg(s::text, '') FROM staff s) || (SELECT string_agg(s::text, '') FROM staff_sessions s)
        || coalesce((SELECT string_agg(g::text, '') FROM guesses g), '') AS all`.execute(clearing.database);
    expect(rows[0]?.all).toContain('$argon2id$');
    for (const secret of [PASSWORD, token, Buffer.from(token, 'base64url').toString('hex'), '127.0.0.1'])
      expect(rows[0]?.all).not.toContain(secret);
  });
});

describe('guessing', () => {
  it('five wrong words, some at each process → both wait, twice as long each time; a name that is nobody’s too', async () => {
    const staff = await institutionStaff(clearing, 'operator');
    for (const name of [staff.userName, 'nobody-works-here']) {
      for (const at of [clearing, second, clearing, second, clearing])
        expect(await signIn(name, 'wrong', at)).toMatchObject({ body: { code: 'wrong-credentials' } });
      for (const at of [clearing, second])
        expect(await signIn(name, PASSWORD, at)).toMatchObject({
          status: 429,
          body: { code: 'locked-out', detail: { waitS: 2 } },
        });
    }
    clearing.clock.nowMs += 2000;
    expect(await signIn(staff.userName)).toMatchObject(ME);
  });

  it('more tries of one address in a minute than are allowed, over two processes → too-many-requests', async () => {
    const { keys, clock } = clearing;
    const config = { guessesPerMinute: 4 };
    const strict = [];
    for (let i = 0; i < 2; i++)
      strict.push(await startTestClearing({ databaseUrl: database.url, keys, clock, config }));
    clock.nowMs += 120_000;
    const statuses = [];
    for (const at of [...strict, ...strict, ...strict])
      statuses.push((await signIn('nobody-at-all', 'wrong', at)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 429, 429]);
    clock.nowMs += 60_000;
    expect((await signIn('nobody-at-all-2', 'wrong', strict[0])).status).toBe(401);
    for (const at of strict) await at.stop();
  });
});

describe('people', () => {
  it('a taken name, a weak word, a role of the other house → refused, nothing written', async () => {
    const merchantId = await newMerchant();
    const owner = await merchantStaff(clearing, merchantId, 'owner');
    const path = `/v1/merchants/${merchantId}/staff`;
    const create = (change: Record<string, string>) =>
      clearing.call('createMerchantStaff', {
        path,
        cookie: owner.cookie,
        body: { userName: 'somebody-new', password: PASSWORD, role: 'viewer', ...change },
      });
    const before = await written(clearing);
    expect(await create({ userName: owner.userName })).toMatchObject({ body: { code: 'user-name-taken' } });
    expect(await create({ password: 'butterfly1' })).toMatchObject({ body: { code: 'password-too-weak' } });
    expect(await create({ role: 'administrator' })).toMatchObject({ status: 400 });
    expect(await written(clearing)).toBe(before);
    const taken = await Promise.all(Array.from({ length: 8 }, () => create({})));
    expect(taken.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it('removed → their sessions over at once, their name not given again', async () => {
    const merchantId = await newMerchant();
    const owner = await merchantStaff(clearing, merchantId, 'owner');
    const viewer = await merchantStaff(clearing, merchantId, 'viewer');
    const removal = (staffId: string) =>
      clearing.call('removeMerchantStaff', {
        path: `/v1/merchants/${merchantId}/staff/${staffId}/removal`,
        cookie: owner.cookie,
        body: {},
      });
    expect(await removal(viewer.staffId)).toMatchObject({ status: 200 });
    expect(await removal(viewer.staffId)).toMatchObject({ status: 404 });
    expect(await me(viewer.cookie)).toMatchObject(OUT);
    expect(await signIn(viewer.userName)).toMatchObject({ status: 401 });
    expect(await removal(owner.staffId)).toMatchObject({ status: 409, body: { code: 'last-administrator' } });
  });

  it('two owners who remove each other at once → one stays', async () => {
    const merchantId = await newMerchant();
    const owners = [];
    for (let i = 0; i < 2; i++) owners.push(await merchantStaff(clearing, merchantId, 'owner'));
    const [a, b] = owners;
    await Promise.all(
      [
        [a, b],
        [b, a],
      ].map(([who, whom]) =>
        clearing.call('removeMerchantStaff', {
          path: `/v1/merchants/${merchantId}/staff/${whom?.staffId}/removal`,
          cookie: who?.cookie ?? '',
          body: {},
        }),
      ),
    );
    const { body } = await clearing.call('merchantStaff', {
      path: `/v1/merchants/${merchantId}/staff`,
      operator: true,
    });
    expect(body.staff).toHaveLength(1);
  });

  it.each([
    ['viewer', [200, 403, 403]],
    ['manager', [200, 201, 403]],
    ['owner', [200, 201, 201]],
  ] as const)('a %s looks, runs, decides about people → %o', async (role, expected) => {
    const merchantId = await newMerchant();
    const { cookie } = await merchantStaff(clearing, merchantId, role);
    const path = `/v1/merchants/${merchantId}`;
    const answers = [
      await clearing.call('merchantProfile', { path, cookie }),
      await clearing.call('createBranch', {
        path: `${path}/branches`,
        cookie,
        body: { displayName: 'Pier' },
      }),
      await clearing.call('createMerchantStaff', {
        path: `${path}/staff`,
        cookie,
        body: { userName: `n${toHex(random(6))}`, password: PASSWORD, role: 'viewer' },
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(expected);
    expect(await clearing.call('ledger', { cookie })).toMatchObject({ status: 403 });
  });

  it.each([
    ['auditor', [200, 403, 403]],
    ['operator', [200, 201, 403]],
    ['administrator', [200, 201, 201]],
  ] as const)('the institution’s %s looks, runs, decides about people → %o', async (role, expected) => {
    const { cookie } = await institutionStaff(clearing, role);
    const answers = [
      await clearing.call('ledger', { cookie }),
      await clearing.call('createMerchant', { cookie, body: { displayName: 'Shop', currency: 'EUR' } }),
      await clearing.call('createInstitutionStaff', {
        cookie,
        body: { userName: `n${toHex(random(6))}`, password: PASSWORD, role: 'auditor' },
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(expected);
    const merchantId = await newMerchant();
    expect(
      await clearing.call('merchantProfile', { path: `/v1/merchants/${merchantId}`, cookie }),
    ).toMatchObject(ME);
  });

  it('the operator’s token → does what an administrator may, and is nobody', async () => {
    const path = `/v1/merchants/${await newMerchant()}`;
    expect(await clearing.call('merchantProfile', { path, operator: true })).toMatchObject(ME);
    expect(await clearing.call('staffMe', { operator: true })).toMatchObject(OUT);
    const wrong = { authorization: `Bearer ${OPERATOR_TOKEN}x` };
    expect((await fetch(clearing.origin + path, { headers: wrong })).status).toBe(401);
    expect((await fetch(clearing.origin + path)).status).toBe(401);
  });
});

describe('branches', () => {
  it('a merchant → one branch with its name; a code that names another → its terminal is there', async () => {
    const merchantId = await newMerchant();
    const { cookie } = await merchantStaff(clearing, merchantId, 'manager');
    const path = `/v1/merchants/${merchantId}`;
    const first = await clearing.call('merchantBranches', { path: `${path}/branches`, cookie });
    expect(first.body.branches).toMatchObject([{ displayName: 'Shop', isDefault: true }]);
    const add = () =>
      clearing.call('createBranch', { path: `${path}/branches`, cookie, body: { displayName: 'Pier 3' } });
    const { branchId } = (await add()).body;
    expect(await add()).toMatchObject({ status: 409 });
    const here = await TestTill.enrol(clearing, { merchantId });
    const code = await clearing.call('createBranchEnrolmentCode', {
      path: `${path}/branches/${branchId}/enrolment-codes`,
      cookie,
      body: {},
    });
    const there = await TestTill.enrol(clearing, { merchantId, code: code.body.code });
    const { body } = await clearing.call('merchantTerminals', { path: `${path}/terminals`, cookie });
    expect(new Map(body.terminals.map((terminal) => [terminal.terminalId, terminal.branchId]))).toEqual(
      new Map<string, string | undefined>([
        [here.terminalId, first.body.branches[0]?.branchId],
        [there.terminalId, branchId],
      ]),
    );
  });

  it('a branch of another merchant → not-found, also for the operator', async () => {
    const [mine, other] = [await newMerchant(), await newMerchant()];
    const path = `/v1/merchants/${other}/branches`;
    const { body } = await clearing.call('merchantBranches', { path, operator: true });
    const branchId = body.branches[0]?.branchId ?? '';
    expect(
      await clearing.call('createEnrolmentCode', { body: { merchantId: mine, branchId }, operator: true }),
    ).toMatchObject({ status: 404 });
  });

  it('what stood before there were branches → in a default branch of its merchant', async () => {
    const old = await freshDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'fieldtill-before-branches-'));
    cpSync(MIGRATIONS_FOLDER, folder, { recursive: true });
    for (const name of readdirSync(folder)) if (name >= '0110') rmSync(join(folder, name));
    await migrate(old.url, folder);
    const db = openDatabase({ url: old.url, onIdleError: () => undefined });
    const [merchantId, terminalId] = [random(8), random(8)];
    await sql`
      WITH account AS (INSERT INTO accounts (kind, owner_id, currency)
             VALUES ('receivable', ${merchantId}, 'EUR') RETURNING account_id),
        merchant AS (INSERT INTO merchants SELECT ${merchantId}, 'Old shop', 'EUR', account_id, 5 FROM account
             RETURNING merchant_id)
      INSERT INTO terminals (terminal_id, merchant_id, public_key, box_key, certificate, certificate_digest,
                             expires_at_s, created_at_ms)
      SELECT ${terminalId}, merchant_id, sha256(''), sha256(''), '', sha256(''), 1, 1 FROM merchant`.execute(
      db,
    );
    await migrate(old.url);
    const { rows } = await sql<{ display_name: string; is_default: boolean }>`
      SELECT display_name, is_default FROM terminals JOIN branches USING (merchant_id, branch_id)`.execute(
      db,
    );
    expect(rows).toEqual([{ display_name: 'Old shop', is_default: true }]);
    await db.destroy();
    await old.drop();
    rmSync(folder, { recursive: true });
  });
});

describe('what a merchant sees', () => {
  it('payments of a terminal, the newest first, page after page; money and last contact', async () => {
    const till = await TestTill.enrol(clearing);
    const { cookie } = await merchantStaff(clearing, till.merchantId, 'viewer');
    const path = `/v1/merchants/${till.merchantId}`;
    const terminals = async () =>
      (await clearing.call('merchantTerminals', { path: `${path}/terminals`, cookie })).body.terminals;
    expect(await terminals()).toMatchObject([{ lastContactAtMs: null, outcomes: 0, isRevoked: false }]);
    const purse = await (await TestCustomer.register(clearing)).purse();
    till.sale(purse, purse.quick(1), 400n);
    till.sale(purse, purse.quick(2), 250n);
    till.sale(purse, purse.quick(2), 250n);
    expect(outcomesText(await till.send())).toBe('1:settled 2:settled 3:rejected/conflict');
    const page = async (query = '') =>
      (
        await clearing.call('terminalPayments', {
          path: `${path}/terminals/${till.terminalId}/payments${query}`,
          cookie,
        })
      ).body.payments;
    expect(
      (await page()).map(({ number, amountMinor, state }) => `${number} ${amountMinor} ${state}`),
    ).toEqual(['3 250 rejected', '2 250 settled', '1 400 settled']);
    expect((await page('?before=2')).map(({ number }) => number)).toEqual([1]);
    expect(await terminals()).toMatchObject([{ lastContactAtMs: clearing.clock.nowMs, outcomes: 3 }]);
    const profile = await clearing.call('merchantProfile', { path, cookie });
    expect(profile.body).toMatchObject({
      displayName: 'Corner shop',
      currency: 'EUR',
      receivableMinor: '650',
    });
    clearing.clock.nowMs += 61_000;
    await till.outcomes(3);
    expect(await terminals()).toMatchObject([{ lastContactAtMs: clearing.clock.nowMs }]);
  });

  it('every route that needs a role says which guard keeps it', () => {
    for (const route of Object.values(clearingRoutes))
      if (route.path.startsWith('/v1/merchants/')) expect(route.guard).toBe('staff');
      else if (route.path.startsWith('/v1/admin/')) expect(route.guard).toBe('operator');
  });
});
