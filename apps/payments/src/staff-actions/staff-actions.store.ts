import type { Queryable } from '@hemline/postgres';

export type StaffAction = {
  readonly actor: string;
  readonly role: string;
  readonly action: string;
  readonly order_id: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

/** SQL that puts the staff action of a JSON parameter on record, as a part of what it did. */
export const recordAction = (parameter: string): string => `
  insert into staff_actions (actor, role, action, order_id, detail)
  select a.actor, a.role, a.action, a.order_id, a.detail
  from jsonb_to_record(${parameter}::jsonb)
    as a (actor text, role text, action text, order_id uuid, detail jsonb)`;

type Row = Omit<StaffAction, 'order_id'> & {
  readonly seq: bigint;
  readonly at: Date;
  readonly order_id: string;
  readonly hash: Buffer;
};

export const list = async (
  db: Queryable,
  wanted: { readonly orderId?: string | undefined; readonly after: number; readonly limit: number },
) => {
  const { rows } = await db.query<Row>({
    name: 'staff_actions.list',
    text: `select seq, at, actor, role, action, order_id, detail, hash from staff_actions
           where seq > $1 and ($2::uuid is null or order_id = $2) order by seq limit $3`,
    values: [wanted.after, wanted.orderId ?? null, wanted.limit],
  });
  return rows.map(({ seq, at, order_id: orderId, hash, ...row }) => ({
    ...row,
    seq: Number(seq),
    at: at.toISOString(),
    orderId,
    hash: hash.toString('hex'),
  }));
};

const maxFaults = 100;

export const listFaults = async (db: Queryable): Promise<number[]> => {
  const { rows } = await db.query<{ seq: bigint }>({
    name: 'staff_actions.list_faults',
    text: 'select seq from staff_action_faults order by seq limit $1',
    values: [maxFaults],
  });
  return rows.map(({ seq }) => Number(seq));
};
