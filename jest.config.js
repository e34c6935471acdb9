const transform = {
  '^.+\\.tsx?$': [
    '@swc/jest',
    {
      jsc: {
        target: 'es2024',
        parser: { syntax: 'typescript', tsx: true, decorators: true },
        transform: {
          legacyDecorator: true,
          decoratorMetadata: true,
          react: { runtime: 'automatic', importSource: 'preact' },
        },
      },
      module: { type: 'es6' },
      sourceMaps: 'inline',
    },
  ],
};

const project = (displayName, testMatch, extra = {}) => ({
  displayName,
  testMatch: testMatch.map((glob) => `<rootDir>/${glob}`),
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { '^@hemline/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts' },
  modulePathIgnorePatterns: ['/dist/', '/\\.hemline/'],
  transform,
  ...extra,
});

/** Real servers and processes take their time on a busy machine, and a slow answer is no wrong one. */
const testTimeout = 60_000;

const withPostgres = {
  testTimeout,
  globalSetup: '<rootDir>/tools/jest/global-setup.js',
  globalTeardown: '<rootDir>/tools/jest/global-teardown.js',
};

export default {
  projects: [
    project('unit', ['{libs,apps,tools,infra}/**/*.spec.{ts,tsx}']),
    project('int', ['{libs,apps,infra}/**/*.int-spec.ts'], withPostgres),
    project('e2e', ['apps/*/test/**/*.e2e-spec.ts', 'infra/**/*.e2e-spec.ts'], withPostgres),
    project('journey', ['apps/web-e2e/**/*.journey-spec.ts']),
  ],
};
