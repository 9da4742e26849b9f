// The pages of a box, for what looks at every one of them, and what a page weighs.

/**
 * What every box shows to an admin, by name.
 * @param id of a conference
 */
export function allPages(id: string): readonly (readonly [name: string, path: string])[] {
  return [
    ['conferences', '/conferences'],
    ['create', '/conferences/new'],
    ['live', `/conferences/${id}`],
    ['edit', `/conferences/${id}/edit`],
    ['sheet', `/conferences/${id}/sheet`],
    ['calls', '/calls'],
    ['recordings', '/recordings'],
    ['box', '/box'],
    ['sounds', '/box/sounds'],
    ['outbound', '/box/outbound'],
    ['admins', '/box/admins'],
    ['keys', '/box/keys'],
    ['backup', '/box/backup'],
    ['certificate', '/box/certificate'],
    ['changes', '/box/changes'],
    ['log', '/box/log'],
  ];
}

/** Of a page and all that it loads, bytes. */
export async function weightOf(
  path: string,
  get: (path: string) => Promise<{ readonly body: string }>,
): Promise<number> {
  const { body } = await get(path);
  const loaded = [...body.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, asset]) => asset!);
  let bytes = Buffer.byteLength(body);
  for (const asset of new Set(loaded)) bytes += Buffer.byteLength((await get(asset)).body);
  return bytes;
}
