// What is known of a value that somebody else wrote: nothing, until it is looked at.

/** Whether it has fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
