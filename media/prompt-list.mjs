// Reads a language's prompts: one `name = sentence` a line, `#` before a remark.
import { readFileSync } from 'node:fs';

/**
 * @returns {{ name: string, sentence: string }[]}
 * @throws Error that names the file and the line, and says what is wrong with it
 */
export function readPrompts(file) {
  const prompts = new Map();
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const wrong = (what) => new Error(`${file}, line ${index + 1}: ${what}`);
    const at = text.indexOf('=');
    if (at < 0) throw wrong(`"${text}" has no "="; write: name = sentence`);
    const name = text.slice(0, at).trim();
    const sentence = text
      .slice(at + 1)
      .trim()
      .replace(/\s+/g, ' ');
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name))
      throw wrong(`"${name}" is no name; use letters, digits, "_" and "-"`);
    if (sentence === '') throw wrong(`"${name}" has no sentence`);
    if (prompts.has(name)) throw wrong(`"${name}" is named a second time`);
    prompts.set(name, { name, sentence });
  }
  if (prompts.size === 0) throw new Error(`${file} names no prompt`);
  return [...prompts.values()];
}
