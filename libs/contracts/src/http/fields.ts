import { z } from 'zod';

/** Fields that more than one service has on the wire, with their limits in one place. */
export const sku = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._/+#-]*$/u, 'must be letters, digits and ._/+#-');
export const handle = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\p{Ll}\p{N}][\p{Ll}\p{N}_-]*$/u, 'must be lower-case letters, digits, - and _');
export const quantity = z.int().min(1).max(99);
export const timestamp = z.iso.datetime();
export const uuid = z.uuid();
export const quote = z.string().min(1).max(2048);
export const options = z.record(z.string().min(1).max(60), z.string().min(1).max(120));

export const availabilityState = z.enum(['in_stock', 'few_left', 'sold_out']);
export const availability = z.object({
  state: availabilityState,
  /** Units to show when few are left; absent while there are plenty. */
  left: z.int().nonnegative().optional(),
  /**
   * The moment as of which this is known to be right: when payments, the owner of stock, committed it,
   * or later, if payments had told everything by then and nothing of this was newer.
   */
  asOf: timestamp,
});
export type Availability = z.infer<typeof availability>;
export type AvailabilityState = z.infer<typeof availabilityState>;

/** The one rule by which a number of units becomes what shoppers see. */
export const toAvailabilityState = (available: number): AvailabilityState => {
  if (available <= 0) return 'sold_out';
  return available <= 3 ? 'few_left' : 'in_stock';
};
