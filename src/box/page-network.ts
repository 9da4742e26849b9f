// Network settings that were made on the web page, beside those of partyline.txt: they hold as long as the text stays as
// it was when they were made. Who changes the text, the one way to a box that nobody reaches, has the last word.
import { createHash } from 'node:crypto';
import { isRecord, networkSettingsOf, type NetworkSettings, type Wifi } from '../appliance/index.js';
import type { AcceptedFile } from './accepted-file.js';
import type { BoxFile } from './box-file.js';

/** Of a box without a good text, '' is the text. */
export function pageNetworkText(settings: NetworkSettings, text: string): string {
  const { wifi = null } = settings;
  return `${JSON.stringify({ settings: { ...settings, wifi }, over: digest(text) })}\n`;
}

/**
 * @param wifi of the text; it stays in force where the page's settings are from before Wi-Fi was one of them
 * @returns undefined when it is not as it must be, or was made over another text
 */
export function pageNetworkOf(
  content: string | undefined,
  text: string | undefined,
  wifi?: Wifi,
): NetworkSettings | undefined {
  try {
    const kept = JSON.parse(content ?? '') as unknown;
    if (!isRecord(kept) || kept.over !== digest(text ?? '')) return undefined;
    const settings = networkSettingsOf(kept.settings);
    if (!settings || settings.wifi?.key === true) return undefined;
    const ofBefore = isRecord(kept.settings) && kept.settings.wifi === undefined;
    return ofBefore && wifi ? { ...settings, wifi } : settings;
  } catch {
    return undefined;
  }
}

/** The last good text once a file has been read. @param kept the one of before */
export function textInForce({ keep }: AcceptedFile, kept: string | undefined): string | undefined {
  return keep ?? kept;
}

export function withNetwork(box: BoxFile, { name, fixed, wifi }: NetworkSettings): BoxFile {
  const { fixed: _fixed, wifi: _wifi, ...rest } = box;
  return { ...rest, name, ...(fixed && { fixed }), ...(wifi && { wifi }) };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
