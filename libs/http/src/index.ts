export { type BaseConfig, ConfigError, baseConfigShape, readConfig } from './config.ts';
export { Documented } from './documented.ts';
export { type Details, DomainError } from './domain-error.ts';
export {
  type HttpClient,
  type ClientResponse,
  ServiceUnavailable,
  createHttpClient,
} from './http-client.ts';
export { type Problems } from './problems.ts';
export { type RunningService, type ServiceOptions, run, startService } from './service.ts';
export { type Route, listRoutes } from './routes.ts';
