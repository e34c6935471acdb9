/** The driver's own pool, so that a rush of shoppers cannot keep it from ending what was begun. */
export const DRIVER_DATABASE = Symbol('DRIVER_DATABASE');
