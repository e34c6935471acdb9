/** Whether the service in this container does its work: exit code 0 if it says that it is ready. */
const url = `http://127.0.0.1:${process.env['PORT']}/readyz`;

try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(3000) });
  if (!answer.ok) {
    console.error(`${url} answers ${answer.status}: ${await answer.text()}`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error(`${url} does not answer: ${error.cause?.code ?? error.message}`);
  process.exitCode = 1;
}
