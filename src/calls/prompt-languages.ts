// In which languages the box can speak, and what each of them lacks: what a language lacks is said in English.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface PromptLanguage {
  /** ISO 639-1. */
  readonly language: string;
  readonly prompts: number;
  /** Names of prompts that there are in English only, in the order of the alphabet. */
  readonly missing: readonly string[];
}

const reference = 'en';

/**
 * English first, then in the order of the alphabet; empty when there are no prompts at all.
 * @param folder with one folder per language, each with <prompt>.wav
 */
export async function promptLanguages(folder: string): Promise<PromptLanguage[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^[a-z]{2}$/.test(name));
  const spoken = new Map<string, ReadonlySet<string>>();
  for (const name of names) spoken.set(name, await promptsIn(join(folder, name)));
  const wanted = [...(spoken.get(reference) ?? [])].sort();
  const place = (language: string) => (language === reference ? '' : language);
  return names
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
    .map((language) => {
      const prompts = spoken.get(language)!;
      return { language, prompts: prompts.size, missing: wanted.filter((prompt) => !prompts.has(prompt)) };
    });
}

async function promptsIn(folder: string): Promise<Set<string>> {
  const files = await readdir(folder).catch(() => []);
  return new Set(files.filter((file) => file.endsWith('.wav')).map((file) => file.slice(0, -'.wav'.length)));
}
