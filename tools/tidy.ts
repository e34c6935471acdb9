import { access, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { run } from './steps.ts';

// What no linter sees: which project may use which, what each declares and imports, and dead links.

type Graph = {
  readonly nodes: Readonly<
    Record<string, { readonly data: { readonly root: string; readonly tags?: readonly string[] } }>
  >;
  readonly dependencies: Readonly<Record<string, readonly { readonly target: string }[]>>;
};

/** Kind of a project → kinds that it may depend on. Nothing may depend on a service or on the web. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  service: ['data', 'runtime', 'pure'],
  web: ['runtime', 'pure'],
  data: ['data', 'runtime', 'pure'],
  runtime: ['runtime', 'pure'],
  pure: ['pure'],
  launcher: ['data', 'runtime', 'pure'],
  e2e: ['pure'],
};

/** What pure projects may not reach: frameworks, drivers, SDKs. */
const purePackages = new Set(['zod']);

export const readGraph = async (): Promise<Graph> => {
  const folder = await mkdtemp(join(tmpdir(), 'hemline-graph-'));
  try {
    const file = join(folder, 'graph.json');
    const { code, output } = await run('node_modules/.bin/nx', ['graph', `--file=${file}`]);
    if (code !== 0) throw new Error(`nx graph failed: ${output}`);
    return (JSON.parse(await readFile(file, 'utf8')) as { graph: Graph }).graph;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const kindOf = (graph: Graph, project: string): string | undefined =>
  graph.nodes[project]?.data.tags?.find((tag) => tag.startsWith('kind:'))?.slice('kind:'.length);

/** Faults in who depends on whom. */
export const checkGraph = (graph: Graph): string[] => {
  const faults: string[] = [];
  for (const project of Object.keys(graph.nodes)) {
    const kind = kindOf(graph, project);
    const may = kind === undefined ? undefined : allowed[kind];
    if (!may) {
      faults.push(`${project} needs one tag kind:${Object.keys(allowed).join(' | ')}`);
      continue;
    }
    for (const { target } of graph.dependencies[project] ?? []) {
      const other = kindOf(graph, target);
      if (other !== undefined && !may.includes(other)) {
        faults.push(`${project} (${kind}) must not depend on ${target} (${other})`);
      }
    }
  }
  if (reaches(graph, '@hemline/payments', '@hemline/cache')) {
    faults.push(
      '@hemline/payments must not depend on @hemline/cache, nor on what does: no decision about money or stock reads a cache',
    );
  }
  return [...faults, ...findCycles(graph)];
};

/** Whether one project uses another, itself or through others. */
const reaches = (graph: Graph, from: string, to: string): boolean => {
  const seen = new Set([from]);
  for (const project of seen) {
    for (const { target } of graph.dependencies[project] ?? []) seen.add(target);
  }
  return seen.has(to);
};

const findCycles = (graph: Graph): string[] => {
  const faults: string[] = [];
  const done = new Set<string>();
  const visit = (project: string, path: readonly string[]): void => {
    if (path.includes(project)) {
      faults.push(`cycle: ${[...path.slice(path.indexOf(project)), project].join(' → ')}`);
      return;
    }
    if (done.has(project)) return;
    for (const { target } of graph.dependencies[project] ?? []) visit(target, [...path, project]);
    done.add(project);
  };
  for (const project of Object.keys(graph.nodes)) visit(project, []);
  return faults;
};

type Source = { readonly path: string; readonly text: string };

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s+(?<type>type\s)?[^'"`;]*?from\s*'(?<from>[^']+)'|import\(\s*'(?<lazy>[^']+)'\s*\)|(?:^|\n)import\s+'(?<bare>[^']+)'/g;

type Import = { readonly specifier: string; readonly isTypeOnly: boolean };

const importsOf = (text: string): Import[] =>
  [...text.matchAll(importPattern)].map(({ groups = {} }) => ({
    specifier: groups['from'] ?? groups['lazy'] ?? groups['bare'] ?? '',
    isTypeOnly: groups['type'] !== undefined,
  }));

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const isTest = (path: string): boolean =>
  /\.(?:int-|e2e-|journey-)?spec\.tsx?$|\.contract\.ts$|\/test\//.test(path);

/** Packages that code may import, and packages of which types suffice, as they are gone once built. */
type Declared = { readonly code: ReadonlySet<string>; readonly types: ReadonlySet<string> };

/** Faults in what one project's files import, against what its package.json declares. */
export const checkSources = (
  root: string,
  kind: string,
  declared: Declared,
  sources: readonly Source[],
): string[] =>
  sources.flatMap(({ path, text }) => {
    const faults: string[] = [];
    if (/\b(?:it|describe|test)\.only\(/.test(text))
      faults.push(`${path}: .only hides every other test`);
    for (const { specifier, isTypeOnly } of isTest(path) ? [] : importsOf(text)) {
      if (specifier.startsWith('.')) {
        const target = relative(root, resolve(dirname(path), specifier));
        if (target.startsWith('..')) faults.push(`${path}: ${specifier} leaves its project`);
      } else if (!specifier.startsWith('node:')) {
        const name = packageOf(specifier);
        if (!(isTypeOnly ? declared.types : declared.code).has(name))
          faults.push(`${path}: ${name} is not in its package.json`);
        if (kind === 'pure' && !name.startsWith('@hemline/') && !purePackages.has(name)) {
          faults.push(`${path}: a pure project must not import ${name}`);
        }
      }
    }
    return faults;
  });

const readSources = async (root: string): Promise<Source[]> => {
  const names = await readdir(root, { recursive: true });
  const paths = names
    .filter((name) => /\.tsx?$/.test(name) && !/(?:^|\/)(?:dist|node_modules)\//.test(name))
    .map((name) => join(root, name));
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, 'utf8') })));
};

const checkProjects = async (graph: Graph): Promise<string[]> => {
  const faults: string[] = [];
  for (const [project, { data }] of Object.entries(graph.nodes)) {
    const manifest = JSON.parse(await readFile(join(data.root, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
      devDependencies?: Record<string, string>;
    };
    const code = Object.keys(manifest.dependencies ?? {});
    const types = [...code, ...Object.keys(manifest.devDependencies ?? {})];
    const declared = { code: new Set(code), types: new Set(types) };
    const sources = await readSources(join(data.root, 'src')).catch(() => []);
    faults.push(...checkSources(data.root, kindOf(graph, project) ?? '', declared, sources));
  }
  return faults;
};

/** Links of a page to files of ours, without what follows `#`. */
export const linksOf = (markdown: string): string[] =>
  [...markdown.matchAll(/\]\(\s*([^)\s#]+)(?:#[^)]*)?\s*\)/g)]
    .map(([, link]) => link ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));

const checkLinks = async (): Promise<string[]> => {
  const { output } = await run('git', [
    'ls-files',
    '--cached',
    '--others',
    '--exclude-standard',
    '*.md',
  ]);
  const faults: string[] = [];
  for (const page of output.split('\n').filter(Boolean)) {
    for (const link of linksOf(await readFile(page, 'utf8'))) {
      const isThere = await access(join(dirname(page), link)).then(
        () => true,
        () => false,
      );
      if (!isThere) faults.push(`${page}: ${link} is not there`);
    }
  }
  return faults;
};

if (import.meta.main) {
  const graph = await readGraph();
  const faults = [...checkGraph(graph), ...(await checkProjects(graph)), ...(await checkLinks())];
  for (const fault of faults) console.error(fault);
  console.log(`${Object.keys(graph.nodes).length} projects, ${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
