// The few files that pages load, read once: their address changes with their content, so that browsers may keep them
// for ever.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The sources lie beside dist/: nothing copies what is not compiled. */
const folder = new URL('../../../../src/http/pages/assets/', import.meta.url);

export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly content: Buffer;
}

function asset(name: string, type: string): Asset {
  const content = readFileSync(new URL(name, folder));
  const version = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const [stem, extension] = name.split('.');
  return { path: `/assets/${stem}-${version}.${extension}`, type, content };
}

const style = asset('style.css', 'text/css; charset=utf-8');
const live = asset('live.js', 'text/javascript; charset=utf-8');
const icon = asset('icon.svg', 'image/svg+xml');

export const assets: readonly Asset[] = [style, live, icon];
export const assetPaths = { style: style.path, live: live.path, icon: icon.path } as const;
