export interface Listening {
  readonly port: number;
  readonly controllerPort: number;
  /** Where clients are sent; `port` if absent. For a test that puts a proxy before Kafka. */
  readonly advertisedPort?: number;
}

/**
 * One broker that is its own controller, for a machine that does other things too. Written anew at
 * each start, so a data folder never keeps the settings of an earlier version.
 */
export function toProperties(logDir: string, listening: Listening): string {
  const { port, controllerPort, advertisedPort = port } = listening;
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertisedPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': logDir,
    // Topics are made by a step of their own, from the list in the contracts.
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // A group of one machine is whole as soon as it begins.
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    // One that was killed may come back once its controller takes it for dead.
    'broker.session.timeout.ms': 2_000,
    'broker.heartbeat.interval.ms': 400,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    'log.index.size.max.bytes': 1024 * 1024,
    // A controller without others to tell writes to the disk when there is something to write.
    'metadata.max.idle.interval.ms': 10_000,
  };
  return `${Object.entries(settings)
    .map(([name, value]) => `${name}=${escapeValue(String(value))}`)
    .join('\n')}\n`;
}

/** As Java reads them: a backslash begins an escape, and so it does in paths of Windows. */
const escapeValue = (value: string) => value.replaceAll('\\', '\\\\');
