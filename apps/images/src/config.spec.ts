import { readConfig } from '@hemline/http';
import { describe, expect, it } from '@jest/globals';
import { configSchema } from './config.ts';

const common = {
  PORT: '0',
  DATABASE_URL: 'postgres://images@127.0.0.1/images',
  EVENTS_DATABASE_URL: 'postgres://images@127.0.0.1/events',
  STAFF_JWKS: '{"keys":[]}',
};
const read = (env: Record<string, string>) =>
  readConfig('images', configSchema, { ...common, ...env });

describe('the settings of the image store', () => {
  it('are a folder, unless S3 is asked for', () => {
    expect(read({ IMAGE_DIR: '/pictures' })).toMatchObject({
      IMAGE_STORE: 'disk',
      IMAGE_DIR: '/pictures',
    });
    expect(() => read({})).toThrow('IMAGE_DIR: is missing');
  });

  it('have no default for a secret, and are named all together', () => {
    const missing =
      /S3_REGION: is missing\n.*S3_BUCKET.*\n.*AWS_ACCESS_KEY_ID.*\n.*AWS_SECRET_ACCESS_KEY/;
    expect(() => read({ IMAGE_STORE: 's3', AWS_SECRET_ACCESS_KEY: '' })).toThrow(missing);
    expect(() => read({ IMAGE_STORE: 'ftp' })).toThrow('IMAGE_STORE: is not valid');
  });
});
