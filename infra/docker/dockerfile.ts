import {
  Copy,
  DockerfileParser,
  From,
  Healthcheck,
  JSONInstruction,
  type Instruction,
} from 'dockerfile-ast';
import { isPinned } from './container-checks.ts';

export interface Stage {
  readonly name: string;
  /** An image, or an earlier stage. */
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

/** What the Dockerfile must agree with. */
export interface Repository {
  readonly apps: readonly string[];
  /** Folders with a package.json, as npm knows them. */
  readonly workspaces: readonly string[];
  /** Apps with migrations. */
  readonly migrated: readonly string[];
  /** The version of Node that package.json asks for. */
  readonly nodeVersion: string;
  /** Whether a path is in the repository and reaches the builder. */
  readonly isInContext: (path: string) => boolean;
}

export function parseStages(text: string): Stage[] {
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    if (instruction instanceof From) {
      const name = instruction.getBuildStage() ?? String(stages.length);
      stages.push({ name, base: instruction.getImage() ?? '', instructions: [] });
    } else {
      stages.at(-1)?.instructions.push(instruction);
    }
  }
  return stages;
}

/** Everything that is wrong with a Dockerfile, a sentence each. */
export function checkDockerfile(text: string, repository: Repository): string[] {
  const stages = parseStages(text);
  return [
    ...checkBases(stages, repository),
    ...stages.flatMap((stage, index) => [
      ...checkCopies(stage, stages.slice(0, index), repository),
      ...checkKeywords(stage),
      ...checkInstalls(stage),
    ]),
    ...['app', 'migrate'].flatMap((name) => checkTarget(name, stages)),
    ...checkManifests(stages, repository),
    ...(stages.at(-1)?.name === 'app'
      ? []
      : ['the last stage, which is built by default, is not app']),
  ];
}

function checkBases(stages: readonly Stage[], { nodeVersion }: Repository): string[] {
  return stages.flatMap(({ base }, index) => {
    if (stages.slice(0, index).some(({ name }) => name === base)) return [];
    if (!isPinned(base)) return [`FROM ${base} has no exact version`];
    const isSame = base.startsWith(`node:${nodeVersion}-`);
    return isSame ? [] : [`FROM ${base} is not the Node of package.json, ${nodeVersion}`];
  });
}

/** A path for each app where it names one. */
const expand = (path: string, apps: readonly string[]) =>
  path.includes('${APP}') ? apps.map((app) => path.replaceAll('${APP}', app)) : [path];

function checkCopies(
  { name, instructions }: Stage,
  earlier: readonly Stage[],
  { apps, isInContext }: Repository,
): string[] {
  return instructions
    .filter((each) => each instanceof Copy)
    .flatMap((copy) => {
      const from = copy.getFromFlag()?.getValue();
      const sources = copy.getArguments().slice(0, -1);
      if (from !== undefined) {
        const isThere = earlier.some((stage) => stage.name === from);
        return isThere ? [] : [`${name} copies from ${from}, which is no earlier stage`];
      }
      return sources
        .flatMap((source) => expand(source.getValue(), apps))
        .filter((path) => !isInContext(path))
        .map((path) => `${name} copies ${path}, which does not reach the builder`);
    });
}

const secretName = /PASSWORD|SECRET|TOKEN|API_?KEY|PRIVATE/i;

function checkKeywords({ name, instructions }: Stage): string[] {
  return instructions.flatMap((instruction) => {
    const keyword = instruction.getKeyword();
    const content = instruction.getArgumentsContent() ?? '';
    if (keyword === 'ADD') return [`${name}: ADD fetches and unpacks; use COPY`];
    const isSecret = ['ARG', 'ENV'].includes(keyword) && secretName.test(content);
    return isSecret ? [`${name}: ${keyword} ${content} would stay in the image`] : [];
  });
}

/** Exactly what the lock file says, and no script of a package runs. */
function checkInstalls({ name, instructions }: Stage): string[] {
  return instructions
    .filter((each) => each.getKeyword() === 'RUN')
    .map((run) => run.getRawArgumentsContent() ?? '')
    .filter((command) => /\b(?:npm|npx|yarn|pnpm)\b/.test(command.replace(/--mount=\S+/g, '')))
    .filter((command) => !/\bnpm ci\b.*--ignore-scripts\b/s.test(command))
    .map((command) => `${name}: not npm ci --ignore-scripts: ${command}`);
}

/** Instructions of a stage and of those that it is made from, the first first. */
function historyOf(stage: Stage | undefined, stages: readonly Stage[]): Instruction[] {
  if (!stage) return [];
  const base = stages.find(({ name }) => name === stage.base);
  return [...historyOf(base, stages), ...stage.instructions];
}

function checkTarget(name: string, stages: readonly Stage[]): string[] {
  const history = historyOf(
    stages.find((stage) => stage.name === name),
    stages,
  );
  const last = (keyword: string) => history.findLast((each) => each.getKeyword() === keyword);
  const command = last('CMD');
  const check = last('HEALTHCHECK');
  const words = command instanceof JSONInstruction ? command.getJSONStrings() : [];
  const probe = check instanceof Healthcheck ? check.getSubcommand()?.getValue() : undefined;
  const demands: [string, boolean][] = [
    [
      'runs as a numbered account that is not root',
      /^[1-9]\d*:[1-9]\d*$/.test(argumentOf(last('USER'))),
    ],
    ['is stopped by SIGTERM', argumentOf(last('STOPSIGNAL')) === 'SIGTERM'],
    ['starts Node without a shell', words[0]?.getJSONValue() === 'node' && !last('ENTRYPOINT')],
    ['says how its health is checked', probe === (name === 'app' ? 'CMD' : 'NONE')],
    ['is for production', argumentOf(last('ENV')) !== '' && history.some(isForProduction)],
  ];
  return demands.filter(([, holds]) => !holds).map(([demand]) => `not so: ${name} ${demand}`);
}

const argumentOf = (instruction: Instruction | undefined) =>
  instruction?.getArgumentsContent() ?? '';

const isForProduction = (each: Instruction) =>
  each.getKeyword() === 'ENV' && argumentOf(each).includes('NODE_ENV=production');

/** A manifest that is missing makes `npm ci` refuse the lock file; migrations must all be there. */
function checkManifests(stages: readonly Stage[], { workspaces, migrated }: Repository): string[] {
  const copied = (name: string) =>
    new Set(
      (stages.find((stage) => stage.name === name)?.instructions ?? [])
        .filter((each) => each instanceof Copy)
        .flatMap((copy) => copy.getArguments().slice(0, -1))
        .map((source) => source.getValue()),
    );
  const manifests = copied('manifests');
  const migrations = copied('migrate');
  return [
    ...workspaces
      .map((folder) => `${folder}/package.json`)
      .filter((path) => !manifests.has(path))
      .map((path) => `manifests lacks ${path}`),
    ...migrated
      .map((app) => `apps/${app}/migrations`)
      .filter((path) => !migrations.has(path))
      .map((path) => `migrate lacks ${path}`),
  ];
}
