/**
 * What `npm start` runs: plain JavaScript, so that a Node too old for everything else can say so.
 * npm puts the right one in front of it, from the package `node`; this is for when that failed.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `This is Node ${process.versions.node}, and Hemline needs Node 24, which "npm ci" brings ` +
      'along: run it again with install scripts allowed, and start by "npm start".',
  );
  process.exitCode = 1;
} else {
  await import('./src/main.ts');
}
