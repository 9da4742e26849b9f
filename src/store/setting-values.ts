// What an admin sets for the whole box, as JSON values by key. What a value means is known by who asks for it.
import type { ConfigVersion } from './config-version.js';
import { boxChange, noteChange, type NotedSetting } from './change-log.js';
import type { Database } from './database.js';
import { stored } from './errors.js';
import { PartylineError } from '../errors.js';

export interface SettingValuesParts {
  readonly writer: () => Database;
  readonly reader: () => Database;
  readonly version: ConfigVersion;
}

/** Characters of a key and of a value as JSON. */
const maxKey = 128;
const maxValue = 262_144;

export class SettingValues {
  private readonly parts: SettingValuesParts;
  private values: ReadonlyMap<string, string> = new Map();
  private loaded = -1;

  constructor(parts: SettingValuesParts) {
    this.parts = parts;
  }

  /** A new value on each call; undefined when the key was never set. From memory, unless something has changed. */
  async get<T = unknown>(key: string): Promise<T | undefined> {
    await this.refresh();
    const json = this.values.get(key);
    return json === undefined ? undefined : (JSON.parse(json) as T);
  }

  /** All settings whose key begins with `prefix`. */
  async all(prefix = ''): Promise<Map<string, unknown>> {
    await this.refresh();
    const found = new Map<string, unknown>();
    for (const [key, json] of this.values) if (key.startsWith(prefix)) found.set(key, JSON.parse(json));
    return found;
  }

  /**
   * @param noted for the record of changes; absent = the box keeps something in mind that nobody has decided
   * @throws PartylineError VALIDATION when the value is no JSON or too long; StorageError
   */
  async set(key: string, value: unknown, noted?: NotedSetting): Promise<void> {
    const json = JSON.stringify(value) as string | undefined;
    if (json === undefined || json.length > maxValue || key.length === 0 || key.length > maxKey) {
      throw new PartylineError('VALIDATION', `the setting "${key.slice(0, maxKey)}" cannot be stored`);
    }
    const upsert =
      'INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value';
    await this.write(upsert, [key, json], noted);
  }

  /** @returns false when there was none */
  async remove(key: string, noted?: NotedSetting): Promise<boolean> {
    return (await this.write('DELETE FROM settings WHERE key = ?', [key], noted)) > 0;
  }

  private async write(sql: string, params: string[], noted: NotedSetting | undefined): Promise<number> {
    const writer = this.parts.writer();
    const changed = await stored(
      writer.transaction(async () => {
        const { changes } = await writer.run(sql, params);
        if (noted && changes > 0) await noteChange(writer, boxChange(noted));
        return changes;
      }),
    );
    this.parts.version.changed();
    return changed;
  }

  private async refresh(): Promise<void> {
    const { version, reader } = this.parts;
    if (version.known !== undefined && version.known === this.loaded) return;
    const now = await version.ask();
    if (now === this.loaded) return;
    const rows = await reader().all<{ key: string; value: string }>('SELECT key, value FROM settings');
    this.values = new Map(rows.map(({ key, value }) => [key, value]));
    this.loaded = now;
  }
}
