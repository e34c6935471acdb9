import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const readBody = async (request: IncomingMessage): Promise<Buffer> =>
  Buffer.concat(await request.toArray());

/** As much of S3 as a store of pictures meets: signed requests to a bucket, by path. */
export const startS3 = async () => {
  const objects = new Map<string, { bytes: Buffer; type: string }>();
  let failures = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const body = await readBody(request);
      const [, bucket, key] = /^\/([^/?]+)\/?([^?]*)/.exec(request.url ?? '') ?? [];
      const isSigned = request.headers.authorization?.startsWith(
        'AWS4-HMAC-SHA256 Credential=key/',
      );
      const object = objects.get(key ?? '');
      if (failures > 0) {
        failures -= 1;
        response.writeHead(503).end();
      } else if (!isSigned || bucket !== 'pictures') response.writeHead(403).end();
      else if (key === '') response.writeHead(200).end();
      else if (request.method === 'PUT') {
        objects.set(key ?? '', { bytes: body, type: request.headers['content-type'] ?? '' });
        response.writeHead(200, { ETag: '"x"' }).end();
      } else if (!object) {
        response.writeHead(404, { 'content-type': 'application/xml' });
        response.end(request.method === 'HEAD' ? '' : '<Error><Code>NoSuchKey</Code></Error>');
      } else {
        response.writeHead(200, {
          'content-type': object.type,
          'content-length': object.bytes.length,
        });
        response.end(request.method === 'HEAD' ? '' : object.bytes);
      }
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const settings = {
    IMAGE_STORE: 's3',
    S3_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    S3_REGION: 'eu-west-1',
    S3_BUCKET: 'pictures',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
  } as const;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { settings, close, objects, failNext: (times: number) => (failures = times) };
};
