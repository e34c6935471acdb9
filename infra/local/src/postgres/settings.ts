export type Durability = 'durable' | 'volatile';

/**
 * For a machine that does other things too. Sockets are loopback TCP alone: paths of Unix sockets
 * have a length limit that a deep checkout breaks. Settings are given on the command line at each
 * start, so a data folder never keeps those of an earlier version.
 */
export function toSettings(port: number, durability: Durability): Record<string, string> {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '120',
    shared_buffers: '128MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    shared_preload_libraries: 'pg_stat_statements',
    jit: 'off',
    random_page_cost: '1.1',
    max_parallel_workers_per_gather: '0',
    io_method: 'sync',
    max_wal_size: '1GB',
    min_wal_size: '128MB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    password_encryption: 'scram-sha-256',
    idle_in_transaction_session_timeout: '60s',
    log_line_prefix: '%m [%p] %q%u@%d ',
    log_checkpoints: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durability === 'durable' ? { synchronous_commit: 'on' } : volatileSettings),
  };
}

const volatileSettings = {
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum_naptime: '10min',
};
