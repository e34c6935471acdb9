import type { Queryable } from '@hemline/postgres';
import type { Answer, KeyClaim } from './idempotency.ts';

export type StoredKey = {
  readonly fingerprint: Buffer;
  readonly status: 'in_progress' | 'done';
  readonly lockToken: string;
  /** True once whoever works on it has had its time, or its order has been decided by someone else. */
  readonly isAbandoned: boolean;
  readonly orderId: string | null;
  readonly attempt: number | null;
  readonly answer: Answer | null;
};

type Row = {
  fingerprint: Buffer;
  status: 'in_progress' | 'done';
  lock_token: string;
  is_abandoned: boolean;
  order_id: string | null;
  attempt_number: number | null;
  response_status: number | null;
  response_type: Answer['type'] | null;
  response_body: string | null;
};

export const find = async (
  db: Queryable,
  { scope, key }: { readonly scope: string; readonly key: string },
): Promise<StoredKey | undefined> => {
  const { rows } = await db.query<Row>({
    name: 'idempotency_keys.find',
    text: `select k.fingerprint, k.status, k.lock_token, k.order_id, k.attempt_number,
             k.response_status, k.response_type, k.response_body,
             k.locked_until < now()
               or coalesce(p.status <> 'confirming' or p.attempt_number <> k.attempt_number, false)
               as is_abandoned
           from idempotency_keys k left join payments p on p.order_id = k.order_id
           where k.scope = $1 and k.key = $2`,
    values: [scope, key],
  });
  const [row] = rows;
  return row && toStoredKey(row);
};

const toStoredKey = (row: Row): StoredKey => {
  const { response_status: status, response_type: type, response_body: body } = row;
  const isAnswered = status !== null && type !== null && body !== null;
  return {
    fingerprint: row.fingerprint,
    status: row.status,
    lockToken: row.lock_token,
    isAbandoned: row.is_abandoned,
    orderId: row.order_id,
    attempt: row.attempt_number,
    answer: isAnswered ? { status, type, body, orderId: row.order_id } : null,
  };
};

/** Takes an abandoned key on; false if someone else was faster. */
export const takeOver = async (
  db: Queryable,
  wanted: KeyClaim,
  formerLockToken: string,
): Promise<boolean> => {
  const { rowCount } = await db.query({
    name: 'idempotency_keys.take_over',
    text: `update idempotency_keys set lock_token = $3, locked_until = now() + $5 * interval '1 ms'
           where scope = $1 and key = $2 and lock_token = $4 and status = 'in_progress'`,
    values: [wanted.scope, wanted.key, wanted.lockToken, formerLockToken, wanted.leaseMs],
  });
  return rowCount === 1;
};

/** Lets a claimed key go as if it had not been used: for refusals that may end by themselves. */
export const release = async (db: Queryable, held: KeyClaim): Promise<void> => {
  await db.query({
    name: 'idempotency_keys.release',
    text: `delete from idempotency_keys
           where scope = $1 and key = $2 and lock_token = $3 and status = 'in_progress'`,
    values: [held.scope, held.key, held.lockToken],
  });
};

/** Claims a key outside of `checkout.store`'s `place`; again by the same holder it stays claimed. */
export const claim = async (db: Queryable, wanted: KeyClaim): Promise<boolean> => {
  const { rowCount } = await db.query({
    name: 'idempotency_keys.claim',
    text: `insert into idempotency_keys as k (scope, key, fingerprint, lock_token, locked_until)
           values ($1, $2, $3, $4, now() + $5 * interval '1 ms')
           on conflict (scope, key) do update set locked_until = excluded.locked_until
             where k.lock_token = excluded.lock_token and k.status = 'in_progress'`,
    values: claimValues(wanted),
  });
  return rowCount === 1;
};

/**
 * Binds a claimed key to the attempt that it makes: from here a later try can take up the work. False
 * if the key has another holder by now.
 */
export const bind = async (
  db: Queryable,
  held: KeyClaim,
  { orderId, attempt }: { readonly orderId: string; readonly attempt: number },
): Promise<boolean> => {
  const { rowCount } = await db.query({
    name: 'idempotency_keys.bind',
    text: `update idempotency_keys
           set order_id = $4, attempt_number = $5, locked_until = now() + $6 * interval '1 ms'
           where scope = $1 and key = $2 and lock_token = $3 and status = 'in_progress'`,
    values: [held.scope, held.key, held.lockToken, orderId, attempt, held.leaseMs],
  });
  return rowCount === 1;
};

/** The key's answer for good. False if the key has another holder by now, whose answer counts. */
export const answer = async (db: Queryable, held: KeyClaim, given: Answer): Promise<boolean> => {
  const { rowCount } = await db.query({
    name: 'idempotency_keys.answer',
    text: answerKey('$1'),
    values: [toAnswerJson({ claim: held, answer: given })],
  });
  return rowCount === 1;
};

export const claimValues = (wanted: KeyClaim): readonly unknown[] => [
  wanted.scope,
  wanted.key,
  wanted.fingerprint,
  wanted.lockToken,
  wanted.leaseMs,
];

export type KeyAnswer = { readonly claim: KeyClaim; readonly answer: Answer };

/**
 * SQL that stores the answer of a JSON parameter (see `toAnswerJson`) if its holder still has the key,
 * to be one part of a larger statement, so that what happened and what was said are one commit.
 */
export const answerKey = (parameter: string): string => `
  update idempotency_keys k
  set status = 'done', order_id = a.order_id, response_status = a.status, response_type = a.type,
    response_body = a.body
  from jsonb_to_record(${parameter}::jsonb) as a (
    scope text, key text, lock_token uuid, order_id uuid, status int, type text, body text)
  where k.scope = a.scope and k.key = a.key and k.lock_token = a.lock_token and k.status = 'in_progress'
  returning 1`;

/** For `answerKey`; nobody's answer is an empty object, which matches no key. */
export const toAnswerJson = (keyAnswer: KeyAnswer | undefined): string => {
  if (!keyAnswer) return '{}';
  const { claim: held, answer: given } = keyAnswer;
  return JSON.stringify({
    scope: held.scope,
    key: held.key,
    lock_token: held.lockToken,
    order_id: given.orderId,
    status: given.status,
    type: given.type,
    body: given.body,
  });
};
