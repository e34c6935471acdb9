import { randomBytes, randomUUID } from 'node:crypto';
import { createLogger } from '@hemline/telemetry';
import { expect, it } from '@jest/globals';
import { testDatabase } from '../../../../libs/postgres/test/test-database.ts';
import { CartsStore } from './carts.store.ts';
import { CartsSweeper } from './carts.sweeper.ts';

it('forgets carts untouched for 90 days and answers kept for three, and nothing younger', async () => {
  const { database, close } = await testDatabase('cart');
  const store = new CartsStore();
  const carts = await Promise.all(
    [89, 91].map(async (days) => {
      const access = { id: randomUUID(), tokenHash: randomBytes(32) };
      await store.create(database, access);
      await database.query({
        text: `update carts set updated_at = now() - make_interval(days => $2) where id = $1`,
        values: [access.id, days],
      });
      return access;
    }),
  );
  for (const [key, hours] of Object.entries({ young: 71, old: 73 })) {
    await database.query({
      text: `insert into line_requests (cart_id, key, request_hash, requested_at)
             values ($1, $2, '', now() - make_interval(hours => $3))`,
      values: [carts[0]?.id, key, hours],
    });
  }
  await new CartsSweeper(database, createLogger({ service: 'test', level: 'silent' })).sweep();
  const left = await database.query({ text: 'select id from carts' });
  expect(left.rows).toEqual([{ id: carts[0]?.id }]);
  const answers = await database.query({ text: 'select key from line_requests' });
  expect(answers.rows).toEqual([{ key: 'young' }]);
  await close();
});
